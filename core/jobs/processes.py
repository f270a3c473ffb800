"""Which process is which. A process number alone is not enough: the system gives it to another process after a while."""

import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil

# The folder above core/: `python -m core...` is started here.
CODE_FOLDER = Path(__file__).resolve().parents[2]

SAME_START_SECONDS = 2.0  # Linux tells when it was booted, from which births are counted, to 1 s only
KILL_SECONDS = 10.0

# A process that starts another one and ends. The new one is nobody's child then: whoever asked for it may end, and never has to
# collect it. Forking here instead would copy the threads' locks of a Streamlit server.
_START_AND_END = """
import subprocess, sys
log = open(sys.argv[1], "ab")
subprocess.Popen(sys.argv[2:], stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
"""


def birth(pid: int) -> float:
    """When a process began, in seconds since 1970. Raises psutil.NoSuchProcess."""
    return psutil.Process(pid).create_time()


def is_alive(pid: int, born: float) -> bool:
    """Whether the process of that number is the one that began then, and has not ended. One that waits to be collected has ended."""
    try:
        process = psutil.Process(pid)
        return abs(process.create_time() - born) < SAME_START_SECONDS and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def kill_tree(pid: int, born: float) -> None:
    """End a process and all that it started, at once. Does nothing if it has ended or the number is another process's."""
    if not is_alive(pid, born):
        return
    with suppress(psutil.NoSuchProcess):
        root = psutil.Process(pid)
        tree = [root, *root.children(recursive=True)]
        for process in tree:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(tree, timeout=KILL_SECONDS)


def start_detached(command: list[str], log: Path) -> None:
    """Start a process that outlives the caller and is not its child; what it prints is appended to `log`."""
    launcher = [sys.executable, "-I", "-S", "-c", _START_AND_END, str(log), *command]
    subprocess.run(launcher, cwd=CODE_FOLDER, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)


def start_child(command: list[str], log: Path) -> subprocess.Popen:
    """Start a child process in a session of its own, so that it outlives the caller; what it prints is appended to `log`."""
    with log.open("ab") as output:
        return subprocess.Popen(
            command, cwd=CODE_FOLDER, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
