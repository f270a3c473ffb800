import numpy as np

from core.evaluation.counts import counts_at
from core.evaluation.line_view import line_view, rows_beside, spread_rows


def test_counts_of_every_label_at_every_place_are_those_of_counting(random_multilabel):
    predictions = random_multilabel(1)
    view = line_view(predictions)
    for number, label in enumerate(predictions.labels):
        for step in range(0, 1001, 37):
            counted = counts_at(*predictions.column(label), step / 1000)
            assert [int(getattr(view.counts, cell)[number, step]) for cell in ("tp", "fp", "fn", "tn")] == list(vars(counted).values())
        assert view.histograms[number].positives.sum() == predictions.y_true[:, number].sum()


def test_images_to_look_at_are_spread_over_the_ranks():
    rows = spread_rows(np.array([0.9, 0.1, 0.5, 0.3, 0.7]), 3)
    assert rows.tolist() == [1, 2, 0]
    assert len(spread_rows(np.linspace(0, 1, 1000), 240)) == 240
    assert spread_rows(np.array([0.2, 0.1]), 240).tolist() == [1, 0]


def test_the_images_beside_a_line_are_those_with_the_nearest_scores_on_each_side():
    y_score = np.random.default_rng(4).random(50).round(2).astype(np.float32)
    for place in (0.0, 0.003, 0.5, float(y_score.max()), 1.0):
        below, called = rows_beside(y_score, place, 4)
        assert y_score[below].tolist() == sorted(score for score in y_score if score < np.float32(place))[-4:]
        assert y_score[called].tolist() == sorted(score for score in y_score if score >= np.float32(place))[:4]
