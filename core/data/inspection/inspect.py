"""Everything that is looked at before a data set is trained on: the audit with near copies, and shortcuts."""

from dataclasses import dataclass

import numpy as np

from core.data.cache.prepared import Prepared
from core.data.inspection.audit import Audit, audit
from core.data.inspection.near_copies import near_groups
from core.data.inspection.shortcuts import Shortcuts, shortcuts
from core.errors import DataError

SIZE = 64  # px of the thumbnails that are looked at


@dataclass(frozen=True)
class Inspection:
    """What was found. `no_near_copies` says why near copies could not be looked for; often empty."""

    audit: Audit
    shortcuts: Shortcuts
    no_near_copies: str = ""

    def as_dict(self) -> dict:
        """The counts of the audit, and a line per shortcut to warn of; plain enough for JSON."""
        return self.audit.as_dict() | {"shortcuts": [str(one) for one in self.shortcuts.warnings]}


def inspect(prepared: Prepared) -> Inspection:
    """Look at a data set that was prepared at SIZE."""
    thumbnails = thumbnails_of(prepared)
    try:
        near, why = near_groups(thumbnails), ""
    except DataError as error:
        near, why = None, str(error)
    return Inspection(audit(prepared.dataset, near), shortcuts(prepared.dataset, prepared.facts, thumbnails), why)


def thumbnails_of(prepared: Prepared) -> np.ndarray:
    """The pixels row by row, uint8 (n, SIZE, SIZE); not copied where every image could be read."""
    return prepared.pixels if len(prepared.index) == len(prepared.pixels) else prepared.of(np.arange(len(prepared.dataset)))[:]
