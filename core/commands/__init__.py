"""The command line: everything that a page can start, a script can start."""
