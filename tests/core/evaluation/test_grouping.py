import numpy as np

from core.evaluation.grouping import grouped


def test_words_stay_and_ages_become_bands():
    found = grouped({"sex": np.array(["F", "M", ""]), "age": np.array([17.9, 18.0, np.nan])})
    assert found["sex"].tolist() == ["F", "M", ""]
    assert found["age"].tolist() == ["below 18", "18 to below 40", ""]


def test_ages_written_as_text_become_bands_too():
    assert grouped({"Age": np.array(["80", "79", " "])})["Age"].tolist() == ["80 and above", "60 to below 80", ""]


def test_a_column_with_one_value_or_with_too_many_words_makes_no_groups():
    assert grouped({"view": np.array(["PA", "PA"]), "name": np.array([f"p{row}" for row in range(40)])}) == {}


def test_many_numbers_become_quarters_of_the_images():
    groups = grouped({"kV": np.arange(100.0)})["kV"]
    assert sorted(np.unique(groups, return_counts=True)[1].tolist()) == [25, 25, 25, 25]


def test_few_numbers_stay_as_they_are():
    assert grouped({"follow-up": np.array([0.0, 1.0, 2.0, np.nan])})["follow-up"].tolist() == ["0", "1", "2", ""]


def test_long_numbers_that_differ_are_different_groups():
    sites = np.array(["1000001", "1000002", "1000003", "0.1"] * 3)
    assert grouped({"site": sites})["site"].tolist() == sites.tolist()
    times = grouped({"time": 1.6e9 + np.arange(100.0)})["time"]
    assert sorted(np.unique(times, return_counts=True)[1].tolist()) == [25, 25, 25, 25]
