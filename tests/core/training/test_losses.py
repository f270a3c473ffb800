"""Each loss is what its formula says, written out in NumPy or computed by scikit-learn, and its gradient is finite."""

import numpy as np
import pytest
import torch
from sklearn.metrics import f1_score, log_loss
from torch import nn

from core.training.losses import Objective, Penalty, class_weights, scores
from tests.core.training.small_trainings import training_of


def value(logits, y, task, weights=None, **settings) -> float:
    return float(Objective(training_of(**settings), task, weights)(logits, y))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(x):
    return np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)


def test_auto_is_cross_entropy_where_an_image_has_one_class(logits, one_of_three):
    expected = log_loss(one_of_three.argmax(1).numpy(), softmax(logits.numpy()))
    assert value(logits, one_of_three, "multiclass") == pytest.approx(expected, rel=1e-6)


def test_auto_is_binary_cross_entropy_where_labels_are_apart(logits, any_of_three):
    expected = np.mean([log_loss(any_of_three[:, n].numpy(), sigmoid(logits[:, n].numpy())) for n in range(3)])
    assert value(logits, any_of_three, "multilabel") == pytest.approx(expected, rel=1e-6)
    assert value(logits, any_of_three, "multilabel", loss="bce") == pytest.approx(expected, rel=1e-6)


def test_bce_of_several_classes_looks_at_each_class_alone(logits, one_of_three):
    p, y = sigmoid(logits.numpy()), one_of_three.numpy()
    expected = -(y * np.log(p) + (1 - y) * np.log(1 - p)).mean()
    assert value(logits, one_of_three, "multiclass", loss="bce") == pytest.approx(expected, rel=1e-6)


def test_cross_entropy_of_one_label_is_that_of_its_two_outcomes(logits, any_of_three):
    one, y = logits[:, :1], any_of_three[:, :1]
    assert value(one, y, "binary", loss="cross_entropy") == pytest.approx(log_loss(y.numpy(), sigmoid(one.numpy())), rel=1e-6)


def test_cross_entropy_of_several_labels_shares_an_image_among_its_labels_and_skips_one_without(logits, any_of_three):
    y, log_p = any_of_three.numpy(), np.log(softmax(logits.numpy()))
    per_image = [-sum(log_p[row][y[row] == 1]) / y[row].sum() if y[row].any() else 0.0 for row in range(12)]
    assert value(logits, any_of_three, "multilabel", loss="cross_entropy") == pytest.approx(np.mean(per_image), rel=1e-6)


@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
@pytest.mark.parametrize("alpha", [0.0, 0.25])
def test_focal_loss_of_labels_turns_easy_ones_down(logits, any_of_three, gamma, alpha):
    p, y = sigmoid(logits.numpy()), any_of_three.numpy()
    p_t = np.where(y == 1, p, 1 - p)
    alpha_t = np.where(y == 1, alpha, 1 - alpha) if alpha else 1.0
    expected = (-alpha_t * (1 - p_t) ** gamma * np.log(p_t)).mean()
    found = value(logits, any_of_three, "multilabel", loss="focal", focal_gamma=gamma, focal_alpha=alpha)
    assert found == pytest.approx(expected, rel=1e-5)


def test_focal_loss_of_classes_is_softmax_turned_down(logits, one_of_three):
    p_t = softmax(logits.numpy())[one_of_three.numpy() == 1]
    expected = (-((1 - p_t) ** 2) * np.log(p_t)).mean()
    assert value(logits, one_of_three, "multiclass", loss="focal") == pytest.approx(expected, rel=1e-5)
    assert value(logits, one_of_three, "multiclass", loss="focal", focal_alpha=0.25) == pytest.approx(expected / 4, rel=1e-5)


@pytest.mark.parametrize("task", ["multiclass", "multilabel"])
def test_focal_loss_without_gamma_is_cross_entropy(logits, one_of_three, task):
    assert value(logits, one_of_three, task, loss="focal", focal_gamma=0) == pytest.approx(value(logits, one_of_three, task), rel=1e-6)


def test_f1_of_certain_scores_is_the_macro_f1_of_decisions(logits, any_of_three):
    certain = torch.where(logits > 0, 50.0, -50.0)
    expected = 1 - f1_score(any_of_three.numpy(), logits.numpy() > 0, average="macro")
    assert value(certain, any_of_three, "multilabel", loss="f1") == pytest.approx(expected, abs=1e-6)


def test_f1_of_classes_counts_expectations(logits, one_of_three):
    p, y = softmax(logits.numpy()), one_of_three.numpy()
    tp, fp, fn = (p * y).sum(0), (p * (1 - y)).sum(0), ((1 - p) * y).sum(0)
    assert value(logits, one_of_three, "multiclass", loss="f1") == pytest.approx(1 - (2 * tp / (2 * tp + fp + fn)).mean(), rel=1e-5)


