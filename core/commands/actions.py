"""What each command does: arguments in, plain data out. Printing is elsewhere."""

import argparse
from collections.abc import Callable
from pathlib import Path

from core.commands.data_actions import DATA_ACTIONS
from core.commands.telling import tell, tell_reading
from core.errors import JobError, RecipeError
from core.jobs.job import Job
from core.jobs.submission import Submission
from core.recipe import Recipe
from core.runs.store import Store


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
            tell(damage, None)
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


def submission(root: Path, arguments: argparse.Namespace) -> dict:
    """Answers for the pictures without truth, written in the form of an example."""
    from core.inference.submission_file import submission

    store = Store(root)
    run = store.get(arguments.run_id)
    found = submission(store, run, arguments.example, tell_reading)
    found.write(arguments.out)
    return {"run_id": run.run_id, "file": str(arguments.out), "rows": len(found.rows), "columns": list(found.head)}


def predict(root: Path, arguments: argparse.Namespace) -> list[dict]:
    """What a run says of each file."""
    from core.inference.predictor import Predictor

    store = Store(root)
    predictor = Predictor(store, store.get(arguments.run_id))
    return [answer.as_dict() for answer in predictor.answer_files(arguments.files)]


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
            tell(f"{job.id}  {job.progress.phase}  {job.progress.done}/{job.progress.total}", job.progress.seconds_left)
    tell(f"{job.id}  {job.state}", None)
    return job


_ACTIONS = {
    "train": train, "starter": starter, "runs": runs, "threshold": threshold, "compare": compare, "predict": predict,
    "submission": submission,
}  # fmt: skip


def action_of(arguments: argparse.Namespace) -> Callable[[Path, argparse.Namespace], list | dict]:
    """The function of a command."""
    if arguments.command == "data":
        return DATA_ACTIONS[arguments.action]
    return _ACTIONS[arguments.command]
