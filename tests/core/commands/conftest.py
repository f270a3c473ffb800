"""How the tests of the command line run a command."""

import json

import pytest

from core.__main__ import main
from tests.processes import end_training


def run(capsys, root, *words):
    """Exit code, the JSON document on stdout (None without one), stderr."""
    code = main(["--store", str(root), *map(str, words), "--json"])
    told = capsys.readouterr()
    return code, json.loads(told.out) if told.out else None, told.err


@pytest.fixture
def no_training_left(tmp_path):
    """Whatever becomes of the test, what it trains in `tmp_path` ends with it: it would slow down all tests that follow."""
    yield
    end_training(tmp_path)
