"""Work that outlives the page: the queue, the process that trains one run, and who starts it."""
