"""A run of scores that were made elsewhere: it stands in every comparison and in the threshold lab, but has no weights to ask.

Where the table's images and truths are those of a run that is here, it counts as a run on the same data: images are found by their names.
"""

import hashlib
import re
import shutil
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from itertools import chain
from pathlib import Path, PurePosixPath

import numpy as np
from filelock import FileLock

from core.errors import CoreError, EvaluationError
from core.evaluation.predictions import Predictions
from core.evaluation.thresholds import choose_among
from core.jobs.job_folder import JobFolder
from core.recipe import EXTERNAL, Recipe, build
from core.runs.operating import FIRST_RULE, choose_point, freeze, point_of
from core.runs.run import DataRecord, Run
from core.runs.store import Store, new_run_id

SOURCE = ""  # of a run whose images are not here
_NAME = re.compile(r"[^\W_][\w .()+-]{0,59}")
_JUDGED = ("val", "test")
_SPLIT_RULE = "as the file says; what the model was trained on is not known here"


def keep_external(root: Path, name: str, splits: Mapping[str, Predictions], file_hash: str, rule: str | None = None) -> Run:
    """Put scores from a file on the shelf under a name; the run that is there already where name and file are the same.

    `file_hash` is the sha256 of the file. With a rule that is the run's operating point, also of a run that is there; without, a new run
    has 0.5. Raises EvaluationError for a name that cannot be one or is taken, and where neither val nor
    test has scores.
    """
    recipe = build(EXTERNAL, {"name": checked_name(name), "file_hash": file_hash[:16]})
    if not any(split in splits for split in _JUDGED):
        raise EvaluationError("the file has scores on train only", "a run needs some on val or test", "Add rows of the split test")
    root.mkdir(parents=True, exist_ok=True)
    with FileLock(root / "submission.lock"):  # two who bring the same name at once shall not both find it free
        store = Store(root)
        found = _there_already(store, recipe)
        task = next(iter(splits.values())).task
        if found is not None and found.data.task != task:
            raise EvaluationError(
                f"{name} was read as a {found.data.task} task, and now as {task}", "a run has one task", "Choose another name"
            )
        if found is None:
            return _put(store, recipe, splits, FIRST_RULE if rule is None else rule)
        return freeze(store, found, choose_point(store, found, rule)) if rule is not None else found


def checked_name(name: str) -> str:
    """A name for a run, without blanks around it. Raises EvaluationError for one that is too long or holds odd characters."""
    name = " ".join(name.split())
    if not _NAME.fullmatch(name):
        expected = "1 to 60 letters, digits, blanks and ._()+- are allowed, a letter or digit first"
        raise EvaluationError(f"{name[:80]!r} cannot name a run", expected)
    return name


def _there_already(store: Store, recipe: Recipe) -> Run | None:
    same = next((run for run in store.runs() if run.title == recipe.model.name), None)
    if same is None or same.recipe == recipe:
        return same
    remedy = f"Choose another, or delete that run first: python -m core runs delete {same.run_id}"
    raise EvaluationError(f"there is a run {same.title!r} already, of another file", "each run has a name of its own", remedy)


def _put(store: Store, recipe: Recipe, splits: Mapping[str, Predictions], rule: str) -> Run:
    data, splits = _on_known_data(store, splits) or (_own_record(recipe, splits), dict(splits))
    chosen = choose_among(rule, splits)
    point = point_of(chosen.rule, chosen.thresholds, splits)
    run = Run(
        run_id=new_run_id(recipe), recipe=recipe, data=data, base=None, operating_point=point, created=time.time(), seconds=0.0,
        device="elsewhere", versions={}, git_commit=None, parameters=0, folder=Path(),
    )  # fmt: skip
    folder = JobFolder(store.root, run.run_id)
    folder.draft.mkdir(parents=True)
    try:
        return store.put(folder.draft, run, [], splits)
    finally:
        shutil.rmtree(folder.path, ignore_errors=True)


