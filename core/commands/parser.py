"""The words of the command line. A mistake in them is one line on stderr and exit code 2."""

import argparse
import sys
from pathlib import Path
from typing import NoReturn

from core.evaluation.predictions import SPLITS, TASKS
from core.recipe import FAMILIES
from core.runs.store import STORE_VARIABLE

_RULES = "0.5, youden, f1, sensitivity=0.95 or specificity=0.95"


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
    _add_lists(commands, common)
    _add_runs(commands, common)
    _add_evaluation(commands, common)
    _add_scores(commands, common)
    _add_predict(commands, common)
    _add_explain(commands, common)
    _add_exports(commands, common)
    _add_notes(commands, common)
    commands.add_parser("starter", parents=[common], help="train the four starter runs on the phantom")
    return parser


def _common(store, is_json) -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--store", default=store, metavar="DIR", help=f"where runs lie (${STORE_VARIABLE}, or artifacts)")
    common.add_argument("--json", action="store_true", default=is_json, help="print one JSON document on stdout")
    return common


def _add_data(commands, common) -> None:
    data = commands.add_parser("data", help="list, check, name or make data sets")
    actions = data.add_subparsers(dest="action", required=True, metavar="list|check|add|remove|make", parser_class=OneLineParser)
    actions.add_parser("list", parents=[common], help="the data sets that have a name")
    check = actions.add_parser("check", parents=[common], help="count, audit and try to read every image")
    add = actions.add_parser("add", parents=[common], help="check a data set and give it a name")
    for action in (check, add):
        action.add_argument("source", metavar="SOURCE", help="a name, or the path of a folder, a ZIP archive or an npz file")
        _add_reading(action)
    add.add_argument("--name", required=True, help="the name from now on")
    remove = actions.add_parser("remove", parents=[common], help="take a data set off the list; your own files stay")
    remove.add_argument("name", metavar="NAME")
    _add_make(actions.add_parser("make", parents=[common], help="draw a synthetic data set"))


def _add_reading(action) -> None:
    action.add_argument("--split", choices=("as-found", "by-patient"), default="as-found", help="keep the splits, or make new ones")
    action.add_argument("--seed", type=int, default=0, help="of the new splits")
    action.add_argument("--four-channels", choices=("convert", "leave-out"), default="convert", help="what becomes of RGBA and CMYK")
    action.add_argument("--skipped", type=Path, metavar="FILE.csv", help="write the full list of what was left out")


def _add_make(make) -> None:
    make.add_argument("what", choices=("phantom",))
    make.add_argument("--task", choices=("binary", "multiclass", "multilabel"), default="binary")
    make.add_argument("--images", type=int, default=2000)
    make.add_argument("--size", type=int, default=128, help="side in pixels")
    make.add_argument("--seed", type=int, default=0)
    make.add_argument("--label-noise", type=float, default=0.0, metavar="SHARE", help="share of wrong labels in train and val")
    make.add_argument("--shifted", action="store_true", help="the test images come from another hospital")
    make.add_argument("--out", type=Path, metavar="FOLDER", help="also write PNG files and a table there")


def _add_train(commands, common) -> None:
    train = commands.add_parser("train", parents=[common], help="train a model, or a published recipe, and wait for it")
    train.add_argument("--data", required=True, metavar="SOURCE", help="a name or a path")
    what = train.add_mutually_exclusive_group(required=True)
    what.add_argument("--model", choices=FAMILIES)
    what.add_argument("--recipe", metavar="ID", help="a published recipe; see: python -m core recipes")
    train.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", dest="settings", help="a hyperparameter; may be repeated")
    seeds = train.add_mutually_exclusive_group()
    seeds.add_argument("--seed", action="append", help="start of all random numbers; may be repeated")
    seeds.add_argument("--seeds", metavar="0,1,2", help="one run for each of them")
    train.add_argument("--again", action="store_true", help="train even if this run is in the store already")


def _add_lists(commands, common) -> None:
    recipes = commands.add_parser("recipes", parents=[common], help="the published recipes, with their figures")
    recipes.add_argument("recipe_id", nargs="?", metavar="ID", help="one of them, whole")
    commands.add_parser("models", parents=[common], help="every model, with its hyperparameters, defaults and limits")


def _add_runs(commands, common) -> None:
    runs = commands.add_parser("runs", parents=[common], help="list, show or delete runs, or write their scores to a table")
    actions = runs.add_subparsers(dest="action", metavar="show|delete|predictions", parser_class=OneLineParser)
    told = {"show": "one run, whole", "delete": "remove a run and its files", "predictions": "write its scores to a table"}
    for name, words in told.items():
        action = actions.add_parser(name, parents=[common], help=words)
        action.add_argument("run_id", metavar="ID")
    action.add_argument("--out", type=Path, required=True, metavar="FILE.csv", help="as the command evaluate reads it")


