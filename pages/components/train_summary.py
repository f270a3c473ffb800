"""What the choice on the train page comes to: name, size, time, what is there already, and the one button."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from core.data.dataset import Dataset
from core.errors import CoreError
from core.jobs.forecast import Forecast, forecast
from core.jobs.local import ensure_runner
from core.jobs.series import there_already
from core.jobs.wish import Wish
from core.recipe import Recipe
from core.runs.run import Run, run_name
from pages.components import view
from pages.components.setting_widget import title_of
from pages.components.train_start import Start
from pages.components.wording import about, memory, short_count


@dataclass(frozen=True)
class Plan:
    """The runs of a wish, what is there of each already (a run, or the id of its job), and what each of them would cost."""

    wish: Wish
    recipes: list[Recipe]
    there: list[Run | str | None]
    forecasts: list[Forecast]

    def missing(self, again: bool) -> list[float | None]:
        """The expected seconds of those that would be trained; None where they cannot be told."""
        return [one.total_seconds for one, found in zip(self.forecasts, self.there, strict=True) if again or found is None]


def plan_of(root: Path, dataset: Dataset, wish: Wish) -> Plan:
    """Look ahead, without starting anything. Raises RecipeError or StoreError where it cannot work."""
    recipes = wish.recipes(root, dataset)
    forecasts = [forecast(root, recipe, dataset, wish.brought(root, dataset, recipe.seed)) for recipe in recipes]
    return Plan(wish, recipes, there_already(root, dataset, recipes), forecasts)


def show_head(dataset: Dataset, plan: Plan, start: Start) -> None:
    """Name, data, size and time."""
    published = plan.wish.published
    st.subheader(published.title if published and published.base else run_name(plan.recipes[0]))
    images = " · ".join(f"{split} {counts['images']:,}" for split, counts in dataset.counts().items())
    st.caption(f"{dataset.title} · {dataset.task} · {images}")
    if dataset.synthetic:
        st.caption(":material/science: Synthetic images.")
    if start.run:
        _show_difference(start.run, plan.recipes[0])
    _show_cost(plan.forecasts[0])


def _show_difference(run: Run, recipe: Recipe) -> None:
    before, after = run.recipe.settings, recipe.settings
    lines = [f"- {title_of(name)}: {_plain(before[name])} :material/arrow_forward: **{_plain(value)}**"
             for name, value in after.items() if value != before[name]]  # fmt: skip
    st.markdown("\n".join([f"Differs from {run.title} in:", "", *lines]) if lines else f"The same settings as {run.title}.")


def _show_cost(first: Forecast) -> None:
    told: Mapping[str, str | None] = {
        "Parameters": first.parameters and short_count(first.parameters),
        "Memory": first.memory_bytes and memory(first.memory_bytes),
        "An epoch": first.seconds_per_epoch and about(first.seconds_per_epoch),
        "In all": first.total_seconds and about(first.total_seconds),
    }
    with st.grid(2, min_column_width=110):
        for title, value in told.items():
            if value:
                st.metric(title, value)
    if first.says:
        st.caption(first.says)


def show_button(root: Path, dataset: Dataset, plan: Plan) -> None:
    """Put what is missing in the queue; what is there can be looked at."""
    found = [one for one in plan.there if one]
    again = _ask_again(plan, found) if found else False
    missing = plan.missing(again)
    if st.button(_label(plan, missing), type="primary", icon=":material/add_task:", disabled=not missing):
        with view.told():
            submissions = plan.wish.submit(root, dataset, again)
            ensure_runner(root)
        st.session_state["submitted"] = submissions[0].run_id
        st.switch_page("pages/progress.py")
    runs = [run.run_id for run in found if isinstance(run, Run)]
    if runs and st.button("Look at that run" if len(runs) == 1 else "Look at those runs", icon=":material/compare:"):
        view.wish_runs(runs)
        st.switch_page("pages/compare.py")


def show_reason(error: CoreError, start: Start, settings: Mapping) -> None:
    """Why this cannot be trained, where the summary would stand; while an ensemble is being put together, what is missing."""
    if start.family == "ensemble" and "," not in settings.get("members", ""):
        st.subheader("An ensemble")
        st.info("Choose two or more runs of this data: their scores are averaged.", icon=":material/group_work:")
    else:
        st.subheader("This cannot be trained")
        st.error(str(error), icon=":material/block:")
    st.button("Add to queue", type="primary", icon=":material/add_task:", disabled=True)


def _ask_again(plan: Plan, found: list[Run | str]) -> bool:
    if len(plan.recipes) == 1:
        one = found[0]
        told = f"Trained already: {one.title}." if isinstance(one, Run) else f"In the queue already: {one}."
    else:
        told = f"{len(found)} of {len(plan.recipes)} runs are there already and are not trained again."
    st.success(told, icon=":material/inventory_2:")
    return st.toggle("Train it again all the same" if len(plan.recipes) == 1 else "Train those again all the same", key="again")


def _label(plan: Plan, missing: list[float | None]) -> str:
    if len(plan.recipes) == 1:
        return "Add to queue"
    count = f"Add {len(missing)} run{'s' if len(missing) != 1 else ''} to queue"
    return count if not missing or None in missing else f"{count}, about {about(sum(missing))}"


def _plain(value) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
