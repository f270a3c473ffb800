"""The words of the command line. A mistake in them is one line on stderr and exit code 2."""

import argparse
import sys
from pathlib import Path
from typing import NoReturn

from core.recipe import FAMILIES
from core.runs.store import STORE_VARIABLE


class OneLineParser(argparse.ArgumentParser):
    """A parser whose complaint is one line."""

    def error(self, message: str) -> NoReturn:
        print(f"{self.prog}: {' '.join(message.split())}. See: {self.prog} --help", file=sys.stderr)
        raise SystemExit(2)


def build_parser() -> argparse.ArgumentParser:
    """The parser of `python -m core`; `--store` and `--json` may stand before or after the command."""
    common = _common(argparse.SUPPRESS, argparse.SUPPRESS)
    parser = OneLineParser(prog="python -m core", description=__doc__, parents=[_common(None, False)])
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=OneLineParser)
    _add_data(commands, common)
    _add_train(commands, common)
    _add_runs(commands, common)
    _add_evaluation(commands, common)
    _add_predict(commands, common)
    commands.add_parser("starter", parents=[common], help="train the four starter runs on the phantom")
    return parser


def _common(store, is_json) -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--store", default=store, metavar="DIR", help=f"where runs lie (${STORE_VARIABLE}, or artifacts)")
    common.add_argument("--json", action="store_true", default=is_json, help="print one JSON document on stdout")
    return common


def _add_data(commands, common) -> None:
    data = commands.add_parser("data", help="list or check data sets")
    actions = data.add_subparsers(dest="action", required=True, metavar="list|check", parser_class=OneLineParser)
    actions.add_parser("list", parents=[common], help="the data sets that have a name")
    check = actions.add_parser("check", parents=[common], help="count, audit and try to read every image")
    check.add_argument("source", metavar="SOURCE", help="a name or a path")


def _add_train(commands, common) -> None:
    train = commands.add_parser("train", parents=[common], help="train one model and wait for it")
    train.add_argument("--data", required=True, metavar="SOURCE", help="a name or a path")
    train.add_argument("--model", required=True, choices=FAMILIES)
    train.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", dest="settings", help="a hyperparameter; may be repeated")
    train.add_argument("--seed", default=None)
    train.add_argument("--again", action="store_true", help="train even if this run is in the store already")


def _add_runs(commands, common) -> None:
    runs = commands.add_parser("runs", parents=[common], help="list, show or delete runs")
    actions = runs.add_subparsers(dest="action", metavar="show|delete", parser_class=OneLineParser)
    for name, words in (("show", "one run, whole"), ("delete", "remove a run and its files")):
        action = actions.add_parser(name, parents=[common], help=words)
        action.add_argument("run_id", metavar="ID")


def _add_evaluation(commands, common) -> None:
    threshold = commands.add_parser("threshold", parents=[common], help="choose thresholds on validation, report on test")
    threshold.add_argument("run_id", metavar="ID")
    threshold.add_argument("--rule", required=True, help="0.5, youden, f1, sensitivity=0.95 or specificity=0.95")
    threshold.add_argument("--save", action="store_true", help="make it the run's operating point")
    compare = commands.add_parser("compare", parents=[common], help="runs side by side, with intervals and paired tests")
    compare.add_argument("run_ids", nargs="+", metavar="ID")
    compare.add_argument("--split", choices=("val", "test"), default="test")


def _add_predict(commands, common) -> None:
    predict = commands.add_parser("predict", parents=[common], help="what a run says of pictures")
    predict.add_argument("run_id", metavar="ID")
    predict.add_argument("files", nargs="+", type=Path, metavar="FILE")
