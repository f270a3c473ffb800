"""A run as one ONNX file that answers without Cutpoint, with a small program beside it."""
