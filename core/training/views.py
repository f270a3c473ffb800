"""Which views of an image are scored, whose mean score counts: test-time augmentation. It imports no torch; `viewing.py` makes them."""

from dataclasses import dataclass, replace

from core.parts import Training

_STRETCH = 1.5  # width to height is multiplied by 1 / 1.5 to 1.5, evenly on a logarithmic scale
WIDTHS = (1.0, *(_STRETCH**power for power in (-1 / 2, -1 / 4, 1 / 4, 1 / 2)))


@dataclass(frozen=True)
class View:
    """One way to look at an image.

    A place (x, y) of the view, about the centre, shows the image at (width * x, y / width): below 1 the image looks wider and less tall,
    above 1 narrower and taller. A mirrored view is turned left to right after that.
    """

    width: float = 1.0
    is_mirrored: bool = False

    @property
    def name(self) -> str:
        """To name by what is kept of the view; empty for the image itself."""
        parts = [f"width {self.width:.4f}"] if self.width != 1 else []
        return ", ".join([*parts, "mirrored"] if self.is_mirrored else parts)


AS_IT_IS = View()


def views_of(training: Training) -> tuple[View, ...]:
    """The views that count, the image as it is first."""
    widths = WIDTHS if training.stretch_at_test else (1.0,)
    sides = (False, True) if training.flip_at_test else (False,)
    return tuple(View(width, is_mirrored) for width in widths for is_mirrored in sides)


def epoch_views(training: Training) -> tuple[View, ...]:
    """Those by which each epoch is judged: without the wider and taller ones, for which a training would take half as long again."""
    return views_of(replace(training, stretch_at_test=False))
