"""The local engine: a runner on this computer, elected by a lock file, started by whoever asks how the work stands.

`python -m core.jobs.local --store DIR` is the runner. It outlives whoever started it and ends when there is nothing to do.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock, Timeout

from core.jobs.processes import start_detached
from core.jobs.queue import Queue
from core.jobs.runner import Runner, RunnerSettings

# `is_elected` holds the lock for an instant: a runner that meets it must not take that for another runner.
ELECTION_SECONDS = 0.3


def runner_command(root: Path) -> list[str]:
    """The command line of the runner of a store."""
    return [sys.executable, "-m", "core.jobs.local", "--store", str(root)]


def ensure_runner(root: Path, command: Callable[[Path], list[str]] = runner_command) -> bool:
    """Start a runner if there is work and no runner; True if one was started. Takes about a millisecond if none is needed.

    What a runner prints, which is only the reason of its own death, goes to `root/runner.log`.
    """
    queue = Queue(root)
    if not queue.has_open_work() or is_elected(queue.root):
        return False
    start_detached(command(queue.root), queue.root / "runner.log")
    return True


def is_elected(root: Path) -> bool:
    """Whether a runner works on the store now."""
    try:
        with _lock(root).acquire(blocking=False):
            return False
    except Timeout:
        return True


def serve(runner: Runner) -> None:
    """Let a runner work until there is nothing to do; return at once if another one does.

    The queue is looked at once more after the lock was let go: work that came while the runner was leaving found it still elected.
    """
    while runner.queue.has_open_work() and _serve_once(runner):
        pass


def _serve_once(runner: Runner) -> bool:
    try:
        with _lock(runner.queue.root).acquire(timeout=ELECTION_SECONDS, poll_interval=0.02):
            runner.run()
    except Timeout:
        return False
    return True


def _lock(root: Path) -> FileLock:
    return FileLock(root / "runner.lock")


def main(arguments: list[str] | None = None) -> None:
    """Run the runner of a store."""
    parser = argparse.ArgumentParser(prog="python -m core.jobs.local", description="Work on the queue of a store until it is empty.")
    parser.add_argument("--store", type=Path, required=True, help="folder of the store")
    parser.add_argument("--slots", type=int, default=1, help="how many jobs may run at once")
    choice = parser.parse_args(arguments)
    serve(Runner(Queue(choice.store), RunnerSettings(slots=choice.slots)))


if __name__ == "__main__":
    main()