def test_smoothing_takes_certainty_from_classes_and_from_labels(logits, one_of_three, any_of_three):
    log_p = np.log(softmax(logits.numpy()))
    expected = -((one_of_three.numpy() * 0.9 + 0.1 / 3) * log_p).sum(axis=1).mean()
    assert value(logits, one_of_three, "multiclass", label_smoothing=0.1) == pytest.approx(expected, rel=1e-6)
    p, y = sigmoid(logits.numpy()), any_of_three.numpy() * 0.9 + 0.05
    expected = -(y * np.log(p) + (1 - y) * np.log(1 - p)).mean()
    assert value(logits, any_of_three, "multilabel", label_smoothing=0.1) == pytest.approx(expected, rel=1e-6)


def test_class_weights_weigh_classes_and_positives(logits, one_of_three, any_of_three):
    w = np.array([0.5, 1.0, 4.0])
    log_p = np.log(softmax(logits.numpy()))
    expected = -(one_of_three.numpy() * w * log_p).sum(axis=1).mean()
    assert value(logits, one_of_three, "multiclass", torch.tensor(w)) == pytest.approx(expected, rel=1e-6)
    p, y = sigmoid(logits.numpy()), any_of_three.numpy()
    expected = -(w * y * np.log(p) + (1 - y) * np.log(1 - p)).mean()
    assert value(logits, any_of_three, "multilabel", torch.tensor(w)) == pytest.approx(expected, rel=1e-6)


def test_a_weight_of_two_counts_an_image_twice_in_f1(logits, one_of_three):
    twice = [row for row in range(12) for _ in range(1 + int(one_of_three[row, 2]))]
    weighted = value(logits, one_of_three, "multiclass", torch.tensor([1.0, 1.0, 2.0]), loss="f1")
    assert weighted == pytest.approx(value(logits[twice], one_of_three[twice], "multiclass", loss="f1"), rel=1e-6)


def test_balanced_weights_make_classes_and_outcomes_count_alike():
    y = np.array([[1, 0]] * 9 + [[0, 1]] * 3)
    weights = class_weights(y, "multiclass", "balanced").numpy()
    assert np.allclose(weights * y.sum(axis=0), len(y) / 2)
    assert np.allclose(class_weights(y, "multilabel", "balanced"), [3 / 9, 9 / 3])
    assert class_weights(y, "multiclass", "none") is None


@pytest.mark.parametrize("task", ["binary", "multiclass", "multilabel"])
@pytest.mark.parametrize("loss", ["auto", "bce", "cross_entropy", "focal", "f1"])
def test_every_loss_has_a_finite_gradient_even_where_scores_are_certain(task, loss):
    outputs = 1 if task == "binary" else 3
    logits = torch.tensor([[90.0] * outputs, [-90.0] * outputs, [0.0] * outputs, *torch.eye(3)[:, :outputs].tolist()])
    logits[3:] *= 90
    logits.requires_grad_()
    y = torch.eye(3)[[0, 1, 2, 0, 1, 2]][:, :outputs]
    Objective(training_of(loss=loss, focal_gamma=0.5, label_smoothing=0.1), task)(logits, y).backward()
    assert torch.isfinite(logits.grad).all()


def test_penalties_add_squares_of_kernels_and_of_biases_but_not_of_norms():
    torch.manual_seed(0)
    module = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.LSTM(4, 5), nn.Linear(5, 2))
    weights = dict(module.named_parameters())
    kernels = [weights[name] for name in ("0.weight", "2.weight_ih_l0", "2.weight_hh_l0", "3.weight")]
    biases = [weights[name] for name in ("0.bias", "2.bias_ih_l0", "2.bias_hh_l0", "3.bias")]
    squares = [sum(float((part.detach().numpy() ** 2).sum()) for part in parts) for parts in (kernels, biases)]
    found = Penalty(module, training_of(l2_kernel=0.01, l2_bias=0.3))()
    assert float(found.detach()) == pytest.approx(0.01 * squares[0] + 0.3 * squares[1], rel=1e-5)
    assert Penalty(module, training_of())() == 0


def test_penalties_leave_frozen_layers_out():
    module = nn.Sequential(nn.Linear(3, 3).requires_grad_(False), nn.Linear(3, 1))
    found = Penalty(module, training_of(l2_kernel=1.0))()
    assert float(found.detach()) == pytest.approx(float(module[1].weight.detach().square().sum()))


def test_scores_are_softmax_for_classes_and_sigmoid_for_labels(logits):
    assert np.allclose(scores(logits, "multiclass"), softmax(logits.numpy()), atol=1e-6)
    assert np.allclose(scores(logits, "multilabel"), sigmoid(logits.numpy()), atol=1e-6)
