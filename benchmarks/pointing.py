"""The pointing game on the phantom: is the map of a trained CNN highest where the finding was drawn, and how often would chance be right?

    .venv/bin/python benchmarks/pointing.py [--store FOLDER] [--most 300]

A CNN is trained on the phantom (2,000 images; 64 px, three blocks from 16 filters, 14 epochs: a few minutes on two cores), unless the store
has it already. Then the game is played on the boxed images of test, with Grad-CAM, and once more with weights drawn anew: a map that
does not hang on the weights would do as well there (Adebayo et al. 2018).
"""

import argparse
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from core.data import registry  # noqa: E402  (after the path is set)
from core.inference.pointing import play  # noqa: E402
from core.inference.predictor import Predictor  # noqa: E402
from core.jobs.submission import fitting_recipe  # noqa: E402
from core.jobs.train_run import train_run  # noqa: E402
from core.machine import this_machine  # noqa: E402
from core.runs.run import Run  # noqa: E402
from core.runs.store import Store, new_run_id  # noqa: E402
from core.training.history import Silence  # noqa: E402

SOURCE, BAR = "phantom", 0.6
SETTINGS = {
    "image_size": 64, "blocks": 3, "filters": 16, "convolutions": 2, "max_epochs": 14, "learning_rate": 0.003, "weight_decay": 0.01,
    "schedule": "one_cycle", "dropout": 0.1, "flip": False, "rotate": 3, "shift": 0.06, "zoom": 0.1, "contrast": 0.2, "brightness": 0.1,
}  # fmt: skip
UNTRAINED = SETTINGS | {"max_epochs": 1, "learning_rate": 1e-6, "seed": 1}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--store", type=Path)
    parser.add_argument("--most", type=int, default=300)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = Store(arguments.store or Path(folder))
        dataset = registry.load(SOURCE, store.root)
        print(f"{dataset.title}, {this_machine().title}")
        for name, settings in (("trained", SETTINGS), ("hardly trained", UNTRAINED)):
            game = play(Predictor(store, _run(store, dataset, settings)), dataset, most=arguments.most)
            hits, whole = game.whole.hits, game.whole
            print(f"{name}: {hits.value:.3f} ({hits.low:.3f} to {hits.high:.3f}) of {whole.turns} in the box, by chance {whole.chance:.3f}")
            print(f"    with a tolerance of 3 % of the side {whole.near.value:.3f}, by chance {whole.chance_near:.3f}; "
                  f"share of the map in the box {whole.inside.value if whole.inside else 0:.3f}")  # fmt: skip
            if name == "trained" and hits.value < BAR:
                sys.exit(f"below {BAR}")


def _run(store: Store, dataset, settings: dict) -> Run:
    recipe = fitting_recipe(store.root, dataset, "cnn", settings)
    known = [run for run in store.runs() if run.recipe.digest == recipe.digest]
    if known:
        return known[0]
    run_id = new_run_id(recipe)
    train_run(store.root, run_id, SOURCE, recipe, Silence())
    return store.get(run_id)


if __name__ == "__main__":
    main()