def _own_record(recipe: Recipe, splits: Mapping[str, Predictions]) -> DataRecord:
    """The record of images that no run here knows."""
    first = next(iter(splits.values()))
    classes = (f"no {first.labels[0]}", *first.labels) if first.task == "binary" else first.labels
    level, across = _level(splits)
    return DataRecord(
        source=SOURCE, name=recipe.model.name, title=f"images of {recipe.model.name}", fingerprint=_fingerprint(splits), task=first.task,
        classes=classes, labels=first.labels, split_level=level, split_rule=_SPLIT_RULE, patients_across=across, synthetic=False,
        images={split: one.n for split, one in splits.items()},
    )  # fmt: skip


def _level(splits: Mapping[str, Predictions]) -> tuple[str, int | None]:
    """(split level, patients in several splits or None), as `core.data.inspection.audit` says it.

    Without the training images nobody can say that no patient is on both sides.
    """
    named = [one.known_patients for one in splits.values() if one.known_patients is not None]
    known = len(named) == len(splits)
    across = _in_several([set(patients.tolist()) - {""} for patients in named]) if known else None
    if across or _in_several([set(one.image_ids.tolist()) for one in splits.values()]):
        return "image", across
    complete = known and "train" in splits and all((patients != "").all() for patients in named)
    return ("patient" if complete else "unknown"), across


def _in_several(sets: list[set[str]]) -> int:
    """How many names are in two sets or more."""
    return sum(times > 1 for times in Counter(chain.from_iterable(sets)).values())


def _fingerprint(splits: Mapping[str, Predictions]) -> str:
    """16 hexadecimal digits, the same for files of the same images, labels and truths on val and test in any order."""
    first = next(iter(splits.values()))
    digest, columns = hashlib.sha256(repr((first.task, sorted(first.labels))).encode()), np.argsort(first.labels)
    for split in (split for split in _JUDGED if split in splits):
        rows = np.argsort(splits[split].image_ids)
        digest.update("\0".join((split, *splits[split].image_ids[rows].tolist())).encode())
        digest.update(np.ascontiguousarray(splits[split].y_true[rows][:, columns]).tobytes())
    return digest.hexdigest()[:16]


def _on_known_data(store: Store, splits: Mapping[str, Predictions]) -> tuple[DataRecord, dict[str, Predictions]] | None:
    """The record of a run that has the same images and truths on val and test, and the predictions in its order, if there is one."""
    first, asked = next(iter(splits.values())), set()
    for run in store.runs():
        fits = (run.data.task, sorted(run.data.labels)) == (first.task, sorted(first.labels))
        can_tell = all(split in run.data.images for split in _JUDGED if split in splits)
        if not (fits and can_tell) or run.data.fingerprint in asked:
            continue
        asked.add(run.data.fingerprint)
        found = {split: _as_known(one, store, run) for split, one in splits.items()}
        if all(found[split] is not None for split in _JUDGED if split in found):
            kept = {split: one or _ordered(splits[split], run.data.labels) for split, one in found.items()}
            level, across = _level(kept)
            images = {split: one.n for split, one in kept.items()}
            return replace(run.data, split_level=level, patients_across=across, split_rule=_SPLIT_RULE, images=images), kept
    return None


def _as_known(one: Predictions, store: Store, run: Run) -> Predictions | None:
    """Predictions with the ids, rows and labels as a run has them; None where its images or truths are others.

    Ids are the same in full, or as file names, or as file names without suffix. What is known of the images is taken over where the file
    tells nothing.
    """
    try:
        known = store.predictions(run, one.split)
    except CoreError:
        return None
    one = _ordered(one, known.labels)
    for key in (str, lambda text: PurePosixPath(text).name, lambda text: PurePosixPath(text).stem):
        place = {key(image_id): row for row, image_id in enumerate(one.image_ids.tolist())}
        rows = [place.get(key(image_id), -1) for image_id in known.image_ids.tolist()]
        if one.n == known.n == len(set(rows)) and -1 not in rows and np.array_equal(one.y_true[rows], known.y_true):
            one = one.select(np.array(rows))
            patients = known.patients if one.patients is None else one.patients
            return replace(known, y_score=one.y_score, patients=patients, groups={**known.groups, **one.groups})
    return None


def _ordered(one: Predictions, labels: tuple[str, ...]) -> Predictions:
    """The same with its labels in this order."""
    columns = [one.labels.index(label) for label in labels]
    return replace(one, labels=labels, y_true=one.y_true[:, columns], y_score=one.y_score[:, columns])
