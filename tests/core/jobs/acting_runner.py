"""A runner process that is quick and starts acting workers. `python acting_runner.py STORE`."""

import sys
from pathlib import Path

from acting_worker import command as worker_command

from core.jobs.local import serve
from core.jobs.queue import Queue
from core.jobs.runner import Runner, RunnerSettings

QUICK = RunnerSettings(free_disk=0, cancel_grace=0.3, start_grace=5.0, idle=0.4, poll=0.02)


def command(root: Path) -> list[str]:
    return [sys.executable, __file__, str(root)]


if __name__ == "__main__":
    serve(Runner(Queue(Path(sys.argv[1])), QUICK, worker_command))
