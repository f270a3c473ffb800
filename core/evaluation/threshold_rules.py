"""How a threshold is to be chosen, as a short text: "0.5", "youden", "f1", "sensitivity=0.95", "flagged=0.2", "cost=10", ..."""

import re
from dataclasses import dataclass

from core.errors import EvaluationError

RULES = {
    "fixed": "a number from 0 to 1, such as 0.5",
    "youden": "youden (the most sensitivity + specificity - 1)",
    "f1": "f1 (the highest F1)",
    "sensitivity": "sensitivity=0.95 (at least this sensitivity)",
    "specificity": "specificity=0.95 (at least this specificity)",
    "both": "sensitivity=0.9,specificity=0.8 (at least both)",
    "flagged": "flagged=0.2 (at most this share called positive)",
    "cost": "cost=10 (least cost, where 1 missed case costs as much as 10 false alarms)",
    "prevalence": "prevalence (as many called positive as are)",
}
MOST_COSTLY = 10_000.0  # false alarms for a missed case
_NUMBER = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE]-?[0-9]{1,3})?"
_RULE = re.compile(
    rf"(?P<best>youden|f1|prevalence)|sensitivity=(?P<first>{_NUMBER}),specificity=(?P<second>{_NUMBER})"
    rf"|(?:(?P<goal>sensitivity|specificity|flagged|cost)=)?(?P<value>{_NUMBER})"
)
LONGEST = 60  # characters; no rule needs more


@dataclass(frozen=True)
class Rule:
    """`name` is a key of RULES.

    `value` is the threshold, the least or largest rate (0..1), or the false alarms that a missed case costs (0..MOST_COSTLY); None for
    youden, f1 and prevalence. `specificity` is the second rate of "both", whose first is the sensitivity.
    """

    name: str
    value: float | None
    specificity: float | None = None

    @property
    def text(self) -> str:
        """The rule as `parse_rule` reads it."""
        if self.name == "fixed":
            return f"{self.value!r}"
        if self.name == "both":
            return f"sensitivity={self.value!r},specificity={self.specificity!r}"
        return self.name if self.value is None else f"{self.name}={self.value!r}"

    @property
    def needs_data(self) -> bool:
        """False for a fixed number, which is known before any image is seen."""
        return self.name != "fixed"


def parse_rule(text: str) -> Rule:
    """Read a rule. Raises EvaluationError with the list of rules for anything else."""
    given = str(text).strip()
    match = _RULE.fullmatch(given) if len(given) <= LONGEST else None
    if match is None:
        raise _no_rule(given)
    if match["best"]:
        return Rule(match["best"], None)
    if match["first"]:
        return Rule("both", _number(match["first"], 1.0, given), _number(match["second"], 1.0, given))
    name = match["goal"] or "fixed"
    return Rule(name, _number(match["value"], MOST_COSTLY if name == "cost" else 1.0, given))


def _number(text: str, most: float, given: str) -> float:
    value = float(text)
    if not 0 <= value <= most:
        raise _no_rule(given)
    return value


def _no_rule(given: str) -> EvaluationError:
    shown = given if len(given) <= LONGEST else given[:LONGEST] + "..."
    return EvaluationError(f"{shown!r} is no rule for a threshold", f"the rules are: {'; '.join(RULES.values())}")
