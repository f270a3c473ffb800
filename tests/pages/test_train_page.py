"""The train page: every control acts, what cannot work is told and not queued, several runs are several jobs."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from core.data import registry
from core.jobs.queue import Queue
from core.recipe import NETWORK_FAMILIES
from core.runs.store import Store
from tests.pages.conftest import texts

ADD = re.compile("^Add ")
_SWITCHES = {  # what else must be chosen, so that the settings that belong to it are shown
    "cnn": [("loss", "focal"), ("schedule", "plateau"), ("optimizer", "rmsprop"), ("sampling", "over"), ("dense_layers", 1),
            ("block_dropout", 0.1)],
    "transfer": [("trainable", "last"), ("schedule", "cosine"), ("optimizer", "sgd"), ("patience", 2)],
    "svm": [("kernel", "rbf")],
}  # fmt: skip


@pytest.fixture
def page(opened, tmp_path, class_folders, monkeypatch):
    """The train page over an empty store that knows small class folders; nothing is started."""
    monkeypatch.setattr("core.jobs.local.start_detached", lambda *anything: None)
    registry.remember(registry.load(str(class_folders), tmp_path), tmp_path)
    app = opened(tmp_path, "train")
    return app.selectbox(key="train_source").set_value(str(class_folders)).run()


@pytest.fixture
def full_page(opened, store, class_folders, monkeypatch):
    """The train page over a store with four runs on small class folders."""
    monkeypatch.setattr("core.jobs.local.start_detached", lambda *anything: None)
    registry.remember(registry.load(str(class_folders), store.root), store.root)
    yield opened(store.root, "train").selectbox(key="train_source").set_value(str(class_folders)).run()
    for job in Queue(store.root).jobs():
        Queue(store.root).request_cancel(job.id)
        Queue(store.root).remove(job.id)


def add_button(app: AppTest):
    return next(button for button in app.button if ADD.match(button.label))


def of_setting(app: AppTest, family: str, name: str):
    kinds = (*app.number_input, *app.selectbox, *app.toggle, *app.text_input, *app.multiselect)
    return next(one for one in kinds if one.key and one.key.startswith(f"{family}_{name}_"))


def moved(widget):
    """Another value than the one that a widget has."""
    if widget.type == "number_input":
        return widget.value + widget.step if widget.value + widget.step <= widget.max else widget.value - widget.step
    if widget.label in ("Backbone", "Features"):
        return "resnet18"
    if widget.type == "selectbox":
        other = next(option.replace(" ", "_") for option in widget.options if option.replace(" ", "_") != str(widget.value))
        return int(other) if other.isdigit() else other
    if widget.type == "multiselect":
        return [widget.options[0]]
    return not widget.value if widget.type == "toggle" else "1"


def chosen(app: AppTest) -> str:
    """What would be trained, or why it cannot be."""
    return " ".join(one.value for one in (*app.code, *app.error))


@pytest.mark.parametrize("family", ["cnn", "transfer", "lstm", "svm", "forest", "logistic"])
def test_every_control_of_a_family_changes_what_would_be_trained(page, family):
    page.segmented_control(key="family").set_value(family).run()
    for name, value in _SWITCHES.get(family, ()):
        of_setting(page, family, name).set_value(value).run()
    names = [one.key for one in (*page.number_input, *page.selectbox, *page.toggle, *page.multiselect) if one.key.startswith(f"{family}_")]
    names = [key for key in names if "_each_" not in key and not key.endswith("_swept")]
    assert len(names) >= {"svm": 9, "forest": 10, "logistic": 7}.get(family, 35)
    for key in names:
        widget = next(one for one in (*page.number_input, *page.selectbox, *page.toggle, *page.multiselect) if one.key == key)
        before, value = chosen(page), widget.value
        widget.set_value(moved(widget)).run()
        assert not page.exception and chosen(page) != before, key
        next(one for one in (*page.number_input, *page.selectbox, *page.toggle, *page.multiselect) if one.key == key).set_value(value).run()
        assert chosen(page) == before, key


def test_the_summary_moves_with_the_settings(page):
    before = {one.label: one.value for one in page.metric}
    assert {"Parameters", "Memory", "An epoch", "In all"} <= set(before)
    of_setting(page, "cnn", "filters").set_value(64).run()
    after = {one.label: one.value for one in page.metric}
    assert after["Parameters"] != before["Parameters"]


def test_settings_that_would_do_nothing_are_named_with_the_reason_and_shown_once_they_act(page):
    assert "focal gamma" in texts(page) and "loss is not focal" in texts(page)
    of_setting(page, "cnn", "loss").set_value("focal").run()
    assert "loss is not focal" not in texts(page)
    of_setting(page, "cnn", "focal_gamma").set_value(3.0).run()
    assert "focal_gamma=3.0" in page.code[0].value
    of_setting(page, "cnn", "loss").set_value("bce").run()
    assert "focal_gamma" not in page.code[0].value


def test_an_impossible_combination_is_told_and_cannot_be_queued(page, tmp_path):
    of_setting(page, "cnn", "image_size").set_value(16).run()
    of_setting(page, "cnn", "blocks").set_value(8).run()
    assert len(page.error) == 1 and "block" in page.error[0].value
    assert add_button(page).disabled and not page.code
    assert not Queue(tmp_path).jobs()


def test_blocks_by_themselves_are_a_table_with_a_row_for_each(page):
    page.toggle(key="cnn_each_block").set_value(True).run()
    convolutions, pooling = (one.value for one in page.dataframe[:2])
    assert list(convolutions["filters"]) == [32, 64, 128] and list(pooling["pooling"]) == ["max"] * 3
    of_setting(page, "cnn", "blocks").set_value(4).run()
    assert list(page.dataframe[0].value["filters"]) == [32, 64, 128, 256]
    assert "filters" not in page.code[0].value


def test_seeds_and_a_swept_setting_become_the_jobs_that_the_button_promised(page, tmp_path):
    page.text_input(key="cnn_seeds_0").set_value("0, 1, 2").run()
    page.selectbox(key="cnn_swept").set_value("learning_rate").run()
    page.text_input(key="cnn_values_learning_rate").set_value("0.001, 0.01").run()
    assert add_button(page).label.startswith("Add 6 runs to queue, about ")
    assert page.code[0].value.count("--seeds 0,1,2") == 2
    add_button(page).click().run()
    jobs = Queue(tmp_path).jobs()
    assert sorted((job.recipe.training.learning_rate, job.recipe.seed) for job in jobs) == [
        (rate, seed) for rate in (0.001, 0.01) for seed in (0, 1, 2)
    ]


@pytest.mark.parametrize("text", ["", "x", "-1"])
def test_seeds_that_are_none_are_told(page, text):
    page.text_input(key="cnn_seeds_0").set_value(text).run()
    assert len(page.error) == 1 and "seed" in page.error[0].value and add_button(page).disabled


def test_a_published_recipe_shows_its_source_and_can_be_queued_with_what_it_needs(page, tmp_path):
    page.segmented_control(key="train_way").set_value("published").run()
    page.selectbox(key="published").set_value("portsmouth-svm").run()
    assert "not comparable" in texts(page) and "portsmouth-cnn" in texts(page)
    assert "0.8942" in page.table[0].value.to_string()
    assert "is trained first, for its features" in texts(page) and "tf_efficientnet_lite0" not in texts(page)
    assert "--recipe portsmouth-svm" in page.code[0].value
    add_button(page).click().run()
    assert {job.recipe.family for job in Queue(tmp_path).jobs()} == {"cnn", "svm"}


def test_a_published_recipe_of_another_task_is_marked_and_cannot_be_started(page, tmp_path):
    page.segmented_control(key="train_way").set_value("published").run()
    marked = [option for option in page.selectbox(key="published").options if "needs" in option]
    assert len(marked) == 25 and not any("portsmouth" in option for option in marked)
    page.selectbox(key="published").set_value("novaims-4").run()
    assert len(page.error) == 1 and "multiclass" in page.error[0].value and add_button(page).disabled


def test_a_changed_published_recipe_says_what_is_changed(page):
    page.segmented_control(key="train_way").set_value("published").run()
    page.selectbox(key="published").set_value("portsmouth-cnn").run()
    of_setting(page, "portsmouth-cnn", "max_epochs").set_value(2).run()
    assert page.code[0].value.endswith("--recipe portsmouth-cnn --set max_epochs=2")


def test_an_ensemble_takes_runs_on_this_data_and_needs_two(full_page, store, trained):
    full_page.segmented_control(key="family").set_value("ensemble").run()
    members = full_page.multiselect(key="ensemble_members_")
    assert len(members.options) == 4 and add_button(full_page).disabled and not full_page.error
    members.set_value(["cnn-small"]).run()
    assert add_button(full_page).disabled
    full_page.multiselect(key="ensemble_members_").set_value(["cnn-small", "svm-small"]).run()
    assert "members=cnn-small,svm-small" in full_page.code[0].value
    add_button(full_page).click().run()
    assert Queue(store.root).jobs()[0].recipe.member_runs == ("cnn-small", "svm-small")


def test_an_ensemble_without_any_run_says_what_it_is(page):
    page.segmented_control(key="family").set_value("ensemble").run()
    assert "two or more runs" in page.info[0].value and add_button(page).disabled


def test_the_features_of_a_run_can_be_read_at_its_layers_and_at_its_image_size(full_page):
    full_page.segmented_control(key="family").set_value("svm").run()
    of_setting(full_page, "svm", "features").set_value("run:cnn-small").run()
    assert of_setting(full_page, "svm", "layer").options == ["last", "block1", "block2"]
    assert not [one for one in full_page.number_input if one.key.startswith("svm_image_size")]
    of_setting(full_page, "svm", "layer").set_value("block1").run()
    assert "--set features=run:cnn-small --set layer=block1" in full_page.code[0].value
    assert not full_page.error


def test_the_same_as_a_run_is_filled_in_and_what_differs_is_listed(full_page, trained):
    full_page.session_state["like"] = "cnn-small"
    full_page.run()
    assert of_setting(full_page, "cnn-small", "filters").value == 8
    assert "Trained already" in full_page.success[0].value and add_button(full_page).disabled
    of_setting(full_page, "cnn-small", "filters").set_value(12).run()
    lines = next(one.value for one in full_page.markdown if one.value.startswith("Differs"))
    assert lines.count("- ") == 1 and "Filters: 8" in lines and "12" in lines
    assert not full_page.success and not add_button(full_page).disabled
    assert {"--set filters=12", "--set max_epochs=3"} <= set(re.findall(r"--set \S+", full_page.code[0].value))


def test_a_link_begins_with_the_run_that_it_names(full_page):
    full_page.query_params["like"] = "cnn-small"
    full_page.run()
    assert full_page.selectbox(key="train_like").value == "cnn-small"
    assert "like" not in full_page.query_params


def test_of_several_runs_those_that_are_there_are_not_trained_again(full_page, store):
    full_page.session_state["like"] = "cnn-small"
    full_page.run()
    full_page.text_input(key="cnn-small_seeds_0").set_value("0, 1").run()
    assert "1 of 2 runs are there already" in full_page.success[0].value
    assert add_button(full_page).label.startswith("Add 1 run to queue")
    add_button(full_page).click().run()
    assert [job.recipe.seed for job in Queue(store.root).jobs()] == [1]


def test_a_choice_stays_while_another_page_is_looked_at(page):
    of_setting(page, "cnn", "filters").set_value(64).run()
    page.text_input(key="cnn_seeds_0").set_value("5").run()
    page.switch_page("pages/data.py").run()
    page.switch_page("pages/train.py").run()
    assert "filters=64" in page.code[0].value and "--seed 5" in page.code[0].value


def test_every_family_says_the_command_of_its_own(page):
    for family in (*NETWORK_FAMILIES, "svm", "forest", "logistic"):
        page.segmented_control(key="family").set_value(family).run()
        assert not page.exception and not page.error
        assert f"--model {family}" in page.code[0].value


def test_the_store_is_not_touched_by_looking(page, tmp_path):
    assert not Queue(tmp_path).jobs() and not Store(tmp_path).runs()
