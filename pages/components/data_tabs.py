"""The data page below its head: overview, images, labels together, sizes and greys, what was left out, balance."""

import io
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import streamlit as st

from core.data.balance import Balance, balanced_rows, counts_of, says
from core.data.cache.prepared import Prepared
from core.data.inspection import label_sets
from core.data.inspection.cleaning import causes, write_csv
from core.data.inspection.inspect import thumbnails_of
from core.data.inspection.shortcuts import border_grey, mean_grey
from core.figures.bars import class_counts_figure
from core.figures.class_shares import shares_figure, shares_table
from core.figures.image_facts import by_class, grey_figure, grey_table, sizes_figure, sizes_table
from core.figures.label_sets import (
    combinations_figure,
    combinations_table,
    cooccurrence_figure,
    cooccurrence_table,
    labels_per_image_figure,
    labels_per_image_table,
)
from pages.components import audit_card, gallery
from pages.components.chart import chart
from pages.components.view import told

_COMBINATIONS = 15  # bars
_KINDS = {"as is": "As they are", "under": "Fewer of the common", "over": "More of the rare"}


def show(root: Path, source: str, prepared: Prepared) -> None:
    """Tabs, of which only the open one is computed; which one it is stands in the address."""
    bodies: dict[str, Callable[[], None]] = {
        "Overview": lambda: _overview(root, source, prepared),
        "Images": lambda: gallery.show(prepared),
        **({"Labels together": lambda: _together(prepared)} if prepared.dataset.task == "multilabel" else {}),
        "Sizes and greys": lambda: _as_they_came(prepared),
        "Left out": lambda: _left_out(prepared),
        "Balance": lambda: _balance(prepared),
    }
    tabs = st.tabs(list(bodies), on_change="rerun", key="look", bind="query-params")
    for tab, body in zip(tabs, bodies.values(), strict=True):
        if tab.open:
            with tab, told():
                body()


def _overview(root: Path, source: str, prepared: Prepared) -> None:
    dataset = prepared.dataset
    counts = dataset.counts()
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.subheader("Classes")
        how = st.segmented_control("Drawn as", ("Counts", "Shares"), default="Counts", required=True, key="classes_as", bind="query-params",
                                   label_visibility="collapsed")  # fmt: skip
        drawn = class_counts_figure(counts) if how == "Counts" else shares_figure(counts)
        chart(drawn, key="class_counts", alt="Images per class and split")
        _table(shares_table(counts), "Images per class and split")
    with right:
        st.subheader("Would it spoil a comparison?")
        audit_card.show(root, source, prepared)
        st.caption(f"Layout: {dataset.origin.get('layout', 'not told')}. Splits: {dataset.split_rule}. "
                   f"Licence: {dataset.licence or 'not stated'}.")  # fmt: skip


def _together(prepared: Prepared) -> None:
    dataset = prepared.dataset
    split = _ask_split(prepared, "together_split")
    y = dataset.y[dataset.rows(split)]
    pairs, several = label_sets.cooccurrence(y), label_sets.labels_per_image(y)
    found = label_sets.combinations(y, dataset.labels)
    left, right = st.columns(2, gap="medium")
    with left:
        st.subheader("Pairs")
        chart(cooccurrence_figure(pairs, dataset.labels), key="pairs", alt="How often two labels come together")
        st.caption("Of the images with the label of the row, the share that has the label of the column too.")
        _table(cooccurrence_table(pairs, dataset.labels), "Images with both labels")
    with right:
        st.subheader("Combinations")
        chart(combinations_figure(found[:_COMBINATIONS]), key="combinations", alt="The commonest combinations of labels")
        _table(combinations_table(found), "Images per combination of labels")
    st.subheader("Labels per image")
    chart(labels_per_image_figure(several), key="labels_per_image", alt="Images by how many labels they have")
    _table(labels_per_image_table(several), "Images by how many labels they have")


def _as_they_came(prepared: Prepared) -> None:
    dataset, facts = prepared.dataset, prepared.facts
    left, right = st.columns(2, gap="medium")
    with left:
        st.subheader("Sizes")
        chart(sizes_figure(facts), key="sizes", alt="Width and height of the images as they came")
        _table(sizes_table(facts), "Images per size")
        kinds = pd.DataFrame({"format": facts.format, "mode": facts.mode}).value_counts().rename("images").reset_index()
        st.dataframe(kinds, hide_index=True, alt="Images per file format and mode")
    with right:
        st.subheader("Grey levels")
        measured = {"Mean grey level": mean_grey, "Mean grey level of the border": border_grey}
        what = st.segmented_control("Measured", list(measured), default="Mean grey level", required=True, key="grey", bind="query-params",
                                    label_visibility="collapsed")  # fmt: skip
        values = by_class(measured[what](thumbnails_of(prepared)), dataset)
        chart(grey_figure(values, what), key="greys", alt=f"{what} by class")
        _table(grey_table(values), f"{what} by class")
    st.caption("Where size, format or brightness differ between classes, a model can learn these instead of the disease.")


def _left_out(prepared: Prepared) -> None:
    dataset = prepared.dataset
    if not dataset.skipped:
        st.success("Nothing was left out.", icon=":material/check_circle:")
        return
    table = pd.DataFrame([{"Cause": one.kind, "Files or rows": one.count, "Why": one.reason, "The first": ", ".join(one.first)}
                          for one in causes(dataset)])  # fmt: skip
    st.dataframe(table, hide_index=True, alt="What was left out, by cause")
    stream = io.StringIO()
    write_csv(dataset, stream)
    st.download_button("The full list as csv", stream.getvalue(), f"{dataset.name} left out.csv", "text/csv", icon=":material/download:")


def _balance(prepared: Prepared) -> None:
    """What choosing training images does to the counts of train."""
    dataset = prepared.dataset
    y = dataset.y[dataset.rows("train")]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = st.segmented_control("Training images", list(_KINDS), format_func=_KINDS.get, default="under", required=True, key="balance",
                                    bind="query-params")  # fmt: skip
        to = st.number_input("Images each class comes to", 1, 1_000_000, None, key="balance_to", placeholder="the rarest or commonest",
                             disabled=kind == "as is", bind="query-params")  # fmt: skip
        single = dataset.task != "multilabel"
        chosen = st.multiselect("Only these classes", dataset.classes, key="balance_classes", placeholder="all", bind="query-params",
                                disabled=not single or kind == "as is")  # fmt: skip
    rule = Balance(kind, int(to) if to and kind != "as is" else None, tuple(chosen) if single and kind != "as is" else ())
    rows = balanced_rows(rule, y, dataset.task, dataset.classes)
    before, after = (counts_of(part, dataset.task, dataset.classes) for part in (y, y[rows]))
    drawn = {"train": {"images": len(y), "per_class": before}, "train, balanced": {"images": len(rows), "per_class": after}}
    chart(class_counts_figure(drawn), key="balanced", alt="Images per class before and after")
    told = says(rule, dataset.task)
    st.caption(f"{told[:1].upper()}{told[1:]}. An epoch shows {len(rows):,} images instead of {len(y):,}. "
               "Validation and test stay as they are.")  # fmt: skip
    _table(pd.DataFrame({"train": before, "train, balanced": after}), "Images per class before and after")


def _ask_split(prepared: Prepared, key: str) -> str:
    return st.segmented_control("Split", list(prepared.dataset.counts()), default="train", required=True, key=key, bind="query-params")


def _table(table: pd.DataFrame, alt: str) -> None:
    with st.expander("As a table"):
        st.dataframe(table, alt=alt)
