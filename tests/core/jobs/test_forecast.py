"""What a training will take: told before, compared with what it took."""

import dataclasses
import subprocess
import sys

import numpy as np
import psutil
import pytest

from core.data import registry
from core.jobs import speed
from core.jobs.forecast import forecast
from core.jobs.processes import CODE_FOLDER
from core.jobs.queue import Queue
from core.jobs.speed import FILE, device_title, speed_of
from core.jobs.submission import fitting_recipe
from core.machine import this_machine
from core.recipe import build
from core.runs.run import run_name
from core.runs.store import Store
from core.training.device import best_device


@pytest.fixture(scope="module")
def dataset(class_folders, tmp_path_factory):
    return registry.load(str(class_folders), tmp_path_factory.mktemp("registry"))


def test_parameters_are_those_that_training_reports(store, trained, dataset):
    assert forecast(store.root, trained["cnn"].recipe, dataset).parameters == trained["cnn"].parameters


@pytest.fixture
def least_seconds(monkeypatch):
    """Sets how long a run must have trained to tell anything of the time; a busy machine takes any time for the small runs here."""
    yield lambda seconds: (monkeypatch.setattr(speed, "LEAST_SECONDS", seconds), speed.pasts.cache_clear())
    speed.pasts.cache_clear()


@pytest.fixture
def short_runs_count(least_seconds):
    least_seconds(0.0)


def test_runs_of_a_moment_tell_nothing_of_the_time(store, trained, dataset, least_seconds):
    least_seconds(3600.0)
    assert "a rough estimate" in forecast(store.root, trained["cnn"].recipe, dataset).says


def test_the_time_of_an_epoch_is_that_of_the_run_it_is_told_from(store, trained, dataset, short_runs_count):
    run = trained["cnn"]
    usual = np.median([record.images_per_second for record in store.history(run)[1:]])
    told = forecast(store.root, run.recipe, dataset)
    assert "estimated from 1 earlier run on this machine" in told.says
    assert told.seconds_per_epoch == pytest.approx(run.data.images["train"] / usual, rel=0.3)  # and validation
    assert told.total_seconds > run.recipe.training.max_epochs * told.seconds_per_epoch


def test_runs_of_other_families_tell_nothing_of_the_time_but_on_a_gpu(store, trained, dataset, short_runs_count, monkeypatch):
    recipe = build("transfer", {"trainable": "all"})
    assert "a rough estimate" in forecast(store.root, recipe, dataset).says
    monkeypatch.setattr(speed, "this_machine", lambda: dataclasses.replace(this_machine(), gpus=("a GPU",)))
    monkeypatch.setattr(speed, "device_title", lambda machine: device_title(dataclasses.replace(machine, gpus=())))
    assert "on this machine" in speed_of(store.root, recipe, 1e6).says


def test_a_machine_without_runs_is_measured_once_and_says_so(dataset, tmp_path):
    told = forecast(tmp_path, build("cnn"), dataset)
    assert "a rough estimate: nothing like it was trained on this machine yet" in told.says
    assert told.seconds_per_epoch > 0
    kept = (tmp_path / FILE).read_bytes()
    assert forecast(tmp_path, build("cnn"), dataset) == told
    assert (tmp_path / FILE).read_bytes() == kept


def test_work_and_memory_grow_with_image_size_and_batch(dataset, tmp_path):
    small, large = (forecast(tmp_path, build("cnn", {"image_size": side}), dataset) for side in (64, 128))
    assert large.seconds_per_epoch / small.seconds_per_epoch == pytest.approx(4, rel=0.05)
    assert large.parameters == small.parameters
    few, many = (forecast(tmp_path, build("cnn", {"batch_size": size}), dataset) for size in (16, 64))
    assert many.memory_bytes > few.memory_bytes


def test_each_view_that_is_scored_takes_its_time_and_features_of_each_their_memory(dataset, tmp_path):
    def told(family: str, **settings):
        return forecast(tmp_path, build(family, settings), dataset)

    views = ({}, {"flip_at_test": True}, {"stretch_at_test": True}, {"flip_at_test": True, "stretch_at_test": True})
    one, two, five, ten = (told("cnn", max_epochs=1, **settings) for settings in views)
    assert two.seconds_per_epoch > one.seconds_per_epoch == five.seconds_per_epoch  # epochs are judged without wider and taller views
    assert ten.seconds_per_epoch == two.seconds_per_epoch
    assert five.total_seconds > one.total_seconds
    assert ten.total_seconds - two.total_seconds == pytest.approx(2 * (five.total_seconds - one.total_seconds))
    head = {"pretrained": False, "trainable": "head"}
    plain, many = told("transfer", **head), told("transfer", **head, **views[3])
    assert many.memory_bytes - plain.memory_bytes == len(dataset.rows("val")) * 1280 * 4  # float32 features of the default backbone
    assert many.seconds_per_epoch == plain.seconds_per_epoch and many.total_seconds > 2 * plain.total_seconds


