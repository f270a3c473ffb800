"""Which tasks were solved, kept in the store. The file is written whole or not at all; one that cannot be read begins anew."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

from core.disk import sync
from core.errors import StoreError

FILE = "lessons.json"
FORMAT_VERSION = 1
_PATIENCE = 30.0  # seconds to wait for another session that writes


class Progress:
    """The solved tasks of the store under `root`, by lesson. Shared by all who use the store."""

    def __init__(self, root: Path):
        self.file = Path(root) / FILE

    def solved(self) -> dict[str, frozenset[str]]:
        """{lesson id: names of its solved tasks}; empty where nothing was solved, or the file is damaged."""
        try:
            document = json.loads(self.file.read_text(encoding="utf-8"))
            if document["format_version"] != FORMAT_VERSION:
                return {}
            return {str(lesson): frozenset(str(name) for name in names) for lesson, names in document["solved"].items()}
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return {}

    def solve(self, lesson_id: str, task: str) -> None:
        """Note a solved task. Raises StoreError where the store cannot be written."""
        with self._alone():
            solved = self.solved()
            self._write({**solved, lesson_id: solved.get(lesson_id, frozenset()) | {task}})

    def forget(self) -> None:
        """Begin anew. Raises StoreError where the store cannot be written."""
        with self._alone():
            self._write({})

    @contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            with FileLock(self.file.with_name(f".{FILE}.lock"), timeout=_PATIENCE):
                yield
        except OSError as reason:  # a lock that is not had in time is one too
            raise StoreError(f"{FILE} cannot be written ({reason})", "the progress of lessons is kept there") from None

    def _write(self, solved: Mapping[str, frozenset[str]]) -> None:
        draft = self.file.with_name(f".{FILE}.{os.getpid()}.draft")
        document = {"format_version": FORMAT_VERSION, "solved": {lesson: sorted(names) for lesson, names in solved.items()}}
        draft.write_text(json.dumps(document, indent=1), encoding="utf-8")
        sync(draft)
        draft.replace(self.file)
        sync(self.file.parent)
