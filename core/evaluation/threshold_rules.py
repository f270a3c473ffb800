"""How a threshold is to be chosen, as a short text: "0.5", "youden", "f1", "sensitivity=0.95" or "specificity=0.95"."""

import re
from dataclasses import dataclass

from core.errors import EvaluationError

RULES = {
    "fixed": "a number from 0 to 1, such as 0.5",
    "youden": "youden (the most sensitivity + specificity - 1)",
    "f1": "f1 (the highest F1)",
    "sensitivity": "sensitivity=0.95 (at least this sensitivity)",
    "specificity": "specificity=0.95 (at least this specificity)",
}
_NUMBER = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE]-?[0-9]{1,3})?"
_RULE = re.compile(rf"(?P<best>youden|f1)|(?:(?P<goal>sensitivity|specificity)=)?(?P<value>{_NUMBER})")
LONGEST = 40  # characters; no rule needs more


@dataclass(frozen=True)
class Rule:
    """`name` is a key of RULES; `value` is the threshold or the least rate, 0..1, None for youden and f1."""

    name: str
    value: float | None

    @property
    def text(self) -> str:
        """The rule as `parse_rule` reads it."""
        if self.name == "fixed":
            return f"{self.value!r}"
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
    value = float(match["value"])
    if not 0 <= value <= 1:
        raise _no_rule(given)
    return Rule(match["goal"] or "fixed", value)


def _no_rule(given: str) -> EvaluationError:
    shown = given if len(given) <= LONGEST else given[:LONGEST] + "..."
    return EvaluationError(f"{shown!r} is no rule for a threshold", f"the rules are: {'; '.join(RULES.values())}")
