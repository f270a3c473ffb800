"""What a report's framework does where the report is silent: the defaults of Keras and of PyTorch, in Cutpoint's words."""

AS_THEY_ARE = {
    "rotate": 0.0, "shift": 0.0, "zoom": 0.0, "stretch": 0.0, "contrast": 0.0, "brightness": 0.0, "gamma": 0.0, "noise": 0.0,
    "erase": 0.0, "flip": False, "vertical_flip": False,
}  # fmt: skip

_PLAIN = {
    "aspect": "squeeze", "learning_rate": 1e-3, "schedule": "constant", "warm_up_epochs": 0.0, "class_weight": "none", "patience": 0,
    "keep": "last", "monitor": "val_loss", "label_smoothing": 0.0, "l2_kernel": 0.0, "l2_bias": 0.0, "weight_decay": 0.0,
    "beta1": 0.9, "beta2": 0.999, "clip_norm": 0.0, "ema": 0.0, "sampling": "as_is", "flip_at_test": False, "stretch_at_test": False,
    **AS_THEY_ARE,
}  # fmt: skip

KERAS = {**_PLAIN, "optimizer": "adam", "epsilon": 1e-7}
PYTORCH = {**_PLAIN, "optimizer": "adam", "epsilon": 1e-8}

_PLAIN_CNN = {
    "convolutions": 1, "stride": 1, "activation": "relu", "pooling": "max", "pool_size": 2, "pool_stride": 0, "pool_padding": "valid",
    "block_dropout": 0.0, "dropout_kind": "values", "dropout": 0.0, "dense_batch_norm": False,
}  # fmt: skip

KERAS_CNN = {**KERAS, **_PLAIN_CNN, "padding": "valid", "batch_norm": False, "summary": "flatten"}
PYTORCH_CNN = {**PYTORCH, **_PLAIN_CNN, "padding": "same", "batch_norm": True, "batch_norm_place": "before_activation"}
