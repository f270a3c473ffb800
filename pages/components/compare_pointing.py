"""The pointing game of the runs: how often the map of what speaks for a label is highest where the finding is."""

import pandas as pd
import streamlit as st

from core.data.dataset import Dataset
from core.errors import CoreError, DataError
from core.evaluation.intervals import Interval
from core.inference.pointing import play
from core.runs.pointing_record import PointingGame, keep_pointing, own_pointing
from core.runs.run import Run
from pages.components import cached
from pages.components.compare_scope import Scope, download, tell_missing
from pages.components.view import thresholds_of
from pages.components.wording import with_interval

_MEANING = (
    "Images that have a label and a box for it are shown to the run; a hit is a map whose highest place lies in the box. By chance: the "
    "share of the image that the boxes take. 95 % intervals, Wilson or by patient. The maps are those of the single image page."
)


def show(scope: Scope) -> None:
    """A line for each run that played on the split, and a button for those that did not."""
    if scope.split not in ("val", "test"):
        st.info("The game is played on validation and test of a run's own data. Choose one of them above.", icon=":material/info:")
        return
    games = {run.run_id: own_pointing(run, scope.split) for run in scope.runs}
    rows = [_row(scope.names[run_id], game) for run_id, game in games.items() if game]
    if rows:
        table = pd.DataFrame(rows)
        st.dataframe(table, hide_index=True, alt=f"Hits of the pointing game of each run on {scope.on}")
        download(scope, "pointing-game", lambda: pd.DataFrame([_plain(run_id, game) for run_id, game in games.items() if game]))
    st.caption(_MEANING)
    unplayed = [run for run in scope.runs if games[run.run_id] is None and run.has_weights]
    if unplayed and st.button(f"Play it on {scope.on} for {', '.join(scope.names[run.run_id] for run in unplayed)}", key="pointing_play",
                              icon=":material/my_location:"):  # fmt: skip
        st.session_state["pointing_missing"] = _play(scope, unplayed)
        st.rerun()
    tell_missing(st.session_state.pop("pointing_missing", {}), "The pointing game")


def _play(scope: Scope, runs: list[Run]) -> dict[str, str]:
    """Play and keep; returns by the run's name why it could not."""
    missing, bar = {}, st.empty()
    for run in runs:
        name = scope.names[run.run_id]
        try:
            predictor = cached.predictor(str(scope.root), run.run_id, thresholds_of(run))
            dataset = _dataset(scope, run)
            told = lambda done, total, name=name: bar.progress(done / total, f"{name}: {done} of {total}")  # noqa: E731
            keep_pointing(run, play(predictor, dataset, scope.split, progress=told))
        except CoreError as error:
            missing[name] = str(error)
    bar.empty()
    return missing


def _dataset(scope: Scope, run: Run) -> Dataset:
    """The run's data. Raises DataError where it is gone or is not the same any more."""
    dataset, fingerprint = cached.identified_dataset(str(scope.root), run.data.source)
    if fingerprint != run.data.fingerprint:
        raise DataError(f"{run.data.title} has changed since this run was trained", "the game needs its own images", "Train the run again")
    return dataset


def _row(name: str, game: PointingGame) -> dict:
    whole = game.whole
    return {
        "Run": name, "Highest in the box": with_interval(whole.hits), "By chance": f"{whole.chance:.3f}",
        "Share of the map in the box": with_interval(whole.inside), "Images and labels": whole.turns, "Maps by": game.method,
        "Data": game.title,
    }  # fmt: skip


def _plain(run_id: str, game: PointingGame) -> dict:
    ends = {f"{name}_{end}": value for name in ("hits", "inside") for end, value in _ends(getattr(game.whole, name)).items()}
    return {"run_id": run_id, "split": game.split, "turns": game.whole.turns, "chance": game.whole.chance, **ends, "method": game.method}


def _ends(one: Interval | None) -> dict:
    return {"value": None, "low": None, "high": None} if one is None else {"value": one.value, "low": one.low, "high": one.high}
