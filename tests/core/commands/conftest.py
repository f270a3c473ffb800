"""How the tests of the command line run a command."""

import json

from core.__main__ import main


def run(capsys, root, *words):
    """Exit code, the JSON document on stdout (None without one), stderr."""
    code = main(["--store", str(root), *map(str, words), "--json"])
    told = capsys.readouterr()
    return code, json.loads(told.out) if told.out else None, told.err
