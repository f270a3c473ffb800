import json
from dataclasses import replace

import pytest

from core.errors import StoreError
from core.runs.cost import Latency, cost_of, keep_latency, kept_latency


def test_the_size_counts_all_that_scoring_needs_and_nothing_else(trained):
    for run in trained.values():
        wanted = sum(path.stat().st_size for path in run.folder.iterdir() if path.suffix in (".safetensors", ".skops"))
        assert cost_of(run, []).size == wanted > 0


def test_a_run_without_weights_or_epochs_has_no_size_and_no_speed(trained, tmp_path):
    cost = cost_of(replace(trained["svm"], folder=tmp_path), [])
    assert (cost.size, cost.images_per_second, cost.latency) == (None, None, None)


def test_the_speed_is_the_median_of_the_epochs(trained, store):
    history = [replace(record, images_per_second=rate) for record, rate in zip(store.history(trained["cnn"]), (5, 100, 90), strict=True)]
    assert cost_of(trained["cnn"], history).images_per_second == 90


def test_a_measurement_is_kept_until_the_next_one(trained, tmp_path):
    run, first = replace(trained["cnn"], folder=tmp_path), Latency(4.0, 3.5, 6.0, 30, 512, "here")
    assert kept_latency(run) is None
    keep_latency(run, first)
    keep_latency(run, second := replace(first, median=5.0))
    assert kept_latency(run) == cost_of(run, []).latency == second


def test_a_damaged_measurement_is_told(trained, tmp_path):
    run = replace(trained["cnn"], folder=tmp_path)
    (tmp_path / "latency.json").write_text(json.dumps({"median": 1}))
    with pytest.raises(StoreError, match=r"latency\.json of cnn-small cannot be read"):
        kept_latency(run)
