"""One X-ray, or many, and what each run in view says of it."""

import streamlit as st

from pages.components import acceptance, answer_cards, gate_card, heat_map_view, many_images, picture_choice, view

root = view.open_page("Single image", "One chest X-ray, yours or an example: every run in view answers with score, threshold and verdict.")
with view.told():
    in_view = view.runs_in_view()
    runs = [run for run in in_view if run.has_weights]
    if not runs:
        view.empty(
            "radiology",
            "No run that can answer is in view. Choose runs in the sidebar, or train the starter comparison.",
            "start",
            "Go to start",
        )
if len(runs) < len(in_view):
    away = ", ".join(run.title for run in in_view if not run.has_weights)
    st.caption(f":material/info: Trained elsewhere, so not here to answer: {away}.")
acceptance.ask()

with st.container(horizontal=True, vertical_alignment="bottom"):
    uploads = picture_choice.uploads()
    choice = None if uploads else picture_choice.of_example(root, runs[0])
if picture_choice.is_many(uploads):
    many_images.show(root, runs, uploads)
    st.stop()
if uploads:
    choice = picture_choice.of_upload(uploads[0])
if choice is None:
    st.info("Nothing is chosen yet. Drop a file above, or take an example from the test images.", icon=":material/upload_file:")
    st.stop()

left, right = st.columns([2, 3], gap="medium")
with right:
    drawn = ", ".join(run.title for run in runs if run.data.synthetic)
    if uploads and drawn:
        st.warning(f"Trained on synthetic images only, which says nothing of a real X-ray: {drawn}.", icon=":material/science:")
    found = answer_cards.answers(root, gate_card.show(root, runs, choice), choice)
    answering = [run for run in runs if run.run_id in found]
    if not answering:
        left.image(choice.decoded.pixels, caption=choice.name, width="stretch", alt=f"The image {choice.name}")
        st.stop()
    if choice.truth:
        st.markdown(f"True label: **{choice.truth}**")
    explained = answer_cards.ask_label(answering, found)
    answer_cards.tell_agreement(answering, found, explained)
    prevalence = answer_cards.ask_prevalence(explained.label)
later = answer_cards.show(root, answering, found, explained, prevalence)
with left:
    heat_map_view.show(root, answering, choice, explained)
answer_cards.tell_firmness(choice, later)
answer_cards.nearest(root, answering, choice)
