"""What each command does: arguments in, plain data out. Printing is elsewhere."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from core.errors import JobError, RecipeError
from core.jobs.job import Job
from core.jobs.submission import Submission
from core.recipe import Recipe
from core.runs.store import Store

CHECK_SIZE = 64  # px of the thumbnails that a check leaves for the data page


def data_list(root: Path, arguments: argparse.Namespace) -> list[dict]:
    """The data sets that have a name."""
    from core.data.registry import entries

    return [entry.as_dict() for entry in entries(root)]


def data_check(root: Path, arguments: argparse.Namespace) -> dict:
    """Counts, what was skipped, and the audit of a data set, after every image was read."""
    from core.data.audit import audit
    from core.data.cache import prepare
    from core.data.registry import load, remember

    loaded = load(arguments.source, root)
    dataset = prepare(loaded, CHECK_SIZE, root, _tell_reading).dataset
    remember(loaded, root)
    return {
        "source": arguments.source, "task": dataset.task, "classes": list(dataset.classes), "splits": dataset.counts(),
        "skipped": [vars(one) for one in dataset.skipped], "audit": audit(dataset).as_dict(),
        "split_rule": dataset.split_rule, "synthetic": dataset.synthetic, "fingerprint": dataset.fingerprint,
    }  # fmt: skip


def train(root: Path, arguments: argparse.Namespace) -> dict:
    """Train a model and wait for it."""
    from core.data.registry import load
    from core.jobs.submission import fitting_recipe, submit

    settings = _settings(arguments.settings)
    if arguments.seed is not None:
        settings["seed"] = arguments.seed
    dataset = load(arguments.data, root)
    submission = submit(root, dataset, fitting_recipe(root, dataset, arguments.model, settings), arguments.again)
    return _finished(root, submission)


def starter(root: Path, arguments: argparse.Namespace) -> list[dict]:
    """The four starter runs."""
    from core.jobs.starter import submit_starter

    return [_finished(root, submission) for submission in submit_starter(root)]


def runs(root: Path, arguments: argparse.Namespace) -> list[dict] | dict:
    """All runs, or one shown or deleted."""
    store = Store(root)
    if arguments.action is None:
        for damage in store.damaged():
            _tell(damage, None)
        return [run.summary() for run in store.runs()]
    run = store.get(arguments.run_id)
    if arguments.action == "delete":
        store.delete(run)
        return {"run_id": run.run_id, "status": "deleted"}
    return run.summary() | {"history": [vars(record) for record in store.history(run)]}


def threshold(root: Path, arguments: argparse.Namespace) -> dict:
    """Thresholds chosen on validation by a rule, and what they give on test."""
    from core.runs.operating import choose_point, freeze

    store = Store(root)
    run = store.get(arguments.run_id)
    choice = choose_point(store, run, arguments.rule)
    if arguments.save:
        freeze(store, run, choice)
    return choice.as_dict() | {"saved": arguments.save}


def compare(root: Path, arguments: argparse.Namespace) -> dict:
    """Runs side by side."""
    from core.runs.comparing import compare_runs

    store = Store(root)
    return compare_runs(store, [store.get(run_id) for run_id in dict.fromkeys(arguments.run_ids)], arguments.split)


def predict(root: Path, arguments: argparse.Namespace) -> list[dict]:
    """What a run says of each file."""
    from core.inference.predictor import Predictor

    store = Store(root)
    predictor = Predictor(store, store.get(arguments.run_id))
    return [answer.as_dict() for answer in predictor.answer_files(arguments.files)]


def action_of(arguments: argparse.Namespace) -> Callable[[Path, argparse.Namespace], list | dict]:
    """The function of a command."""
    if arguments.command == "data":
        return {"list": data_list, "check": data_check}[arguments.action]
    return {"train": train, "starter": starter, "runs": runs, "threshold": threshold, "compare": compare, "predict": predict}[
        arguments.command
    ]


def _settings(texts: list[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in texts]
    for name, equals, _ in pairs:
        if not name or not equals:
            raise RecipeError(f"--set {name!r} has no value", "key=value is expected, as in --set blocks=3")
    return {name: value for name, _, value in pairs}


def _finished(root: Path, submission: Submission) -> dict:
    """The run of a submission, waited for with progress on stderr. Raises JobError if it failed. Ctrl-C cancels the run."""
    from core.jobs.following import follow
    from core.jobs.queue import Queue

    if not submission.cached:
        try:
            job = _last(follow(Queue(root), submission.run_id), submission.recipe)
        except KeyboardInterrupt:
            Queue(root).request_cancel(submission.run_id)
            raise JobError(f"run {submission.run_id} was cancelled from the keyboard", "", "Nothing was stored") from None
        if job.state != "done":
            raise JobError(f"run {job.id} is {job.state}", job.note)
    return Store(root).get(submission.run_id).summary() | {"cached": submission.cached}


def _last(jobs, recipe: Recipe) -> Job:
    for job in jobs:
        if job.progress:
            _tell(f"{job.id}  {job.progress.phase}  {job.progress.done}/{job.progress.total}", job.progress.seconds_left)
    _tell(f"{job.id}  {job.state}", None)
    return job


def _tell_reading(done: int, total: int) -> None:
    _tell(f"reading images  {done}/{total}", None)


def _tell(text: str, seconds_left: float | None) -> None:
    left = f"  about {seconds_left:.0f} s left" if seconds_left else ""
    print(f"{text}{left}", file=sys.stderr, flush=True)
