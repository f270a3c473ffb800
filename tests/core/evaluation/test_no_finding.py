import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from core.errors import EvaluationError
from core.evaluation.no_finding import derived, excluded, exclusion, no_finding_label
from core.evaluation.predictions import Predictions

LABELS = ("Mass", "No Finding", "Edema")
THRESHOLDS = {"Mass": 0.5, "No Finding": 0.4, "Edema": 0.6}


def _predictions(y_true, y_score, labels=LABELS):
    ids = np.array([str(row) for row in range(len(y_true))])
    return Predictions("multilabel", "test", labels, ids, None, np.asarray(y_true), np.asarray(y_score, np.float32))


def _drawn(seed, n=40):
    rng = np.random.default_rng(seed)
    findings = rng.integers(0, 2, (n, 2))
    findings[0], findings[1] = 0, 1
    truth = np.stack([findings[:, 0], ~findings.any(axis=1), findings[:, 1]], axis=1).astype(np.uint8)
    return _predictions(truth, np.round(rng.random((n, 3)), 1))


@pytest.mark.parametrize(("labels", "found"), [
    (("Mass", "No Finding"), "No Finding"), (("No finding", "Mass"), "No finding"), (("NO_FINDING",), "NO_FINDING"),
    (("no  finding ", "a"), "no  finding "), (("Finding", "Nofinding"), None), (("Normal",), None),
])  # fmt: skip
def test_the_label_is_known_however_it_is_written(labels, found):
    assert no_finding_label(labels) == found


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_contradictions_and_the_rule_are_those_of_going_image_by_image(seed):
    predictions = _drawn(seed)
    both, nothing, both_after, nothing_after, changed, after = 0, 0, 0, 0, 0, []
    for scores in predictions.y_score.tolist():
        mass, none, edema = scores
        called = [mass >= np.float32(0.5), none >= np.float32(0.4), edema >= np.float32(0.6)]
        ruled = [False, True, False] if none >= mass and none >= edema else called
        both += called[1] and (called[0] or called[2])
        both_after += ruled[1] and (ruled[0] or ruled[2])
        nothing, nothing_after, changed = nothing + (not any(called)), nothing_after + (not any(ruled)), changed + (called != ruled)
        after.append(ruled)
    found = exclusion(predictions, THRESHOLDS, "No Finding")
    assert (found.before.both, found.before.nothing, found.after.both, found.after.nothing) == (both, nothing, both_after, nothing_after)
    assert found.changed == changed and found.before.both_share.value == both / 40
    assert found.macro_f1.after.value == pytest.approx(f1_score(predictions.y_true, np.array(after), average="macro", zero_division=0))


def test_what_is_most_likely_stands_alone_even_below_its_threshold():
    predictions = _predictions([[0, 1, 0], [1, 0, 0]], [[0.3, 0.35, 0.2], [0.9, 0.8, 0.1]])
    decision = np.array([[0, 0, 0], [1, 1, 0]], np.uint8)
    assert excluded(predictions, decision, "No Finding").tolist() == [[0, 1, 0], [1, 1, 0]]


def test_the_rule_raises_the_macro_f1_of_a_model_that_calls_too_much():
    predictions = _predictions([[0, 1, 0]] * 6 + [[1, 0, 0]] * 3 + [[0, 0, 1]] * 3,
                               [[0.7, 0.9, 0.7]] * 6 + [[0.8, 0.3, 0.1]] * 3 + [[0.1, 0.3, 0.8]] * 3)  # fmt: skip
    found = exclusion(predictions, THRESHOLDS, "No Finding")
    assert found.before.both == 6 and found.after.both == 0 and found.macro_f1.after.value == 1
    assert found.macro_f1.gain.value == pytest.approx(1 - f1_score(predictions.y_true, predictions.y_score >= 0.4, average="macro"))


def test_another_label_is_refused():
    with pytest.raises(EvaluationError, match="no label 'Nothing'"):
        exclusion(_drawn(1), THRESHOLDS, "Nothing")


def test_without_such_a_label_it_is_derived_from_what_is_called_nothing():
    predictions = _predictions([[0, 0], [0, 0], [1, 0], [0, 1]], [[0.1, 0.2], [0.9, 0.1], [0.2, 0.2], [0.1, 0.9]], ("Mass", "Edema"))
    found = derived(predictions, {"Mass": 0.5, "Edema": 0.5})
    assert (found.called, found.called_share.value, found.sensitivity.value, found.precision.value) == (2, 0.5, 0.5, 0.5)


def test_where_every_image_has_a_label_the_derived_one_says_so():
    predictions = _predictions([[1, 0], [0, 1]], [[0.9, 0.2], [0.9, 0.1]], ("Mass", "Edema"))
    found = derived(predictions, {"Mass": 0.5, "Edema": 0.5})
    assert found.sensitivity.method == "not available: every image of test has a label"
    assert found.precision.method == "not available: some label is called on every image of test"