def test_epochs_with_a_frozen_backbone_take_less_of_the_whole(dataset, tmp_path):
    whole = {"trainable": "all", "max_epochs": 5}
    told = [forecast(tmp_path, build("transfer", whole | {"freeze_epochs": epochs}), dataset) for epochs in (0, 2, 4)]
    assert told[0].seconds_per_epoch == told[1].seconds_per_epoch == told[2].seconds_per_epoch
    saved = [told[0].total_seconds - one.total_seconds for one in told[1:]]
    assert saved[1] == pytest.approx(2 * saved[0])
    assert 0 < saved[0] < 2 * told[0].seconds_per_epoch


def test_what_is_trained_first_is_counted(dataset, tmp_path):
    cnn, svm = build("cnn", {"max_epochs": 3}), build("svm")
    alone, both = forecast(tmp_path, cnn, dataset), forecast(tmp_path, svm, dataset, brought=cnn)
    assert (both.parameters, both.seconds_per_epoch) == (alone.parameters, alone.seconds_per_epoch)
    assert both.total_seconds > alone.total_seconds
    assert both.says == f"{run_name(cnn)} is trained first, for its features. {alone.says}"


def test_what_needs_more_memory_than_there_is_says_so(dataset, tmp_path):
    recipe = build("transfer", {"backbone": "vgg16_bn", "pretrained": False, "trainable": "all", "image_size": 512, "batch_size": 1024})
    told = forecast(tmp_path, recipe, dataset.select(np.resize(dataset.rows("train"), 1024)))
    assert told.memory_bytes > psutil.virtual_memory().total
    assert "of memory; this machine has" in told.says and "Take a smaller batch_size" in told.says


def test_classical_families_have_no_epochs_and_say_that_features_come_first(dataset, tmp_path):
    for family in ("svm", "forest", "logistic"):
        told = forecast(tmp_path, build(family), dataset)
        assert told.seconds_per_epoch is None and told.total_seconds > 0
        assert "Features are computed once and kept." in told.says


def test_features_of_a_run_cost_what_its_network_costs(store, trained, dataset):
    told = forecast(store.root, trained["forest"].recipe, dataset)
    assert told.multiply_adds == forecast(store.root, trained["cnn"].recipe, dataset).multiply_adds


def test_features_of_a_run_that_is_still_in_the_queue_are_told_too(tmp_path, dataset):
    base = build("cnn", {"image_size": 32})
    Queue(tmp_path).submit("cnn-base", "Base", dataset.source, base)
    recipe = fitting_recipe(tmp_path, dataset, "forest", {"features": "run:cnn-base"})
    assert forecast(tmp_path, recipe, dataset).multiply_adds == forecast(tmp_path, base, dataset).multiply_adds


def test_a_network_of_unknown_cost_is_said_to_be_one(dataset, tmp_path):
    told = forecast(tmp_path, build("transfer", {"backbone": "nobody_knows_this"}), dataset)
    assert (told.parameters, told.memory_bytes, told.seconds_per_epoch) == (None, None, None)
    assert told.says == "Its size and time are not known before it runs."


def test_runs_of_another_machine_tell_nothing_here(store, trained):
    assert device_title(this_machine()) == best_device().title or this_machine().gpus
    found = speed_of(store.root, trained["cnn"].recipe, 1e6)
    other = dataclasses.replace(this_machine(), processor="another")
    assert not [run for run in Store(store.root).runs() if run.device.startswith(device_title(other))]
    assert found.per_second > 0


def test_a_forecast_loads_no_torch():
    code = "import sys, core.jobs.forecast; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=CODE_FOLDER).returncode == 0


def test_one_core_multiplies_as_fast_as_its_clock_says():
    once, again = (speed._products_per_second() for _ in range(2))
    assert 1e8 < once < 1e13 and again == pytest.approx(once, rel=0.6)
