"""What a run will look like before it starts: the learning rate, the layers, and training images with the chosen changes."""

from pathlib import Path

import numpy as np
import pandas as pd
import streamlit as st

from core.data.dataset import Dataset
from core.figures.learning_rate import rate_figure
from core.jobs.workload import is_frozen
from core.layers import Layer, cnn_layers, lstm_layers
from core.recipe import NETWORK_FAMILIES, Recipe
from core.training.rate import rate_at
from pages.components import cached
from pages.components.chart import chart
from pages.components.view import told

_POINTS = 200  # of the curve
_IMAGES, _COPIES = 2, 3  # in the strip
_FOLLOWING = ("batch_norm", "activation", "dropout")


def show(root: Path, dataset: Dataset, recipe: Recipe) -> None:
    """Tabs for networks, of which only the open one is computed; nothing for families without epochs."""
    if recipe.family not in NETWORK_FAMILIES:
        return
    bodies = {
        "Learning rate": lambda: _rate(dataset, recipe),
        **({"Layers": lambda: _layers(dataset, recipe)} if recipe.family != "transfer" else {}),
        **({} if is_frozen(recipe) else {"Augmented images": lambda: _strip(root, dataset, recipe)}),
    }
    tabs = st.tabs(list(bodies), on_change="rerun", key=f"preview_{len(bodies)}")
    for tab, body in zip(tabs, bodies.values(), strict=True):
        if tab.open:
            with tab, told(stop=False):
                body()


def _rate(dataset: Dataset, recipe: Recipe) -> None:
    training = recipe.training
    per_epoch = max(len(dataset.rows("train")) // training.batch_size, 1)
    steps = np.linspace(0, training.max_epochs * per_epoch - 1, _POINTS).astype(int)
    rates = [rate_at(training, int(step), per_epoch) for step in steps]
    chart(rate_figure((steps / per_epoch).tolist(), rates), key="rate", alt="Learning rate over the run")
    if training.schedule == "plateau":
        st.caption(f"Times {training.plateau_factor:g} whenever the monitored value stands still for {max(training.plateau_patience, 1)} "
                   "epochs: when that is, only training tells.")  # fmt: skip
    if training.patience:
        st.caption(f"Stops early after {training.patience} epochs without a better value.")


def _layers(dataset: Dataset, recipe: Recipe) -> None:
    plan = cnn_layers if recipe.family == "cnn" else lstm_layers
    layers = plan(recipe.model, recipe.image.image_size, len(dataset.labels))
    counted = {"Parameters": st.column_config.NumberColumn(format="localized")}
    st.dataframe(pd.DataFrame(_lines(layers)), hide_index=True, height=320, column_config=counted, alt="Layers of the network")


def _lines(layers: tuple[Layer, ...]) -> list[dict]:
    """One line for each layer that gives other shapes, with those that follow it and give the same."""
    lines: list[dict] = []
    for layer in layers:
        if lines and layer.kind in _FOLLOWING and layer.part == lines[-1]["Part"]:
            lines[-1]["Layer"] += f", {_called(layer)}"
            lines[-1]["Parameters"] += layer.parameters
        else:
            gives = " x ".join(map(str, layer.shape_out))
            lines.append({"Part": layer.part, "Layer": _called(layer), "Gives": gives, "Parameters": layer.parameters})
    return lines


def _called(layer: Layer) -> str:
    names = {"convolution": f"{layer.size} x {layer.size}", "batch_norm": "norm", "activation": layer.how,
             "pooling": f"{layer.how} {layer.size} x {layer.size}", "dropout": f"dropout {layer.share:g}",
             "summary": layer.how.replace("_", " ")}  # fmt: skip
    return names.get(layer.kind, layer.kind)


def _strip(root: Path, dataset: Dataset, recipe: Recipe) -> None:
    """Training images as a network is given them, and changed at random with the settings at hand."""
    number = st.session_state.setdefault("strip_draw", 0)
    rows = _different(dataset)
    plain, changed = cached.augmented(str(root), dataset.source, dataset.fingerprint, rows, recipe.image, recipe.training.augmentation,
                                      _COPIES, number)  # fmt: skip
    for place, row in enumerate(rows):
        name = _shows(dataset, row)
        with st.grid(1 + _COPIES, min_column_width=56, gap="xsmall"):
            st.image(plain[place], caption=name, width="stretch", alt=f"Training image, {name}, as it is")
            for copy in range(_COPIES):
                st.image(changed[place, copy], width="stretch", alt=f"Training image, {name}, change {copy + 1}")
    st.caption("Left as it is; beside it as an epoch may show it.")
    if st.button("Draw again", icon=":material/casino:", type="tertiary"):
        st.session_state["strip_draw"] = number + 1
        st.rerun()


def _different(dataset: Dataset) -> tuple[int, ...]:
    """The first training images with different labels."""
    rows = dataset.rows("train")
    _, first = np.unique(dataset.y[rows], axis=0, return_index=True)
    return tuple(int(rows[place]) for place in sorted(first)[:_IMAGES])


def _shows(dataset: Dataset, row: int) -> str:
    if dataset.task == "multilabel":
        return ", ".join(np.array(dataset.labels)[dataset.y[row] > 0]) or "no label"
    return dataset.classes[dataset.class_index()[row]]
