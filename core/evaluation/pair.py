"""Two runs on the same images, in one metric: plain data."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Pair:
    """The first entry minus the second in `metric` (a mean over labels where there are several), with a 95 % interval.

    p is by `method`, p_holm is adjusted over all pairs. mcnemar_p compares the decisions at the frozen thresholds, whatever the metric
    (None for multi-label tasks, which have several decisions per image, and where patients repeat). All numbers and the method are None
    where `unavailable` says why, and so are `images` where a run has no scores on the split.
    """

    first: str
    second: str
    metric: str
    images: int | None
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    p_holm: float | None = None
    mcnemar_p: float | None = None
    method: str | None = None
    sentence: str = ""
    unavailable: str | None = None
