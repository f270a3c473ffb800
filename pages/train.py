"""Choose data, what to train and its settings, see what that comes to, and put it in the queue."""

import streamlit as st

from core.data import registry
from core.errors import CoreError
from core.jobs.wish import Wish
from pages.components import cached, train_preview, train_start, train_summary, view, wording
from pages.components.series_form import ask_series
from pages.components.setting_widget import Offer
from pages.components.settings_form import SettingsForm

root = view.open_page("Train", "A recipe is a model with its settings and seed. On the same data it is trained once, then found again.")

with view.told():
    known = wording.distinct({entry.name: entry.title for entry in registry.entries(root) if entry.here})
    runs = {run.run_id: run for run in view.store().runs() if run.has_weights}
wished = st.session_state.pop("train_data", None)
if wished in known:
    st.session_state["train_source"] = wished
train_start.take_wish(runs, known)

left, right = st.columns([4, 3], gap="medium")
reason = None
with left:
    source = st.selectbox("Data set", list(known), format_func=known.get, key="train_source", persist_state="session")
    with view.told():
        dataset = cached.dataset(str(root), source)
        start = train_start.ask_start(dataset, runs)
        if start is None:
            st.stop()
        form = SettingsForm(start.key, start.family, start.begin, Offer(dataset, tuple(runs.values())), start.hidden)
        settings = start.wished(form.ask())
    try:
        series = ask_series(start.key, start.family, start.begin["seed"], form.idle, start.hidden)
        wish = Wish(start.family, settings, series, start.published)
        plan = train_summary.plan_of(root, dataset, wish)
    except CoreError as error:
        reason = error

with right:
    if reason:
        train_summary.show_reason(reason, start, settings)
        st.stop()
    train_summary.show_head(dataset, plan, start)
    train_summary.show_button(root, dataset, plan)
    train_preview.show(root, dataset, plan.recipes[0])
    st.markdown("The same from a terminal:")
    st.code("\n".join(wish.commands(source)), language=None, wrap_lines=True)
