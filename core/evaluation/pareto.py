"""Which of several models are worth their cost: those that no other beats in both."""

from collections.abc import Sequence


def pareto_front(costs: Sequence[float], values: Sequence[float], higher_is_better: bool = True) -> list[int]:
    """Indices of the models that no other dominates, cheapest first. Of models that are equal in both, all are on the front.

    A model dominates another where it costs no more and is no worse, and is cheaper or better.
    """
    sign = 1 if higher_is_better else -1
    points = [(cost, -sign * value) for cost, value in zip(costs, values, strict=True)]  # both: lower is better
    front = [index for index, point in enumerate(points) if not any(_dominates(other, point) for other in points)]
    return sorted(front, key=points.__getitem__)


def _dominates(first: tuple[float, float], second: tuple[float, float]) -> bool:
    return first != second and first[0] <= second[0] and first[1] <= second[1]
