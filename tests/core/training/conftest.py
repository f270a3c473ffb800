"""Logits and labels of both kinds."""

import numpy as np
import pytest
import torch


@pytest.fixture
def logits() -> torch.Tensor:
    """Float64 (12, 3), so that oracles agree to many digits."""
    return torch.from_numpy(np.random.default_rng(5).normal(scale=2, size=(12, 3)))


@pytest.fixture
def one_of_three() -> torch.Tensor:
    """Labels (12, 3) with one 1 in each row."""
    return torch.eye(3)[torch.arange(12) % 3]


@pytest.fixture
def any_of_three() -> torch.Tensor:
    """Labels (12, 3) with none, one, two or three 1s in a row."""
    return torch.tensor([[row >> label & 1 for label in range(3)] for row in range(12)], dtype=torch.float32)
