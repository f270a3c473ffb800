"""The peer of `epochs.py`: the Portsmouth CNN as its report trained it, with Keras on TensorFlow and ImageDataGenerator.

It runs in an interpreter that has TensorFlow and nothing of Cutpoint: images, labels and the plan of the network come as files in a
folder. It trains an epoch to warm up, and then one for each line that it reads; for each it prints the seconds of wall clock. All are
epochs of one `fit`, as in the report: a `fit` for each would often wait four seconds for a thread of Keras to end.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras.preprocessing.image import ImageDataGenerator

layers = keras.layers
KINDS = {
    "convolution": lambda layer: layers.Conv2D(layer["shape_out"][0], layer["size"], padding="same", use_bias=layer["bias"]),
    "batch_norm": lambda layer: layers.BatchNormalization(),
    "activation": lambda layer: layers.Activation(layer["how"]),
    "pooling": lambda layer: layers.MaxPooling2D(layer["size"], padding="same"),
    "dropout": lambda layer: layers.Dropout(layer["share"]),
    "summary": lambda layer: layers.Flatten(),
    "dense": lambda layer: layers.Dense(layer["shape_out"][0]),
}


def build(plan: list[dict]) -> keras.Model:
    """The network of a plan."""
    _, height, width = plan[0]["shape_in"]
    network = keras.Sequential([keras.Input((height, width, plan[0]["shape_in"][0]))])
    for layer in plan:
        if layer["kind"] != "dropout" or layer["share"]:
            network.add(KINDS[layer["kind"]](layer))
    network.add(layers.Activation("sigmoid"))
    network.compile(keras.optimizers.Adam(1e-3), "binary_crossentropy", metrics=["accuracy"], jit_compile=False)
    return network


class Turns(keras.callbacks.Callback):
    """Reports each epoch in seconds, and lets the next one begin when a line comes."""

    def on_train_begin(self, logs=None) -> None:
        self._begun = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None) -> None:
        print(time.perf_counter() - self._begun, flush=True)
        if not sys.stdin.readline():
            self.model.stop_training = True
        self._begun = time.perf_counter()


def main() -> None:
    folder = Path(sys.argv[1])
    plan = json.loads((folder / "plan.json").read_text())
    pixels = np.load(folder / "pixels.npy")[..., None].astype(np.float32)
    y = np.load(folder / "y.npy").astype(np.float32)
    flow = ImageDataGenerator(rescale=1 / 255, zoom_range=0.3, vertical_flip=True).flow(pixels, y, batch_size=32)
    network = build(plan)
    print(
        f"tensorflow {tf.__version__}, keras {keras.__version__}, {network.count_params():,} parameters with the norms' means", flush=True
    )
    network.fit(flow, epochs=1_000_000, verbose=0, callbacks=[Turns()])


if __name__ == "__main__":
    main()
