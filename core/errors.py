"""What can go wrong, said so that a person can act on it: what was found, what was expected, what to do.

Every error that a page or the command line shows is a CoreError. Its text is one line. Anything else that is raised is a defect of
Cutpoint and is left to travel.
"""


class CoreError(Exception):
    """An expected failure.

    Parameters
    ----------
    found : what is wrong, as a clause ("learning_rate is 12.0").
    expected : what would have been right ("it must lie between 1e-06 and 1.0"); may be empty.
    remedy : what to do next, as a sentence without its full stop; may be empty.
    """

    def __init__(self, found: str, expected: str = "", remedy: str = ""):
        self.found, self.expected, self.remedy = _one_line(found), _one_line(expected), _one_line(remedy)
        super().__init__(self._sentence())

    def _sentence(self) -> str:
        finding = "; ".join(part for part in (self.found, self.expected) if part)
        return ". ".join(part for part in (finding, self.remedy) if part) + "."

    def __reduce__(self):
        return type(self), (self.found, self.expected, self.remedy)


def _one_line(text: str) -> str:
    return " ".join(str(text).split()).rstrip(".")


class RecipeError(CoreError):
    """A setting that is unknown, out of its limits, or does not fit the others."""


class ImageError(CoreError):
    """Bytes that are no X-ray picture that can be read safely."""


class DataError(CoreError):
    """A data set that is not there, or not in a layout that can be read."""


class WeightsError(CoreError):
    """Pretrained weights that are not there or do not fit."""


class StoreError(CoreError):
    """A run that is not in the store, or is damaged there."""


class JobError(CoreError):
    """Work in the queue that cannot be started, found or changed."""


class EvaluationError(CoreError):
    """A metric, a threshold or a comparison that cannot be had, and why."""


class ExplanationError(CoreError):
    """A map of what speaks for a label that cannot be had, and why."""
