"""The files of Cutpoint that turn a picture's bytes into a model's pixels, to go with an exported model: here and there the same."""

import ast
from pathlib import Path

_BEGIN = ("core", "core.images.decode", "core.images.model_input")  # what the program beside the model imports
_ROOT = Path(__file__).resolve().parents[3]


def picture_sources() -> dict[str, bytes]:
    """The files by their names ("core/images/decode.py"): those modules, and all of Cutpoint that they import, now or later."""
    found: dict[str, bytes] = {}
    waiting = list(_BEGIN)
    while waiting:
        file = _file(waiting.pop())
        name = file.relative_to(_ROOT).as_posix()
        if name not in found:
            found[name] = file.read_bytes()
            waiting += _imports(found[name])
    return dict(sorted(found.items()))


def _imports(source: bytes) -> list[str]:
    """The modules of Cutpoint that a file imports, and the packages in which they lie."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    packages = {".".join(name.split(".")[:depth]) for name in names for depth in range(1, name.count(".") + 2)}
    return sorted(name for name in packages if name.split(".")[0] == "core" and _file(name).is_file())


def _file(module: str) -> Path:
    place = _ROOT.joinpath(*module.split("."))
    return place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
