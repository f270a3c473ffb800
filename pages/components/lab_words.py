"""How the tabs below the lab say at which line their numbers are."""

from pages.components.lab_scene import Scene


def at_the_line(scene: Scene) -> str:
    """ "at the line 0.550", and whether it stands there because someone looked at test."""
    line = scene.line()
    if not line.is_moved or line.rule or line.was_put_on_validation:
        return f"at the line {line.place:.3f}"
    words = "moved by hand while looking at test" if scene.split == "test" else "moved by hand, but not on validation"
    return f"at the line {line.place:.3f} (exploratory: {words})"
