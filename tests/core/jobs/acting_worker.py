"""A worker process whose work is acted: the source says what happens. Everything around the work is the real thing.

`python acting_worker.py STORE JOB ATTEMPT`. It leaves `started-<job>-<attempt>` in the store, so that tests can count real starts.
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from core.errors import DataError
from core.jobs.job import Job
from core.jobs.job_folder import JobFolder
from core.jobs.queue import Queue
from core.jobs.worker import run_job
from core.training.history import EpochRecord, Monitor, Progress


def command(root: Path, job: Job) -> list[str]:
    return [sys.executable, "-u", __file__, str(root), job.id, str(job.attempt)]


def act(queue: Queue, job: Job, monitor: Monitor) -> None:
    (queue.root / f"started-{job.id}-{time.time_ns()}").touch()
    draft = JobFolder(queue.root, job.id).draft
    draft.mkdir()
    (draft / "weights").write_text("half")
    ACTS[job.source](queue.root, monitor)
    (queue.root / "runs").mkdir(exist_ok=True)
    draft.rename(queue.root / "runs" / job.id)


def two_epochs(root: Path, monitor: Monitor) -> None:
    for epoch in (1, 2):
        monitor.progress(Progress("training", epoch, 2))
        monitor.epoch(EpochRecord(epoch, 0.1, 100.0, 0.001, 0.7 / epoch, 0.8 / epoch, 0.5, None))
        print(f"epoch {epoch} of 2")


def until_go(root: Path, monitor: Monitor) -> None:
    step = 0
    while not (root / "go").exists():
        step += 1
        monitor.progress(Progress("training", step, 10_000))
        time.sleep(0.02)


def deaf(root: Path, monitor: Monitor) -> None:
    child = subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(60)"])
    (root / "grandchild").write_text(str(child.pid))
    time.sleep(60)


def refuse(root: Path, monitor: Monitor) -> None:
    raise DataError("there is no data set 'moon'", "one of phantom, folders")


def defect(root: Path, monitor: Monitor) -> None:
    raise ZeroDivisionError("seven by\nnothing")


def forgetful(root: Path, monitor: Monitor) -> None:
    bytearray(1 << 60)


def full(root: Path, monitor: Monitor) -> None:
    """What a full disk does to whoever writes: /dev/full is one that is full always."""
    with Path("/dev/full").open("wb", buffering=0) as stream:
        stream.write(b"weights")


def die(root: Path, monitor: Monitor) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_once(root: Path, monitor: Monitor) -> None:
    if len(list(root.glob("started-*"))) == 1:
        die(root, monitor)


def die_slowly(root: Path, monitor: Monitor) -> None:
    """The first thread has ended, which the system shows as a zombie; the process ends, killed, when the last one does."""
    threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGKILL)).start()
    ctypes.CDLL(None).pthread_exit(None)


ACTS = {act.__name__: act for act in (two_epochs, until_go, deaf, refuse, defect, forgetful, full, die, die_once, die_slowly)}

if __name__ == "__main__":
    run_job(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), act)
