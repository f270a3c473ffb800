"""The peer of `epochs.py`: the Portsmouth CNN as its report trained it, with Keras on TensorFlow and ImageDataGenerator.

It runs in an interpreter that has TensorFlow and nothing of Cutpoint: images, labels and the plan of the network come as files in a
folder. It trains an epoch to warm up, and then one for each line that it reads; for each it prints the seconds of wall clock.
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
    while True:
        begun = time.perf_counter()
        network.fit(flow, epochs=1, verbose=0)
        print(time.perf_counter() - begun, flush=True)
        if not sys.stdin.readline():
            return


if __name__ == "__main__":
    main()
