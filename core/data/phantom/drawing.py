"""The phantom: synthetic chest radiographs, made here, so that Cutpoint has data without a download.

`core.data.phantom.plan` says who has what; `draw` makes one image of it, alone, in any order and in any process, with the same bytes on
every machine. Nothing drawn here comes from a patient, and no figure reached on it says anything about patients.
"""

from dataclasses import dataclass

import numpy as np

from core.data.phantom.plan import PhantomCase, plan
from core.data.radiograph.chance import Chance
from core.data.radiograph.fields import Frame, frame
from core.data.radiograph.film import expose, random_film, random_view
from core.data.radiograph.findings import FINDINGS, Finding
from core.data.radiograph.patient import Anatomy, Moment, outline, random_anatomy, random_moment
from core.data.radiograph.stage import Grade, Stage
from core.data.radiograph.tissue import LUNG_AIR, chest
from core.errors import DataError

__all__ = ["SIZES", "VERSION", "PhantomCase", "Trace", "draw", "plan", "traces"]

VERSION = 2  # of the pixels: raised when the same case would be drawn with other bytes
SIZES = (32, 1024)

# Streams of random numbers: an image is the same with and without a finding, but for the finding.
_PATIENT, _IMAGE, _FINDING = range(3)
_NUMBER = {name: number for number, name in enumerate(sorted(FINDINGS))}


@dataclass(frozen=True)
class Trace:
    """Where a finding, or one part of it, was painted: `mask` is 0 where it was not, float32 (size, size)."""

    finding: str
    mask: np.ndarray


def draw(case: PhantomCase, size: int) -> np.ndarray:
    """The image of a case: uint8 (size, size), bones white. The same bytes each time. Raises DataError outside sizes 32 to 1024."""
    patient = _sitting(case, size)
    stage, _ = _painted(patient)
    attenuation = stage.chest.tissue
    attenuation += stage.chest.air * (stage.chest.vessels - LUNG_AIR)
    return expose(random_film(patient.chance, case.hospital, case.view), attenuation, patient.ground, patient.chance)


def traces(case: PhantomCase, size: int) -> tuple[Trace, ...]:
    """Where the findings of an image are; a finding that has parts, or lies in both lungs, leaves a trace for each."""
    stage, painted = _painted(_sitting(case, size))
    return tuple(trace for name, masks in painted for trace in _parted(name, masks, stage.ground))


@dataclass(frozen=True)
class _Sitting:
    """A patient with all findings before the film, and the random numbers of the image from here on."""

    ground: Frame
    anatomy: Anatomy
    moment: Moment
    findings: tuple[tuple[str, Finding, Grade], ...]
    chance: Chance


def _sitting(case: PhantomCase, size: int) -> _Sitting:
    if not SIZES[0] <= size <= SIZES[1]:
        raise DataError(f"size is {size} pixels", f"it must lie between {SIZES[0]} and {SIZES[1]}")
    seed, patient, visit = case.seed
    anatomy, chance = random_anatomy(Chance(_PATIENT, seed, patient), case.sex, case.age), Chance(_IMAGE, seed, patient, visit)
    view, moment, side = random_view(chance), random_moment(chance, case.view), chance.sign()
    findings = _graded(case, side)
    for _, finding, grade in findings:
        if finding.reshape:
            anatomy, moment = finding.reshape(anatomy, moment, grade)
    return _Sitting(frame(view, size), anatomy, moment, findings, chance)


def _graded(case: PhantomCase, side: float) -> tuple[tuple[str, Finding, Grade], ...]:
    """The findings of a case in the order of painting. Those of one image keep mostly to one side."""
    seed, patient, visit = case.seed
    visible, graded = dict(case.findings), []
    for name, finding in FINDINGS.items():
        if name in visible:
            chance = Chance(_FINDING, seed, patient, 0 if finding.lasting else visit, _NUMBER[name])
            own = chance.sign() if finding.lasting else side if chance.happens(0.75) else -side
            graded.append((name, finding, Grade(visible[name], own, chance)))
    return tuple(graded)


def _painted(patient: _Sitting) -> tuple[Stage, list[tuple[str, list[np.ndarray]]]]:
    """The chest with its findings, and the traces of each."""
    borders = outline(patient.anatomy, patient.moment)
    body = chest(patient.anatomy, patient.moment, borders, patient.ground, patient.chance)
    stage = Stage(patient.ground, patient.anatomy, patient.moment, borders, body, body.air.copy())
    return stage, [(name, finding.paint(stage, grade)) for name, finding, grade in patient.findings]


def _parted(name: str, masks: list[np.ndarray], ground: Frame) -> list[Trace]:
    if FINDINGS[name].both_lungs:
        masks = [mask * half for mask in masks for half in (ground.u < 0, ground.u >= 0)]
    strongest = max(float(mask.max()) for mask in masks)
    return [Trace(name, mask) for mask in masks if mask.max() > 0.3 * strongest]
