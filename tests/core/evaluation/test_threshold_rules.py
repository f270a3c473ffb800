from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import EvaluationError
from core.evaluation.threshold_rules import Rule, parse_rule


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("0.5", Rule("fixed", 0.5)),
        ("0", Rule("fixed", 0.0)),
        ("1", Rule("fixed", 1.0)),
        (" .25 ", Rule("fixed", 0.25)),
        ("1e-05", Rule("fixed", 1e-5)),
        ("youden", Rule("youden", None)),
        ("f1", Rule("f1", None)),
        ("sensitivity=0.95", Rule("sensitivity", 0.95)),
        ("specificity=.9", Rule("specificity", 0.9)),
        ("sensitivity=0.9,specificity=0.8", Rule("both", 0.9, 0.8)),
        ("flagged=0.2", Rule("flagged", 0.2)),
        ("cost=10", Rule("cost", 10.0)),
        ("prevalence", Rule("prevalence", None)),
    ],
)
def test_a_rule_is_read(text, rule):
    assert parse_rule(text) == rule
    assert parse_rule(rule.text) == rule


HOSTILE = [
    "",
    "nan",
    "inf",
    "1.5",
    "-0.5",
    "1e400",
    "0_5",
    "٠.٥",
    "0,5",
    "Youden",
    "youden=0.5",
    "sensitivity",
    "sensitivity=95",
    "sensitivity=nan",
    "flagged=2",
    "cost=-1",
    "cost=1e9",
    "specificity=0.9,sensitivity=0.9",
    "prevalence=0.5",
]


@pytest.mark.parametrize("text", [*HOSTILE, "f1; import os", "__import__('os')", "0.5\n0.6", "9" * 100_000, "\x00", None, True])
def test_anything_else_is_refused_with_the_list_of_rules(text):
    with pytest.raises(EvaluationError, match="the rules are: a number from 0 to 1.*youden.*f1.*sensitivity=.*specificity=") as refusal:
        parse_rule(text)
    assert len(str(refusal.value)) < 700


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="0123456789.eE-+=_ \n\u0660\u00bdnaifyoudesvtcplgr,", max_size=20))
def test_any_text_is_a_rule_or_refused(text):
    with suppress(EvaluationError):
        assert parse_rule(parse_rule(text).text) == parse_rule(text)


@given(st.floats(0, 1))
def test_a_rule_survives_its_own_text(value):
    assert parse_rule(Rule("sensitivity", value).text) == Rule("sensitivity", value)
