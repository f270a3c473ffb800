"""Every finding that can be drawn, by its name: how it changes the chest, how it is painted, and where its traces lie."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from core.data.radiograph import interstitium, lesions, opacities, pleura, volume
from core.data.radiograph.patient import Anatomy, Moment
from core.data.radiograph.stage import Grade, Stage


@dataclass(frozen=True)
class Finding:
    """`paint` changes a stage and returns where it did, as masks of 0 or more, float32 (size, size), one for each thing to be boxed.

    `reshape` comes before, on the patient. `both_lungs` : its traces in the two lungs are boxed apart. `lasting` : it lies in the same
    place in all images of a patient. `everywhere` : it changes the chest beyond its traces.
    """

    paint: Callable[[Stage, Grade], list[np.ndarray]]
    reshape: Callable[[Anatomy, Moment, Grade], tuple[Anatomy, Moment]] | None = None
    both_lungs: bool = False
    lasting: bool = False

    @property
    def everywhere(self) -> bool:
        """Whether it changes the chest beyond its traces."""
        return self.reshape is not None


FINDINGS: Mapping[str, Finding] = {  # in the order in which they are painted
    "emphysema": Finding(volume.emphysema, volume.overinflate, both_lungs=True, lasting=True),
    "cardiomegaly": Finding(volume.cardiomegaly, volume.enlarge_heart, lasting=True),
    "fibrosis": Finding(interstitium.fibrosis, volume.shrink, both_lungs=True, lasting=True),
    "edema": Finding(interstitium.edema, interstitium.congest, both_lungs=True),
    "infiltration": Finding(opacities.infiltration, both_lungs=True),
    "pneumonia": Finding(opacities.pneumonia, both_lungs=True),
    "consolidation": Finding(opacities.consolidation),
    "atelectasis": Finding(volume.atelectasis, volume.raise_dome),
    "mass": Finding(lesions.mass, lasting=True),
    "nodule": Finding(lesions.nodule, lasting=True),
    "pneumothorax": Finding(pleura.pneumothorax),
    "effusion": Finding(pleura.effusion),
    "pleural_thickening": Finding(pleura.pleural_thickening, lasting=True),
    "hernia": Finding(lesions.hernia, lasting=True),
}
