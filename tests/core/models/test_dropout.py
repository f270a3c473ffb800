"""Cheap dropout drops the share that it should, by chance, value by value, and keeps expectations."""

import pytest
import torch

from core.models.dropout import Dropout


def ones(last: bool = False) -> torch.Tensor:
    images = torch.ones(8, 16, 30, 31)
    return images.contiguous(memory_format=torch.channels_last) if last else images


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("last", [False, True])
def test_the_share_is_dropped_and_the_mean_stays(share, last):
    torch.manual_seed(0)
    found = Dropout(share)(ones(last))
    assert float((found == 0).float().mean()) == pytest.approx(share, abs=0.006)
    assert float(found.mean()) == pytest.approx(1, abs=0.03)
    assert len(found.unique()) == 2 and found.is_contiguous(memory_format=torch.channels_last) == last


@pytest.mark.parametrize("last", [False, True])
def test_neighbours_channels_and_images_are_dropped_apart(last):
    torch.manual_seed(1)
    dropped = Dropout(0.5)(ones(last)) == 0
    for axis in range(4):
        same = (dropped.narrow(axis, 0, dropped.shape[axis] - 1) == dropped.narrow(axis, 1, dropped.shape[axis] - 1)).float().mean()
        assert float(same) == pytest.approx(0.5, abs=0.01)


def test_gradients_pass_where_values_did():
    values = ones().requires_grad_()
    found = Dropout(0.3)(values)
    found.sum().backward()
    assert torch.equal(values.grad, found.detach())


def test_the_same_seed_drops_the_same_and_the_next_call_others():
    dropout = Dropout(0.5)
    torch.manual_seed(2)
    first, second = dropout(ones()), dropout(ones())
    torch.manual_seed(2)
    assert torch.equal(first, dropout(ones())) and not torch.equal(first, second)


def test_any_shape_any_precision_and_any_view_is_taken():
    for values in (torch.ones(5, 7), torch.ones(3), torch.ones(4, 6, dtype=torch.bfloat16), torch.ones(6, 4).T, torch.ones(4, 8)[:, ::2]):
        found = Dropout(0.5)(values)
        assert found.shape == values.shape and found.dtype == values.dtype


def test_nothing_is_dropped_while_scoring_or_without_a_share():
    assert torch.equal(Dropout(0.5).eval()(ones()), ones()) and torch.equal(Dropout(0.0)(ones()), ones())
