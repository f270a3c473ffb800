import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar as statsmodels_mcnemar
from statsmodels.stats.multitest import multipletests

from core.errors import EvaluationError
from core.evaluation.paired_tests import delong_test, holm, macro_difference, mcnemar, mean_auc, paired_bootstrap


def _by_definition(y_true, first, second):
    """DeLong's difference and variance from all pairs of images."""
    kernels = []
    for score in (first, second):
        positive, negative = score[y_true == 1][:, None], score[y_true == 0][None]
        kernels.append((positive > negative) + 0.5 * (positive == negative))
    gap = kernels[0] - kernels[1]
    v10, v01 = gap.mean(axis=1), gap.mean(axis=0)
    return gap.mean(), v10.var(ddof=1) / v10.size + v01.var(ddof=1) / v01.size


@pytest.mark.parametrize("seed", range(20))
def test_delong_is_that_of_the_definition(random_binary, seed):
    y_true, first = random_binary(seed).column("Pneumonia")
    second = random_binary(seed + 50).y_score[:, 0]
    difference, variance = _by_definition(y_true, first, second)
    test = delong_test(y_true, first, second)
    assert test.difference == pytest.approx(difference, abs=1e-12)
    assert (test.low, test.high) == pytest.approx(stats.norm.interval(0.95, difference, np.sqrt(variance)))
    assert test.p_value == pytest.approx(2 * stats.norm.sf(abs(difference) / np.sqrt(variance)))


def test_the_order_of_the_runs_only_turns_the_sign(random_binary):
    y_true, first = random_binary(0).column("Pneumonia")
    second = random_binary(9).y_score[:, 0]
    there, back = delong_test(y_true, first, second), delong_test(y_true, second, first)
    assert (there.difference, there.low, there.high, there.p_value) == pytest.approx(
        (-back.difference, -back.high, -back.low, back.p_value)
    )


def test_scores_that_order_the_images_alike_do_not_differ(random_binary):
    y_true, score = random_binary(0).column("Pneumonia")
    test = delong_test(y_true, score, score**2)
    assert (test.difference, test.low, test.high, test.p_value) == (0, 0, 0, 1)


def test_delong_without_variance_is_refused():
    y_true = np.repeat([0, 1], 5)
    with pytest.raises(EvaluationError, match="no variance"):
        delong_test(y_true, np.linspace(0, 1, 10), np.full(10, 0.5))


def test_too_few_images_or_patients_of_a_class_are_refused():
    y_true, first, second = np.repeat([0, 1], [30, 4]), np.linspace(0, 1, 34) ** 2, np.linspace(1, 0, 34)
    with pytest.raises(EvaluationError, match="4 images with a label; DeLong's test needs 5"):
        delong_test(y_true, first, second)
    with pytest.raises(EvaluationError, match="4 images without a label"):
        delong_test(1 - y_true, first, second)
    y_true, patients = np.repeat([0, 1], [20, 14]), np.r_[np.arange(20), np.repeat([100, 101, 102], [5, 5, 4])]
    with pytest.raises(EvaluationError, match="3 patients with a label"):
        delong_test(y_true, first, second, patients=patients)
    with pytest.raises(EvaluationError, match="3 patients with a label"):
        mean_auc(y_true[:, None], first[:, None], patients)


@pytest.mark.parametrize("positives", [(5, 5), (10, 100), (30,)])
def test_the_mean_over_labels_holds_its_level_with_few_images_of_one(positives):
    rng, found, images = np.random.default_rng(5), 0, 300
    y_true = np.stack([rng.permutation(images) < few for few in positives], axis=1).astype(np.uint8)
    for _ in range(500):
        shared = rng.normal(1.2 * y_true)
        first, second = (mean_auc(y_true, shared + rng.normal(size=shared.shape)) for _ in range(2))
        found += macro_difference(first, second).p_value < 0.05
    assert found / 500 <= 0.1


def test_delong_holds_its_level_when_runs_are_equally_good():
    rng, y_true, found = np.random.default_rng(1), np.repeat([0, 1], 50), 0
    for _ in range(400):
        shared = rng.normal(1.5 * y_true)
        found += delong_test(y_true, shared + rng.normal(size=100), shared + rng.normal(size=100)).p_value < 0.05
    assert 0.02 <= found / 400 <= 0.08


def test_the_mean_over_one_label_is_the_plain_test(random_binary):
    first, second = random_binary(3, n=300, digits=3), random_binary(3, n=300, digits=3, skill=1.2)
    plain = delong_test(first.y_true[:, 0], first.y_score[:, 0], second.y_score[:, 0])
    mean = macro_difference(mean_auc(first.y_true, first.y_score), mean_auc(first.y_true, second.y_score))
    assert mean.difference == pytest.approx(plain.difference)
    assert (mean.low, mean.high, mean.p_value) == pytest.approx((plain.low, plain.high, plain.p_value))