def _add_evaluation(commands, common) -> None:
    evaluate = commands.add_parser("evaluate", parents=[common], help="every metric of the scores of any model, from a table")
    evaluate.add_argument("file", type=Path, metavar="FILE.csv", help="columns id, split, true:<label>, score:<label>, perhaps patient")
    evaluate.add_argument("--rule", metavar="RULE", help=f"{_RULES}; 0.5 where it is left out")
    evaluate.add_argument("--task", choices=TASKS, help="told from the table where it is left out")
    evaluate.add_argument("--name", help="keep the scores as a run of this name, to be compared with others")
    threshold = commands.add_parser("threshold", parents=[common], help="choose thresholds on validation, report on test")
    threshold.add_argument("run_id", metavar="ID")
    threshold.add_argument("--rule", required=True, help=_RULES)
    threshold.add_argument("--save", action="store_true", help="make it the run's operating point")
    compare = commands.add_parser("compare", parents=[common], help="runs side by side, with intervals and paired tests")
    compare.add_argument("run_ids", nargs="+", metavar="ID")
    compare.add_argument("--split", choices=("val", "test"), default="test")
    compare.add_argument(
        "--metric", default="roc_auc", metavar="NAME", help="what pairs of runs are tested in, such as f1; roc_auc where left out"
    )


def _add_scores(commands, common) -> None:
    score = commands.add_parser("score", parents=[common], help="score a run on another data set with the same labels, and keep that")
    score.add_argument("run_id", metavar="ID")
    score.add_argument("--data", required=True, metavar="SOURCE", help="a name or a path")
    score.add_argument("--split", choices=("all", *SPLITS), default="all", help="which of its images; all where it is left out")
    score.add_argument("--again", action="store_true", help="score even if these images were scored before")
    epochs = commands.add_parser("epochs", parents=[common], help="metrics on validation over the epochs of a run, at any thresholds")
    epochs.add_argument("run_id", metavar="ID")
    epochs.add_argument("--thresholds", default="0.4,0.5,0.6", metavar="T,T,...", help="0.4,0.5,0.6 where they are left out")
    epochs.add_argument("--label", help="one label against the rest; all together where it is left out")
    epochs.add_argument("--metrics", metavar="NAME,NAME,...", help="all where they are left out")


def _add_predict(commands, common) -> None:
    predict = commands.add_parser("predict", parents=[common], help="what a run says of pictures")
    predict.add_argument("run_id", metavar="ID")
    predict.add_argument("files", nargs="+", type=Path, metavar="FILE|FOLDER|FILE.zip", help="pictures; of a folder all that are in it")
    predict.add_argument("--strict", action="store_true", help="say nothing of what does not look like a chest X-ray; warn only otherwise")
    predict.add_argument("--no-distance", action="store_true", help="leave out how far pictures are from the training images")
    submission = commands.add_parser("submission", parents=[common], help="answer the pictures without truth in a file")
    submission.add_argument("run_id", metavar="ID")
    submission.add_argument("--example", type=Path, metavar="FILE", help="a sample submission, whose form is kept")
    submission.add_argument("--out", type=Path, default=Path("submission.csv"), metavar="FILE")


def _add_explain(commands, common) -> None:
    explain = commands.add_parser("explain", parents=[common], help="which places of pictures speak for a label, or the pointing game")
    explain.add_argument("run_id", metavar="ID")
    explain.add_argument("files", nargs="*", type=Path, metavar="FILE")
    explain.add_argument("--label", action="append", metavar="NAME", help="may be repeated; all where it is left out")
    explain.add_argument("--way", choices=("quick", "patches"), default="quick", help="from a network's last maps, or by hiding patches")
    explain.add_argument("--out", type=Path, metavar="FOLDER", help="write each picture with its map there, as PNG")
    explain.add_argument("--pointing", action="store_true", help="how often the map is highest in the box of the finding; kept")
    explain.add_argument("--data", metavar="SOURCE", help="with --pointing: a data set with boxes; the run's own where left out")
    explain.add_argument("--split", choices=SPLITS, default="test", help="with --pointing; test where it is left out")
    explain.add_argument("--most", type=int, default=300, metavar="N", help="with --pointing: images at most, evenly among all; 300")


def _add_exports(commands, common) -> None:
    export = commands.add_parser("export", parents=[common], help="a run as ONNX with a program that asks it, or whole")
    export.add_argument("run_id", metavar="ID")
    export.add_argument("--out", type=Path, required=True, metavar="FOLDER|FILE.zip")
    export.add_argument("--whole", action="store_true", help="the whole run, for another Cutpoint: scores, history, weights; a ZIP")
    brought = commands.add_parser("import", parents=[common], help="take in a run that was exported whole elsewhere")
    brought.add_argument("file", type=Path, metavar="FILE.zip")


def _add_notes(commands, common) -> None:
    notes = commands.add_parser("notes", parents=[common], help="what was noted of single images, and labels that look wrong")
    notes.add_argument("--data", metavar="TITLE", help="of one data set: its title or its fingerprint")
    notes.add_argument("--out", type=Path, metavar="FILE.csv", help="write them to a file")
