"""Numbers as text."""


def shortest(value: float) -> str:
    """The fewest digits that give the same float when read again: "0.4", "1", "1000001"."""
    return repr(value).removesuffix(".0")
