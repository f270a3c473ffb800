"""A peer of `epochs.py`: the Portsmouth CNN in a plain PyTorch loop over JPEG files, as tutorials write it.

ImageFolder, torchvision's transforms and DataLoader; float32; it imports nothing of Cutpoint, and takes the plan of the network from a
folder. It trains an epoch to warm up, and then one for each line that it reads; for each it prints the seconds of wall clock.
"""

import json
import sys
import time
from pathlib import Path

import torch
import torchvision
from torch import nn
from torchvision import transforms

KINDS = {
    "convolution": lambda layer: nn.Conv2d(layer["shape_in"][0], layer["shape_out"][0], layer["size"], padding="same", bias=layer["bias"]),
    "batch_norm": lambda layer: nn.BatchNorm2d(layer["shape_in"][0]),
    "activation": lambda layer: nn.ReLU(),
    "pooling": lambda layer: nn.MaxPool2d(layer["size"], ceil_mode=True),
    "dropout": lambda layer: nn.Dropout(layer["share"]),
    "summary": lambda layer: nn.Flatten(),
    "dense": lambda layer: nn.Linear(layer["shape_in"][0], layer["shape_out"][0]),
}


def loader_of(folder: Path, side: int, workers: int) -> torch.utils.data.DataLoader:
    changes = transforms.Compose([
        transforms.Grayscale(), transforms.Resize((side, side)), transforms.RandomAffine(0, scale=(0.7, 1.3)),
        transforms.RandomVerticalFlip(), transforms.ToTensor(),
    ])  # fmt: skip
    images = torchvision.datasets.ImageFolder(str(folder), changes)
    return torch.utils.data.DataLoader(
        images, batch_size=32, shuffle=True, num_workers=workers, drop_last=True, persistent_workers=workers > 0
    )


def epoch(network: nn.Module, optimizer: torch.optim.Optimizer, loader: torch.utils.data.DataLoader) -> float:
    criterion, begun, total = nn.BCEWithLogitsLoss(), time.perf_counter(), 0.0
    network.train()
    for images, classes in loader:
        optimizer.zero_grad()
        loss = criterion(network(images).squeeze(1), classes.float())
        loss.backward()
        optimizer.step()
        total += loss.item()
    return time.perf_counter() - begun


def main() -> None:
    folder, workers = Path(sys.argv[1]), int(sys.argv[2])
    plan = json.loads((folder / "plan.json").read_text())
    network = nn.Sequential(*[KINDS[layer["kind"]](layer) for layer in plan])
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    loader = loader_of(folder / "files/train", plan[0]["shape_in"][1], workers)
    parameters = sum(weight.numel() for weight in network.parameters())
    print(f"torch {torch.__version__}, torchvision {torchvision.__version__}, {parameters:,} parameters", flush=True)
    while True:
        print(epoch(network, optimizer, loader), flush=True)
        if not sys.stdin.readline():
            return


if __name__ == "__main__":
    main()
