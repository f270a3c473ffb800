"""The starter comparison: a CNN, a transfer-learned network, an SVM and a forest on the phantom, in two minutes on two cores."""

from pathlib import Path

from core.data import registry
from core.jobs.submission import Submission, fitting_recipe, submit
from core.limits import RUN_PREFIX

SOURCE = "phantom"
_CNN = {"image_size": 48, "blocks": 3, "filters": 16, "max_epochs": 8, "batch_size": 32, "flip": False, "rotate": 3}
_BACKBONE = {"image_size": 128}


def submit_starter(root: Path) -> list[Submission]:
    """Queue the four runs; those that were trained before are found, not trained again. The forest reads the CNN's features."""
    dataset = registry.load(SOURCE, root)

    def put(family: str, settings: dict) -> Submission:
        return submit(root, dataset, fitting_recipe(root, dataset, family, settings))

    cnn = put("cnn", _CNN)
    others = [("transfer", _BACKBONE), ("svm", _BACKBONE), ("forest", {"features": f"{RUN_PREFIX}{cnn.run_id}"})]
    return [cnn, *(put(family, settings) for family, settings in others)]
