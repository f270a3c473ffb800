"""What each command does: arguments in, plain data out. Printing is elsewhere."""

import argparse
from collections.abc import Callable
from pathlib import Path

from core.commands.data_actions import DATA_ACTIONS
from core.commands.list_actions import models, recipes
from core.commands.note_actions import notes
from core.commands.telling import tell, tell_reading
from core.commands.train_actions import starter, train
from core.runs.elsewhere import Elsewhere
from core.runs.store import Store


def runs(root: Path, arguments: argparse.Namespace) -> list[dict] | dict:
    """All runs, or one shown, deleted or written as a table."""
    store = Store(root)
    if arguments.action is None:
        for damage in store.damaged():
            tell(damage, None)
        return [run.summary() for run in store.runs()]
    if arguments.action == "predictions":
        from core.commands.evaluate_actions import export

        return export(root, arguments)
    run = store.get(arguments.run_id)
    if arguments.action == "delete":
        store.delete(run)
        return {"run_id": run.run_id, "status": "deleted"}
    elsewhere = [one.name for one in Elsewhere(store).scored(run)]
    return run.summary() | {"history": [vars(record) for record in store.history(run)], "scored_on": elsewhere}


def evaluate(root: Path, arguments: argparse.Namespace) -> dict:
    """Every metric of the scores in a file; with a name they become a run."""
    from core.commands.evaluate_actions import evaluate

    return evaluate(root, arguments)


def threshold(root: Path, arguments: argparse.Namespace) -> dict:
    """Thresholds chosen on validation by a rule, and what they give on test."""
    from core.runs.operating import choose_point, freeze

    store = Store(root)
    run = store.get(arguments.run_id)
    point = choose_point(store, run, arguments.rule)
    if arguments.save:
        freeze(store, run, point)
    told = {"rule": point.rule, "chosen_on": point.chosen_on, "thresholds": dict(point.thresholds)}
    return told | {split: point.on(split) for split in ("val", "test")} | {"saved": arguments.save}


def compare(root: Path, arguments: argparse.Namespace) -> dict:
    """Runs side by side."""
    from core.runs.comparing import compare_runs

    store = Store(root)
    chosen = [store.get(run_id) for run_id in dict.fromkeys(arguments.run_ids)]
    return compare_runs(store, chosen, arguments.split, arguments.metric)


def submission(root: Path, arguments: argparse.Namespace) -> dict:
    """Answers for the pictures without truth, written in the form of an example."""
    from core.inference.submission_file import submission

    store = Store(root)
    run = store.get(arguments.run_id)
    found = submission(store, run, arguments.example, tell_reading)
    found.write(arguments.out)
    return {"run_id": run.run_id, "file": str(arguments.out), "rows": len(found.rows), "columns": list(found.head)}


def predict(root: Path, arguments: argparse.Namespace) -> list[dict]:
    """What a run says of each picture."""
    from core.commands.predict_actions import predict

    return predict(root, arguments)


def score(root: Path, arguments: argparse.Namespace) -> dict:
    """A run scored on another data set."""
    from core.commands.score_actions import score

    return score(root, arguments)


def export(root: Path, arguments: argparse.Namespace) -> dict:
    """A run as a model for elsewhere, or whole."""
    from core.commands.export_actions import export

    return export(root, arguments)


def take_in(root: Path, arguments: argparse.Namespace) -> dict:
    """A run that was exported whole elsewhere."""
    from core.commands.export_actions import take_in

    return take_in(root, arguments)


def epochs(root: Path, arguments: argparse.Namespace) -> dict:
    """Metrics over the epochs of a run, at some thresholds."""
    from core.commands.score_actions import epochs

    return epochs(root, arguments)


def explain(root: Path, arguments: argparse.Namespace) -> list[dict] | dict:
    """Which places of pictures speak for a label."""
    from core.commands.explain_actions import explain

    return explain(root, arguments)


_ACTIONS = {
    "train": train, "starter": starter, "runs": runs, "threshold": threshold, "evaluate": evaluate, "compare": compare, "predict": predict,
    "score": score, "epochs": epochs, "submission": submission, "recipes": recipes, "models": models, "notes": notes, "explain": explain,
    "export": export, "import": take_in,
}  # fmt: skip


def action_of(arguments: argparse.Namespace) -> Callable[[Path, argparse.Namespace], list | dict]:
    """The function of a command."""
    if arguments.command == "data":
        return DATA_ACTIONS[arguments.action]
    return _ACTIONS[arguments.command]