def test_the_mean_over_labels_is_compared(random_multilabel):
    first, second = random_multilabel(0, n=200), random_multilabel(99, n=200)
    gaps = [_by_definition(first.y_true[:, index], first.y_score[:, index], second.y_score[:, index])[0] for index in range(3)]
    test = macro_difference(mean_auc(first.y_true, first.y_score), mean_auc(first.y_true, second.y_score))
    assert test.difference == pytest.approx(np.mean(gaps))
    assert test.low < test.difference < test.high
    with pytest.raises(EvaluationError, match="no label"):
        mean_auc(np.zeros_like(first.y_true), first.y_score)


def test_delong_is_that_of_mlstatkit(random_binary):
    from MLstatkit import Delong_test

    for seed in range(8):
        y_true, first = random_binary(seed, n=120).column("Pneumonia")
        second = random_binary(seed + 50, n=120).y_score[:, 0]
        test = delong_test(y_true, first, second)
        assert test.p_value == pytest.approx(Delong_test(y_true, first, second)[1], rel=1e-6)


@pytest.mark.parametrize("mid_p", [False, True])
def test_mcnemar_is_that_of_statsmodels(mid_p):
    rng = np.random.default_rng(2)
    first, second = rng.random((2, 200)) < [[0.8], [0.7]]
    table = [[(first & second).sum(), (first & ~second).sum()], [(~first & second).sum(), (~first & ~second).sum()]]
    expected = statsmodels_mcnemar(table, exact=True).pvalue
    if mid_p:
        fewer, n = min(table[0][1], table[1][0]), table[0][1] + table[1][0]
        expected -= stats.binom.pmf(fewer, n, 0.5)
    assert mcnemar(first, second, mid_p=mid_p).p_value == pytest.approx(expected)


@pytest.mark.parametrize("seed", range(5))
def test_holm_is_that_of_statsmodels(seed):
    p_values = np.random.default_rng(seed).random(12) ** 4
    assert holm(p_values.tolist()) == pytest.approx(multipletests(p_values, method="holm")[1])


def test_the_paired_bootstrap_reads_p_off_the_draws_and_beyond_them_off_the_normal_distribution():
    gaps = np.linspace(-0.1, 0.3, 1001)  # 250 below 0, one at 0
    found = paired_bootstrap(0.1, gaps, np.zeros(1001))
    assert (found.low, found.high) == pytest.approx((-0.09, 0.29))
    assert found.p_value == pytest.approx(2 * 251 / 1001)
    far = np.random.default_rng(0).normal(0.4, 0.1, 1000)
    assert paired_bootstrap(0.4, far, np.zeros(1000)).p_value == pytest.approx(2 * stats.norm.sf(4), rel=0.5)
    assert paired_bootstrap(4.0, far + 3.6, np.zeros(1000)).p_value == 1e-6


def test_p_is_below_a_level_where_the_interval_leaves_0_out():
    rng = np.random.default_rng(0)
    for shift in np.linspace(-4, 4, 161):
        gaps = rng.normal(shift, 1, 1000)
        found = paired_bootstrap(shift, gaps, np.zeros(1000))
        assert (found.p_value < 0.05) == (found.low > 0 or found.high < 0) or found.p_value == pytest.approx(0.05, abs=0.003)


def test_the_paired_bootstrap_refuses_draws_that_say_nothing():
    with pytest.raises(EvaluationError, match="no value"):
        paired_bootstrap(0.1, np.array([np.nan, np.nan, 0.1]), np.zeros(3))
    with pytest.raises(EvaluationError, match="the same difference"):
        paired_bootstrap(0.1, np.full(10, 0.1), np.zeros(10))
    for dust in (0.0, 1e-12):
        same = paired_bootstrap(dust, np.ones(10) + dust, np.ones(10))
        assert (same.difference, same.low, same.high, same.p_value) == (0, 0, 0, 1)


@pytest.mark.parametrize(("only_first", "only_second"), [(0, 0), (1, 0), (5, 5), (2, 9), (40, 61), (0, 30), (700, 600)])
def test_mcnemar_is_the_exact_binomial_test(only_first, only_second):
    first = np.repeat([True, False, True, False], [only_first, only_second, 20, 3])
    second = np.repeat([False, True, True, False], [only_first, only_second, 20, 3])
    exact, mid = mcnemar(first, second, mid_p=False), mcnemar(first, second)
    assert (exact.only_first, exact.only_second) == (only_first, only_second)
    n = only_first + only_second
    expected = stats.binomtest(only_first, n).pvalue if n else 1.0
    assert exact.p_value == pytest.approx(expected, rel=1e-9)
    if only_first != only_second:
        assert mid.p_value == pytest.approx(expected - stats.binom.pmf(only_first, n, 0.5), rel=1e-9)
    else:
        assert mid.p_value == pytest.approx(1)


def test_mcnemar_gives_the_published_p_values():
    """Fagerland, Lydersen and Laake (2013), airway hyper-responsiveness: b = 1, c = 7, exact .0703, mid-p .0391."""
    first, second = np.repeat([True, False], [1, 7]), np.repeat([False, True], [1, 7])
    assert mcnemar(first, second, mid_p=False).p_value == pytest.approx(0.0703, abs=5e-5)
    assert mcnemar(first, second).p_value == pytest.approx(0.0391, abs=5e-5)


def test_holm_takes_the_smallest_most_strictly():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.5, None, 0.02]) == [0.5, None, 0.04]
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []
