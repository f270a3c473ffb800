"""The README is true: its commands are there, its table names every page, and CI runs the tests as it says."""

import re

from core.__main__ import main
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_first_two_commands_set_up_and_test():
    commands = re.findall(r"^\s*(python3 -m venv .*)$", README, re.M)
    assert commands == [
        "python3 -m venv .venv && .venv/bin/pip install -r requirements.txt && .venv/bin/streamlit run app.py",
        "python3 -m venv .venv && .venv/bin/pip install -r requirements-dev.txt && .venv/bin/python -m pytest",
    ]


def test_every_page_stands_in_the_table():
    pages = {path.stem.replace("_", " ") for path in (ROOT / "pages").glob("*.py")}
    section = README.split("## What is there")[1].split("## ")[0]
    assert pages == {name.strip().lower() for name in re.findall(r"^\| (\w[\w ]+) \| ", section, re.M)} - {"page"}


def test_every_command_that_it_shows_is_known(capsys):
    words = {line.split()[0] for line in re.findall(r"\.venv/bin/python -m core (.+)$", README, re.M)}
    assert words == {
        "data", "train", "runs", "threshold", "compare", "evaluate", "score", "epochs", "notes", "predict", "submission", "starter",
        "recipes", "models", "explain", "export", "import",
    }  # fmt: skip
    for word in words:
        try:
            main([word, "--help"])
        except SystemExit as done:
            assert done.code == 0
        assert "usage" in capsys.readouterr().out


def test_requirements_are_pinned_to_a_release_line():
    lines = [line.split("#")[0].strip() for line in (ROOT / "requirements.txt").read_text().splitlines()]
    for line in filter(None, lines):
        assert "==" in line or re.fullmatch(r"[\w-]+>=[\d.]+,<[\d.]+", line), line


def test_the_licence_is_apache_2():
    assert "Apache License" in (ROOT / "LICENSE").read_text() and "Version 2.0" in (ROOT / "LICENSE").read_text()
