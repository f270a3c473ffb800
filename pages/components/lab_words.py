"""How the tabs below the lab say at which line their numbers are."""

from pages.components.lab_scene import Scene


def at_the_line(scene: Scene) -> str:
    """ "at the line 0.550", and whether it stands there because someone looked at test."""
    line = scene.line()
    by_hand = line.is_moved and line.rule is None and scene.split == "test"
    return f"at the line {line.place:.3f}{' (exploratory: moved by hand while looking at test)' if by_hand else ''}"
