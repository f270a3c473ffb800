"""What the lab, or the plain one, is sent of the label in view."""

from pages.components import cached, lab_data
from pages.components.lab_scene import Scene
from pages.components.line import Line

_STILL = ("roc_auc", "average_precision")


def of_label(scene: Scene, line: Line) -> dict:
    """Where the line stands, what is known of the label there and at all other places, and what does not depend on it."""
    key = (str(scene.root), scene.run.run_id, scene.split, scene.label, scene.calibrated)
    one, still = scene.predictions().of_label(scene.label), cached.still(*key, _STILL)
    return lab_data.limits_data(one, lambda thresholds: cached.limits(*key, thresholds), (line.frozen, line.place)) | {
        "key": " ".join(map(str, key[1:])), "classes": list(scene.classes), "threshold": line.place, "missed_costs": scene.missed_costs,
        "words": lab_data.words_data(scene.missed_costs), "still": lab_data.still_data(still),
    }  # fmt: skip
