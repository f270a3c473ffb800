"""The code is as ARCHITECTURE.md says: floors, no cycles, no Streamlit in core, small files and functions."""

import ast
import os
import re
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CORE = sorted((ROOT / "core").rglob("*.py"))
PAGES = sorted((ROOT / "pages").rglob("*.py"))
ALL = [ROOT / "app.py", *CORE, *PAGES]
TORCH = {"torch", "timm", "torchvision"}


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_of(path): path for path in ALL}


def imports_of(path: Path, only_top: bool = False) -> set[str]:
    """The modules that a file imports, whole ("core.data.cache.prepared")."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = set()
    for node in tree.body if only_top else ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inside = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in MODULES else node.module for name in inside}
    return found


def room_of(module: str) -> str:
    """A file's room: the folder in core, or the file itself on floor 0."""
    return "pages" if module.split(".")[0] in ("app", "pages") else ".".join(module.split(".")[:2])


def floors() -> dict[str, int]:
    """Room -> floor, read from ARCHITECTURE.md."""
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    lines = re.findall(r"^ (\d)  (.+)$", text, re.M)
    found = {room.rstrip(","): int(number) for number, rooms in lines for room in re.findall(r"core\.\w+", rooms)}
    return found | {"pages": 7}


def test_the_plan_names_every_room():
    assert {room_of(module) for module in MODULES} - {"core"} == set(floors())


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_room_imports_lower_floors_only(path):
    mine, plan = room_of(module_of(path)), floors()
    for imported in imports_of(path) & set(MODULES):
        other = room_of(imported)
        if other != mine and mine != "core":
            assert plan[other] < plan[mine] or plan[other] == plan[mine] == 0, f"{path.name} on floor {plan[mine]} imports {imported}"


def test_no_file_imports_itself_in_a_circle():
    graph = {module: imports_of(path) & set(MODULES) - {module} for module, path in MODULES.items()}
    assert list(TopologicalSorter(graph).static_order())


def test_no_page_imports_another_page():
    for path in PAGES:
        others = {name for name in imports_of(path) if name.startswith("pages.") and not name.startswith("pages.components")}
        assert not others, f"{path.name} imports {others}"


def test_core_imports_no_streamlit():
    assert not [path for path in CORE if any(name.split(".")[0] == "streamlit" for name in imports_of(path))]


def test_torch_is_imported_only_where_models_are_trained():
    for path in ALL:
        if {name.split(".")[0] for name in imports_of(path)} & TORCH:
            assert room_of(module_of(path)) in ("core.models", "core.training"), path


@pytest.mark.parametrize("module", ["pages.components.cached", "core.commands.actions", "core.jobs.local", "core.figures.roc_pr"])
def test_what_every_page_opens_with_does_not_load_torch(module):
    code = f"import sys, {module}; sys.exit(bool({TORCH!r} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0


def test_only_two_files_keep_streamlit_caches():
    keepers = [path for path in ALL if re.search(r"\bcache_(data|resource)\b", path.read_text(encoding="utf-8"))]
    assert [path.name for path in keepers] == ["cached.py", "cached_compare.py"]


def test_no_name_says_nothing():
    empty = re.compile(r"(utils?|helpers?|common|misc|managers?|handlers?)(\.py)?$")
    assert not [path for path in ALL if any(empty.fullmatch(part) for part in path.relative_to(ROOT).parts)]


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_files_and_functions_are_small(path):
    text = path.read_text(encoding="utf-8")
    is_page = path.parent.name == "pages"
    assert text.count("\n") <= (60 if path.name == "app.py" else 150 if is_page else 400)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno - node.lineno < 50, f"{path.name}: {node.name}"


def test_nothing_from_outside_is_unpickled():
    for path in ALL:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\b(pickle|joblib)\.load", text), path
        assert not re.search(r"allow_pickle=True|trusted=True|get_untrusted_types", text), path
        for call in re.findall(r"torch\.load\(.*", text):
            assert "weights_only=True" in call, path


def test_no_page_loads_torch_before_it_must(tmp_path):
    code = (
        "import sys; from streamlit.testing.v1 import AppTest\n"
        "app = AppTest.from_file('app.py', default_timeout=120).run()\n"
        "for page in ('train', 'progress', 'compare', 'thresholds', 'mistakes', 'single_image', 'lessons'):\n"
        "    app.switch_page(f'pages/{page}.py').run(); assert not app.exception, page\n"
        f"sys.exit(bool({TORCH!r} & set(sys.modules)))"
    )
    environment = {**os.environ, "CUTPOINT_STORE": str(tmp_path), "PYTHONPATH": str(ROOT)}
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment).returncode == 0
