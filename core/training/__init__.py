"""How weights are found. It knows no architecture: tensors and a module in, weights and a history out."""
