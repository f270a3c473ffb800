"""Several processes and threads at one table: a job has one winner, and the slots are kept."""

from collections import Counter
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from core.jobs.queue import Queue

PROCESSES = ProcessPoolExecutor, {"max_workers": 4, "mp_context": get_context("spawn")}
THREADS = ThreadPoolExecutor, {"max_workers": 8}


def claim_all(root: Path, slots: int) -> list[str]:
    queue, won = Queue(root), []
    while job := queue.claim(slots):
        won.append(job.id)
    return won


def claim_and_finish_all(root: Path) -> int:
    """How many jobs were seen running at most, while this claimer worked with two slots."""
    queue, most = Queue(root), 0
    while queue.has_open_work():
        if job := queue.claim(2):
            most = max(most, len(queue.jobs("running")))
            queue.end(job.id, job.attempt, "done")
    return most


@pytest.mark.parametrize(("pool", "arguments"), [PROCESSES, THREADS], ids=["processes", "threads"])
def test_each_job_has_one_winner(queue, submit, root, pool, arguments):
    for number in range(24):
        submit(f"job-{number}")
    with pool(**arguments) as claimers:
        won = [job_id for part in claimers.map(claim_all, [root] * 4, [1000] * 4) for job_id in part]
    assert Counter(won) == Counter(job.id for job in queue.jobs())
    assert {job.attempt for job in queue.jobs()} == {1}


def test_many_claimers_keep_to_the_slots(queue, submit, root):
    for number in range(24):
        submit(f"job-{number}")
    with ThreadPoolExecutor(8) as claimers:
        most = list(claimers.map(claim_and_finish_all, [root] * 8))
    assert 1 <= max(most) <= 2
    assert {(job.state, job.attempt) for job in queue.jobs()} == {("done", 1)}


def test_many_openers_of_a_new_store_make_one_table(root):
    with ThreadPoolExecutor(16) as openers:
        queues = list(openers.map(Queue, [root] * 32))
    assert queues[0].jobs() == []
