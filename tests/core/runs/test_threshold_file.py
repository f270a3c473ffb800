import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import EvaluationError
from core.runs.threshold_file import LARGEST, read_thresholds, threshold_text

LABELS = ("Mass", "Pleural Thickening")


@given(thresholds=st.dictionaries(st.text(min_size=1), st.floats(0, 1), min_size=1, max_size=8))
def test_what_was_written_is_read_again_as_it_was(thresholds):
    found = read_thresholds(threshold_text("cnn-1", "youden", thresholds), list(thresholds))
    assert (found.run, found.rule, dict(found.thresholds)) == ("cnn-1", "youden", thresholds)


def test_the_thresholds_come_in_the_order_of_the_labels_and_whole_numbers_will_do():
    found = read_thresholds('{"thresholds": {"Pleural Thickening": 1, "Mass": 0}}', LABELS)
    assert list(found.thresholds.items()) == [("Mass", 0.0), ("Pleural Thickening", 1.0)] and (found.run, found.rule) == ("", "")


def _of(**thresholds):
    return json.dumps({"thresholds": {"Mass": 0.5, "Pleural Thickening": 0.5} | thresholds})


@pytest.mark.parametrize(("text", "words"), [
    ("", "no JSON"), ("{", "no JSON"), ("0.5", "no thresholds in this JSON"), ("[]", "no thresholds"), ("{}", "no thresholds"),
    ('{"thresholds": [0.5]}', "no thresholds"), ('{"thresholds": {"Mass": 0.5}}', "no threshold for Pleural Thickening"),
    (_of(Hernia=0.5), "threshold for Hernia; the labels of the run are Mass, Pleural Thickening"),
    (_of(Mass=1.5), "threshold for Mass is 1.5"), (_of(Mass=-0.1), "Mass is -0.1"), (_of(Mass="0.5"), 'Mass is "0.5"'),
    (_of(Mass=True), "Mass is true"), (_of(Mass=None), "Mass is null"), (_of(Mass=float("nan")), "Mass is NaN"),
    (_of(Mass=float("inf")), "Mass is Infinity"), (_of(Mass={}), "number from 0 to 1"), (_of(Mass=10**400), "number from 0 to 1"),
    ('{"thresholds": {"Mass": ' + "1" * 5000 + "}}", "JSON"),
    ('{"thresholds": {"Mass": 0.1, "Mass": 0.2, "Pleural Thickening": 0.3}}', "'Mass' stands there twice"),
    ('{"thresholds": {"Mass": 0.1, "Pleural Thickening": 0.3}, "run": 7}', "run is 7"),
    ('{"thresholds": {"Mass": 0.1, "Pleural Thickening": 0.3}, "lines": 7}', "has lines beside"),
    ("[" * 100_000, "JSON"), (" " * (LARGEST + 1), "characters"),
])  # fmt: skip
def test_anything_else_is_refused_in_words(text, words):
    with pytest.raises(EvaluationError, match="(?i)" + words.replace("(", r"\(")):
        read_thresholds(text, LABELS)


def test_a_byte_order_mark_before_the_text_does_no_harm():
    assert read_thresholds("\ufeff" + _of(), LABELS).thresholds["Mass"] == 0.5
