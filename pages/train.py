"""Choose data, model and settings, and put the run in the queue."""

import shlex

import streamlit as st

from core.data import registry
from core.jobs.local import ensure_runner
from core.jobs.submission import fitting_recipe, submit
from core.recipe import FAMILIES, FAMILY_TITLES, NETWORK_FAMILIES
from core.runs.run import run_name
from pages.components import cached, settings_form, view, wording

root = view.open_page("Train", "A recipe is a model with its settings and seed. On the same data it is trained once, then found again.")

with view.told():
    known = wording.distinct({entry.name: entry.title for entry in registry.entries(root) if entry.here})
wished = st.session_state.pop("train_data", None)
if wished in known:
    st.session_state["train_source"] = wished

left, right = st.columns([3, 2], gap="large")
with left:
    source = st.selectbox("Data set", list(known), format_func=known.get, key="train_source", persist_state="session")
    family = st.segmented_control("Model", FAMILIES, default="cnn", required=True, key="family", format_func=FAMILY_TITLES.get,
                                  persist_state="session")  # fmt: skip
    with view.told():
        dataset = cached.dataset(str(root), source)
        bases = {run.run_id: run.title for run in view.store().runs() if run.recipe.family in NETWORK_FAMILIES}
        settings = settings_form.ask(family, fitting_recipe(root, dataset, family, {}).settings, bases)

with right:
    with view.told():
        recipe = fitting_recipe(root, dataset, family, settings)
        found = view.store().find(recipe, dataset.fingerprint)
    st.subheader(run_name(recipe))
    images = " · ".join(f"{split} {counts['images']:,}" for split, counts in dataset.counts().items())
    st.caption(f"{dataset.title} · {dataset.task} · {images}")
    if dataset.synthetic:
        st.caption(":material/science: Synthetic images.")
    again = False
    if found:
        st.success(f"Trained already: {found.title}.", icon=":material/inventory_2:")
        again = st.toggle("Train it again all the same", key="again")
    if st.button("Add to queue", type="primary", icon=":material/add_task:", disabled=bool(found) and not again):
        with view.told():
            submission = submit(root, dataset, recipe, again)
            ensure_runner(root)
        st.session_state["submitted"] = submission.run_id
        st.switch_page("pages/progress.py")
    if found and st.button("Look at that run", icon=":material/compare:"):
        view.wish_runs([found.run_id])
        st.switch_page("pages/compare.py")
    st.markdown("The same from a terminal:")
    words = " ".join(f"--set {shlex.quote(f'{name}={value}')}" for name, value in settings.items())
    st.code(f"python -m core train --data {shlex.quote(source)} --model {family} {words}".strip(), language=None, wrap_lines=True)
