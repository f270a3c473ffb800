"""What many tests stand on: real X-rays where they lie, small class folders drawn by the phantom, and a store of small trained runs."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.data import registry
from core.data.phantom.drawing import draw, plan
from core.jobs.submission import fitting_recipe
from core.jobs.train_run import train_run
from core.runs.run import Run
from core.runs.store import Store
from core.training.history import Silence

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
SMALL = 160  # images in the class folders
SIDE = 48  # px


def write_class_folders(folder: Path, images: int = SMALL, side: int = SIDE, classes: tuple[str, str] = ("NORMAL", "PNEUMONIA")) -> Path:
    """Phantoms as PNG files in train|val|test/CLASS, named after their patients."""
    for number, case in enumerate(plan(images, 7)):
        place = folder / case.split / classes[int(case.pneumonia)]
        place.mkdir(parents=True, exist_ok=True)
        patient = int("".join(filter(str.isdigit, case.patient)))
        Image.fromarray(draw(case, side)).save(place / f"person{patient}_virus_{number}.png")
    return folder


@pytest.fixture(scope="session")
def shared() -> Path:
    """The real X-rays and odd files beside the project."""
    assert SHARED.is_dir(), f"{SHARED} is needed: the tests read real X-rays there"
    return SHARED


@pytest.fixture(scope="session")
def class_folders(tmp_path_factory) -> Path:
    """160 small phantoms in class folders."""
    return write_class_folders(tmp_path_factory.mktemp("data") / "small chests")


SETTINGS = {
    "cnn": {"image_size": 32, "filters": 8, "blocks": 2, "max_epochs": 3, "batch_size": 16},
    "transfer": {"image_size": 64, "max_epochs": 3, "batch_size": 16},
    "svm": {"image_size": 64},
    "forest": {"n_estimators": 40},
}


@pytest.fixture(scope="session")
def trained(tmp_path_factory, class_folders) -> dict[str, Run]:
    """A store with one small run of each family; the forest reads the CNN's features."""
    root = tmp_path_factory.mktemp("store")
    dataset = registry.load(str(class_folders), root)
    runs = {}
    for family, settings in SETTINGS.items():
        extra = {"features": "run:cnn-small"} if family == "forest" else {}
        recipe = fitting_recipe(root, dataset, family, settings | extra)
        train_run(root, f"{family}-small", str(class_folders), recipe, Silence())
        runs[family] = Store(root).get(f"{family}-small")
    return runs


@pytest.fixture
def store(trained) -> Store:
    """The store of `trained`."""
    return Store(next(iter(trained.values())).folder.parents[1])


@pytest.fixture
def copy(store, tmp_path) -> Store:
    """A store of a test's own, which it may change, without what other tests have kept."""
    shutil.copytree(store.root, tmp_path / "copy", ignore=shutil.ignore_patterns("familiarity", "features", "estimates"))
    return Store(tmp_path / "copy")


@pytest.fixture
def rng() -> np.random.Generator:
    """Random numbers that are the same each time."""
    return np.random.default_rng(0)
