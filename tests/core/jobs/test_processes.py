"""Telling a living process from a dead one, and ending the right one."""

import os
import subprocess
import sys

import psutil
import pytest
from conftest import until

from core.jobs.processes import birth, is_alive, kill_tree, start_detached

SLEEP = [sys.executable, "-S", "-c", "import time; time.sleep(30)"]


@pytest.fixture
def sleeper():
    with subprocess.Popen(SLEEP) as process:
        yield process
        process.kill()


def test_this_process_lives(sleeper):
    assert is_alive(os.getpid(), birth(os.getpid()))
    assert is_alive(sleeper.pid, birth(sleeper.pid))


def test_a_process_that_was_born_at_another_time_is_another_one(sleeper):
    assert not is_alive(sleeper.pid, birth(sleeper.pid) - 60)
    kill_tree(sleeper.pid, birth(sleeper.pid) - 60)
    assert sleeper.poll() is None


def test_a_zombie_does_not_live():
    with subprocess.Popen([sys.executable, "-S", "-c", ""]) as process:
        born = birth(process.pid)
        until(lambda: psutil.Process(process.pid).status() == psutil.STATUS_ZOMBIE)
        assert not is_alive(process.pid, born)


def test_a_collected_process_does_not_live(sleeper):
    born = birth(sleeper.pid)
    sleeper.kill()
    sleeper.wait()
    assert not is_alive(sleeper.pid, born)
    kill_tree(sleeper.pid, born)


def test_a_detached_process_is_not_a_child_and_has_no_open_input(tmp_path):
    log = tmp_path / "log ä.txt"
    code = "import os, sys; print(os.getpid(), os.getppid(), repr(sys.stdin.read())); import time; time.sleep(30)"
    start_detached([sys.executable, "-u", "-c", code], log)
    pid, parent, read = until(lambda: log.read_text().split())
    born = birth(int(pid))
    try:
        assert read == "''"
        assert os.getpid() not in (int(parent), psutil.Process(int(pid)).ppid())
        assert int(pid) not in {child.pid for child in psutil.Process().children(recursive=True)}
        assert os.getsid(int(pid)) == int(pid)
    finally:
        kill_tree(int(pid), born)
    assert not is_alive(int(pid), born)
