"""The names of timm's networks, read from its files: to load it, and torch with it, takes seconds and hundreds of megabytes."""

import re
from difflib import get_close_matches
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from core.errors import RecipeError
from core.limits import OFFLINE_BACKBONES

_NETWORK = re.compile(r"@register_model\s+def (\w+)")
_OLD_NAMES = re.compile(r"register_model_deprecations\(__name__, \{(.*?)\}\)", re.DOTALL)
_OLD_NAME = re.compile(r"'(\w+)'\s*:")


@cache
def backbone_names() -> frozenset[str]:
    """The names that the installed timm knows, without those of weights ("resnet18", not "resnet18.a1_in1k"); none where it is missing."""
    spec = find_spec("timm")
    if spec is None or spec.origin is None:
        return frozenset()
    texts = [path.read_text(encoding="utf-8") for path in (Path(spec.origin).parent / "models").glob("*.py")]
    old = {name for text in texts for part in _OLD_NAMES.findall(text) for name in _OLD_NAME.findall(part)}
    return frozenset(old.union(*map(_NETWORK.findall, texts)))


def check_backbone_name(name: str) -> None:
    """Raise RecipeError where timm has no network of a name."""
    known = backbone_names()
    if not known or name.partition(".")[0] in known:
        return
    near = get_close_matches(name.lower(), known, n=4, cutoff=0.7) or OFFLINE_BACKBONES
    raise RecipeError(
        f"there is no network {name!r}", "the name of one of timm's networks is expected", f"Take {', '.join(near)}, for example"
    )
