"""What one run says of one picture, and how firmly: after small changes of it, and by each member of an ensemble."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.evaluation.decisions import decide
from core.images.decode import Decoded
from core.inference.predictor import Answer, Predictor
from core.inference.shared_labels import common_labels


@dataclass(frozen=True, eq=False)
class Steadiness:
    """`changed` float32 (CHANGES, L): scores of the picture as it is and after each small change. `members` float32 (M, L)."""

    task: str
    labels: tuple[str, ...]
    changed: np.ndarray
    members: np.ndarray

    def moved(self, label: str) -> tuple[float, float]:
        """The lowest and the highest score of a label over the changes."""
        scores = self.changed[:, self.labels.index(label)]
        return float(scores.min()), float(scores.max())

    def turned(self, label: str, thresholds: Mapping[str, float]) -> int:
        """In how many of the changed pictures the decision about a label is another than in the picture as it is."""
        called = decide(self.changed, self.task, self.labels, dict(thresholds))[:, self.labels.index(label)]
        return int((called[1:] != called[0]).sum())

    def of_members(self, label: str) -> list[float]:
        """The score by each member, in their order."""
        return self.members[:, self.labels.index(label)].tolist()


def steadiness(predictor: Predictor, picture: Decoded) -> Steadiness:
    """How firmly a run says what it says. Raises ImageError where the picture cannot be prepared."""
    data = predictor.run.data
    return Steadiness(data.task, data.labels, predictor.changed_scores(picture), predictor.member_scores(picture))


def agreement(answers: Mapping[str, Answer], label: str) -> str:
    """How many runs (answers by their titles) call a label, in one line; those that do not know it, however written, are left out."""
    known = common_labels({title: answer.decisions for title, answer in answers.items()})
    own = next((one.own for one in known if label in one.own.values()), {})
    called = {title: answers[title].decisions[name] for title, name in own.items()}
    if len(called) < 2:
        return ""
    yes, no = ([title for title, decision in called.items() if decision == wanted] for wanted in (1, 0))
    if not no or not yes:
        return f"All {len(called)} runs agree: {label} is {'called' if yes else 'not called'}."
    verb = "calls" if len(yes) == 1 else "call"
    return f"{len(yes)} of {len(called)} runs {verb} {label} ({', '.join(yes)}); not {', '.join(no)}."
