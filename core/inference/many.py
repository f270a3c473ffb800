"""Many pictures, answered by several runs: a stream in, a stream out, and one picture's pixels at a time in the memory of a core.

Pictures are read and decoded in threads while those before them are scored in batches. What cannot be read is told in its row.
"""

import hashlib
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice

import joblib
import numpy as np

from core.errors import CoreError
from core.images.decode import decode
from core.images.gate import remarks
from core.images.model_input import model_input
from core.images.remark import Remark
from core.inference.familiarity import Distance, Familiarity
from core.inference.predictor import Answer, Predictor, View
from core.inference.sources import Source

BATCH = 32
_AHEAD = 3  # pictures per core that are in work or done and not yet fetched
_LARGE = 2**20  # bytes; larger files are decoded one at a time, since their pixels may take some hundred megabytes


@dataclass(frozen=True, eq=False)
class Asker:
    """A run that is asked, and how far pictures are from its training images, where that is known."""

    predictor: Predictor
    familiarity: Familiarity | None = None


@dataclass(frozen=True)
class Row:
    """What is said of one picture: by each run, by its id; or the reason why nothing is.

    `digest` names the picture's bytes; `distances` has a run only where its training images are known.
    """

    file: str
    digest: str
    reason: str | None
    answers: Mapping[str, Answer] = field(default_factory=dict)
    distances: Mapping[str, Distance] = field(default_factory=dict)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What is said of the picture by any run, each sentence once."""
        return tuple(dict.fromkeys(text for answer in self.answers.values() for text in answer.warnings))


def answer_many(askers: list[Asker], sources: Iterable[Source]) -> Iterator[Row]:
    """A row for each picture, in their order. To be closed (`contextlib.closing`) if not used up."""
    views = tuple(dict.fromkeys(view for asker in askers for view in asker.predictor.views))
    with ThreadPoolExecutor(1) as scoring:
        coming: Future | None = None
        for batch in _in_batches(_prepared(sources, views)):
            before, coming = coming, scoring.submit(_answered, askers, batch)
            if before:
                yield from before.result()
        if coming:
            yield from coming.result()


@dataclass(frozen=True, eq=False)
class _Ready:
    """A picture as the runs want it, `views` uint8 (S, S) each, or the reason why there is none."""

    file: str
    digest: str
    reason: str | None
    views: Mapping[View, np.ndarray] = field(default_factory=dict)
    said: tuple[Remark, ...] = ()


def _prepared(sources: Iterable[Source], views: tuple[View, ...]) -> Iterator[_Ready]:
    """In order, on all cores."""
    cores, alone = joblib.cpu_count(), threading.Lock()
    pool, waiting = ThreadPoolExecutor(cores), deque()
    try:
        for source in sources:
            waiting.append(pool.submit(_prepare, source, views, alone))
            if len(waiting) >= _AHEAD * cores:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _in_batches(ready: Iterable[_Ready]) -> Iterator[list[_Ready]]:
    """Lists of BATCH, the last one shorter."""
    coming = iter(ready)
    while batch := list(islice(coming, BATCH)):
        yield batch


def _prepare(source: Source, views: tuple[View, ...], alone: threading.Lock) -> _Ready:
    digest = ""
    try:
        data = source.read()
        digest = hashlib.blake2b(data, digest_size=16).hexdigest()
        if len(data) <= _LARGE:
            return _seen(source.name, digest, data, views)
        with alone:
            return _seen(source.name, digest, data, views)
    except CoreError as error:
        return _Ready(source.name, digest, str(error))


def _seen(name: str, digest: str, data: bytes, views: tuple[View, ...]) -> _Ready:
    picture = decode(data, max(size for size, _ in views))
    return _Ready(name, digest, None, {view: model_input(picture, *view) for view in views}, remarks(picture))


def _answered(askers: list[Asker], batch: list[_Ready]) -> list[Row]:
    """Rows of a batch, in its order."""
    good = [one for one in batch if one.reason is None]
    views = {view: np.stack([one.views[view] for one in good]) for view in good[0].views} if good else {}
    found = [_of_run(asker, good, views) for asker in askers] if good else []
    by_picture = iter(zip(*found, strict=True))
    return [_row(one, next(by_picture)) if one.reason is None else Row(one.file, one.digest, one.reason) for one in batch]


def _of_run(asker: Asker, good: list[_Ready], views: Mapping[View, np.ndarray]) -> list[tuple[str, Answer, Distance | None]]:
    """What one run says of each readable picture of a batch."""
    predictor, known = asker.predictor, asker.familiarity
    scores, features = predictor.of_views(views)
    distances = known.of(features) if known else [None] * len(good)
    found = []
    for one, row, far in zip(good, scores, distances, strict=True):
        said = (*one.said, Remark(known.words(far, predictor.run.title))) if known and far.is_far else one.said
        found.append((predictor.run.run_id, predictor.told(one.file, row, said), far))
    return found


def _row(one: _Ready, told: tuple[tuple[str, Answer, Distance | None], ...]) -> Row:
    answers = {run_id: answer for run_id, answer, _ in told}
    return Row(one.file, one.digest, None, answers, {run_id: far for run_id, _, far in told if far})
