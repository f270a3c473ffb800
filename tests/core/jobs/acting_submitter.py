"""A process that submits one job, makes sure of a runner and is gone, as a closed page is. `python acting_submitter.py STORE ID SOURCE`."""

import sys
from pathlib import Path

from acting_runner import command

from core.jobs.local import ensure_runner
from core.jobs.queue import Queue
from core.recipe import build

if __name__ == "__main__":
    queue = Queue(Path(sys.argv[1]))
    queue.submit(sys.argv[2], "from a page", sys.argv[3], build("cnn"))
    print(ensure_runner(queue.root, command))
