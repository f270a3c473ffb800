"""What the commands that train do: one model or a published one, once or with several seeds, waited for."""

import argparse
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from core.commands.printing import short
from core.commands.telling import tell
from core.data.dataset import Dataset
from core.errors import JobError, RecipeError
from core.jobs.following import follow
from core.jobs.job import OPEN, Job
from core.jobs.published_figures import Beside, beside
from core.jobs.queue import Queue
from core.jobs.submission import Submission
from core.published import catalogue
from core.published.published import Published
from core.runs.run import Run
from core.runs.store import Store


def train(root: Path, arguments: argparse.Namespace) -> dict | list[dict]:
    """Train a model and wait for it; a list where several seeds are asked for."""
    from core.data.registry import load
    from core.jobs.submission import submit_seeds

    settings = _settings(arguments.settings)
    seeds = _seeds(arguments, settings.pop("seed", None))
    published = catalogue.get(arguments.recipe) if arguments.recipe else None
    dataset = load(arguments.data, root)
    if published is None:
        found = finished(root, submit_seeds(root, dataset, arguments.model, settings, seeds, arguments.again))
    else:
        found = _published_runs(root, dataset, published, seeds, settings, arguments)
    return found if arguments.seeds is not None or len(found) > 1 else found[0]


def starter(root: Path, arguments: argparse.Namespace) -> list[dict]:
    """The four starter runs."""
    from core.jobs.starter import submit_starter

    return finished(root, submit_starter(root))


def finished(root: Path, submissions: Sequence[Submission]) -> list[dict]:
    """The runs of submissions, waited for with progress on stderr. Raises JobError if one failed. Ctrl-C cancels all of them."""
    try:
        return [_finished(root, submission) for submission in submissions]
    except KeyboardInterrupt:
        _cancel(root, submissions)
        named = ", ".join(submission.run_id for submission in submissions if not submission.cached)
        raise JobError(f"cancelled from the keyboard: {named}", "", "What was complete is kept") from None


def _published_runs(
    root: Path, dataset: Dataset, published: Published, seeds: Sequence[int | str], settings: Mapping, arguments: argparse.Namespace
) -> list[dict]:
    from core.jobs.published_runs import submit_published

    found = finished(root, submit_published(root, dataset, published.id, seeds, settings, arguments.again))
    store = Store(root)
    tell_figures = _as_they_are if arguments.json else _in_words
    return [one | {"published": _published(store, store.get(one["run_id"]), published, dataset, tell_figures)} for one in found]


def _published(store: Store, run: Run, published: Published, dataset: Dataset, tell_figures: Callable) -> dict:
    """The report's figures beside the run's, and all that must be known to compare them."""
    from core.jobs.published_runs import changed_settings, not_comparable

    return {
        "id": published.id, "title": published.title, "source": published.source, "rule": published.rule,
        "figures": tell_figures(beside(store, run, published)), "not_comparable": not_comparable(published, dataset),
        "changed_settings": changed_settings(published, run.recipe, run.base and run.base.recipe),
        "open_points": list(published.open_points),
    }  # fmt: skip


def _as_they_are(figures: Sequence[Beside]) -> list[dict]:
    return [one.as_dict() for one in figures]


def _in_words(figures: Sequence[Beside]) -> dict[str, str]:
    return {one.figure.metric: f"published {short(one.figure.value)}, here {short(one.ours)}. {one.figure.words}" for one in figures}


def _settings(texts: list[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in texts]
    for name, equals, _ in pairs:
        if not name or not equals:
            raise RecipeError(f"--set {name!r} has no value", "key=value is expected, as in --set blocks=3")
    (name, count), *_ = Counter(name for name, _, _ in pairs).most_common(1) or [("", 0)]
    if count > 1:
        raise RecipeError(f"--set {name} is given {count} times", "a setting has one value", "Leave the others out")
    return {name: value for name, _, value in pairs}


def _seeds(arguments: argparse.Namespace, of_settings: str | None) -> list[int | str]:
    """Those of --seeds, or of each --seed, or the one among the settings, or 0. Raises RecipeError where two of these are given."""
    if arguments.seeds is None and arguments.seed is None:
        return [0 if of_settings is None else of_settings]
    if of_settings is not None:
        raise RecipeError("the seed is given twice, once by --set", "one of --set seed, --seed and --seeds is expected", "Leave one out")
    if arguments.seeds is not None:
        return [part.strip() for part in arguments.seeds.split(",") if part.strip()]
    return arguments.seed


def _finished(root: Path, submission: Submission) -> dict:
    """The run of a submission, waited for, after the one that it is based on. Raises JobError if one of them failed."""
    base = submission.recipe.base_run
    if not submission.cached:
        waited = [base] if base in {job.id for job in Queue(root).jobs(*OPEN)} else []
        for run_id in (*waited, submission.run_id):
            _wait_for(root, run_id)
    return Store(root).get(submission.run_id).summary() | {"cached": submission.cached}


def _wait_for(root: Path, run_id: str) -> None:
    job = _last(follow(Queue(root), run_id))
    if job.state != "done":
        raise JobError(f"run {job.id} is {job.state}", job.note)


def _last(jobs: Iterator[Job]) -> Job:
    for job in jobs:
        if job.progress:
            tell(f"{job.id}  {job.progress.phase}  {job.progress.done}/{job.progress.total}", job.progress.seconds_left)
    tell(f"{job.id}  {job.state}", None)
    return job


def _cancel(root: Path, submissions: Sequence[Submission]) -> None:
    """Cancel what is not over of them, and what was queued for them alone."""
    queue = Queue(root)
    _cancel_open(queue, {submission.run_id for submission in submissions})
    wanted = {job.depends_on for job in queue.jobs(*OPEN) if job.cancel is None}
    _cancel_open(queue, {submission.brought for submission in submissions} - wanted)


def _cancel_open(queue: Queue, run_ids: set[str | None]) -> None:
    for job in queue.jobs(*OPEN):
        if job.id in run_ids:
            queue.request_cancel(job.id)
