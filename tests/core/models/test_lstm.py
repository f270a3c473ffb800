"""The LSTM reads rows from the top, and is what its plan says."""

import numpy as np
import pytest
import torch

from core.errors import RecipeError
from core.layers import cost_of, lstm_layers
from core.models.lstm import RowLSTM
from core.recipe import build


def network(**chosen) -> RowLSTM:
    return RowLSTM(build("lstm", {"hidden_size": 6, "image_size": 16, **chosen}).model, 16, 2).eval()


@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize("bidirectional", [False, True])
def test_plan_and_network_have_the_same_parameters_and_widths(layers, bidirectional):
    recipe = build("lstm", {"hidden_size": 6, "image_size": 16, "layers": layers, "bidirectional": bidirectional})
    built = RowLSTM(recipe.model, 16, 2).eval()
    assert sum(weights.numel() for weights in built.parameters()) == cost_of(recipe, 2).parameters
    assert built.features(torch.rand(3, 1, 16, 16)).shape == (3, lstm_layers(recipe.model, 16, 2)[1].shape_out[0])
    assert built(torch.rand(3, 1, 16, 16)).shape == (3, 2)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def test_each_row_is_one_step_of_the_textbook_recurrence():
    """Hochreiter and Schmidhuber 1997, with forget gate; torch stacks the gates as input, forget, cell, output."""
    built = network()
    image = np.random.default_rng(0).random((16, 16)).astype(np.float32)
    kernel, recurrent, bias, bias_too = (weights.detach().numpy() for weights in built.rows.parameters())
    hidden, cell, each = np.zeros(6), np.zeros(6), []
    for row in (image - 0.5) / 0.25:
        entry, forget, new, out = np.split(kernel @ row + recurrent @ hidden + bias + bias_too, 4)
        cell = sigmoid(forget) * cell + sigmoid(entry) * np.tanh(new)
        hidden = sigmoid(out) * np.tanh(cell)
        each.append(hidden)
    images = torch.from_numpy(image)[None, None]
    assert np.allclose(built.features(images).detach().numpy()[0], hidden, atol=1e-5)
    assert np.allclose(built.features(images, "rows").detach().numpy()[0], np.mean(each, axis=0), atol=1e-5)


def test_reading_from_below_as_well_ends_at_the_top():
    built = network(bidirectional=True)
    images = torch.rand(1, 1, 16, 16)
    upside_down = built.features(images.flip(2))
    for name in ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"):
        first, second = getattr(built.rows, name), getattr(built.rows, f"{name}_reverse")
        first.data, second.data = second.data.clone(), first.data.clone()
    assert torch.allclose(built.features(images), upside_down.roll(6, dims=1), atol=1e-6)


def test_dropout_between_layers_is_there_only_where_there_are_several():
    assert network(dropout=0.3).rows.dropout == 0 and network(dropout=0.3, layers=2).rows.dropout == 0.3
    assert network(dropout=0.3).head[0].p == 0.3


def test_the_normalisation_is_the_chosen_one():
    images = torch.rand(2, 1, 16, 16)
    plain, scaled = network(normalisation="unit"), network()
    scaled.load_state_dict(plain.state_dict())
    assert torch.allclose(plain.features((images - 0.5) / 0.25), scaled.features(images), atol=1e-6)


def test_a_layer_that_is_none_is_refused():
    with pytest.raises(RecipeError, match="dense1.*last, rows"):
        network().features(torch.rand(1, 1, 16, 16), "dense1")


def test_every_parameter_learns_at_the_full_rate():
    built = network()
    assert [(share, len(parameters)) for share, parameters in built.rates()] == [(1.0, len(list(built.parameters())))]
