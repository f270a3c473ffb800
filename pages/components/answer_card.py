"""A run's answer to one picture: score, threshold and verdict, what such a verdict was worth, and how firmly it stands."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import streamlit as st

from core.errors import CoreError
from core.figures.answer_bars import AnswerBar, answer_alt, answer_bars_figure
from core.inference.predictor import Answer
from core.inference.reading import Steadiness
from core.runs.run import Run
from pages.components import answer_words, cached
from pages.components.chart import chart

_MOST_ROWS = 14  # labels that are drawn, and the explained one
_DIGITS = 3  # of a threshold that is tried


@dataclass(frozen=True, eq=False)
class Asked:
    """One run's answer, and about which label and among which people it is explained."""

    root: Path
    run: Run
    answer: Answer
    label: str
    prevalence: float

    @property
    def threshold(self) -> float | None:
        """The frozen threshold of the label; None where the highest score decides."""
        return None if self.run.data.task == "multiclass" else self.answer.thresholds[self.label]

    def zone(self, label: str) -> tuple[float, float] | None:
        """Where validation could not keep both promises with one threshold; None where it could, or cannot say."""
        if self.run.data.task == "multiclass":
            return None
        with suppress(CoreError):
            found = cached.found_zone(str(self.root), self.run.run_id, label, False, answer_words.PROMISE, answer_words.PROMISE)
            return (found.low, found.high) if found.low < found.high else None
        return None


def head(asked: Asked) -> None:
    """The verdict in large, and which run it is."""
    run = asked.run
    st.markdown(f"### {answer_words.verdict(run, asked.answer)}")
    st.caption(f"**{run.title}** · {run.description} · trained on {run.data.title}")


@st.fragment
def at_threshold(asked: Asked) -> None:
    """The label's score at its threshold, or at another one that is tried: the verdict turns, and what it is worth with it."""
    tried = _ask_threshold(asked)
    st.markdown(answer_words.decision(asked.run, asked.answer, asked.label, tried))
    if tried != asked.threshold:
        st.badge(f"Trying out: the frozen threshold is {asked.threshold:.3f}", icon=":material/explore:", color="orange")
    st.markdown(answer_words.worth(asked.root, asked.run, asked.answer, asked.label, tried, asked.prevalence))


def bars(asked: Asked, steady: Steadiness | None) -> None:
    """The highest labels as bars, and the explained one; with steadiness also how far each moves."""
    drawn = [_bar(asked, label, steady) for label in drawn_labels(asked.answer.scores, asked.label)]
    kind = "moved" if steady else "plain"
    chart(answer_bars_figure(drawn), f"bars_{asked.run.run_id}_{kind}", answer_alt(f"What {asked.run.title} says", drawn),
          config={"displayModeBar": False})  # fmt: skip


def drawn_labels(scores: Mapping[str, float], explained: str) -> list[str]:
    """The labels with the highest scores, as many as are drawn, and below them the explained one where it is not among them."""
    highest = sorted(scores, key=lambda label: -scores[label])[:_MOST_ROWS]
    return highest if explained in highest else [*highest, explained]


def undrawn(asked: Asked) -> None:
    """How many labels have no bar, and the scores of all."""
    answer = asked.answer
    more = len(answer.scores) - len(drawn_labels(answer.scores, asked.label))
    if not more:
        return
    words = f"and {more} more label{'s' if more > 1 else ''} with lower scores than the {_MOST_ROWS} highest"
    with st.expander(words, icon=":material/list:"):
        ranked = sorted(answer.scores, key=lambda label: -answer.scores[label])
        lines = [{"Label": label, "Score": answer.scores[label], "Threshold": answer.thresholds.get(label), "Called":
                  bool(answer.decisions[label])} for label in ranked]  # fmt: skip
        digits = st.column_config.NumberColumn(format=f"%.{_DIGITS}f")
        st.dataframe(pd.DataFrame(lines), hide_index=True, column_config={"Score": digits, "Threshold": digits},
                     alt=f"The scores of {asked.run.title} for all labels")  # fmt: skip


def firmness(asked: Asked, steady: Steadiness) -> None:
    """How the score moves with small changes of the picture and among members, where the grey zone is, and what a score is not."""
    st.caption(answer_words.moved(asked.run, asked.answer, asked.label, steady))
    zone = asked.zone(asked.label)
    with st.expander("Grey zone and probability", icon=":material/help:"):
        st.caption(answer_words.grey_zone(asked.label, asked.answer.scores[asked.label], zone))
        st.caption(answer_words.probability(asked.root, asked.run, asked.answer, asked.label))


def _bar(asked: Asked, label: str, steady: Steadiness | None) -> AnswerBar:
    answer = asked.answer
    threshold = None if asked.run.data.task == "multiclass" else answer.thresholds[label]
    is_explained = label == asked.label
    return AnswerBar(label, answer.scores[label], threshold, bool(answer.decisions[label]), steady and steady.moved(label),
                     asked.zone(label) if is_explained else None)  # fmt: skip


def _ask_threshold(asked: Asked) -> float | None:
    if asked.threshold is None:
        return None
    frozen = round(asked.threshold, _DIGITS)
    tried = st.slider(f"Threshold of {asked.run.title} for {asked.label}", 0.0, 1.0, frozen, 10**-_DIGITS, format=f"%.{_DIGITS}f",
                      key=f"try_{asked.run.run_id}_{asked.label}",
                      help="Try out how the verdict turns. The run keeps its frozen threshold.")  # fmt: skip
    return asked.threshold if tried == frozen else tried
