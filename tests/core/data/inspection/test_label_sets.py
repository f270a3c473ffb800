"""Labels together are counted as plain counting counts them; NIH's table as published."""

from collections import Counter

import numpy as np
import pandas as pd

from core.data.inspection.label_sets import combinations, cooccurrence, labels_per_image


def test_all_counts_are_those_of_plain_counting(rng):
    y = (rng.random((500, 9)) < 0.2).astype(np.uint8)
    names = tuple("ABCDEFGHI")
    sets = [tuple(name for name, value in zip(names, row, strict=True) if value) for row in y]
    per_image = Counter(map(len, sets))
    assert labels_per_image(y).tolist() == [per_image[number] for number in range(max(per_image) + 1)]
    matrix = cooccurrence(y)
    assert all(matrix[i, j] == sum(a in one and b in one for one in sets) for i, a in enumerate(names) for j, b in enumerate(names))
    found = combinations(y, names)
    assert {one.labels: one.images for one in found} == Counter(sets)
    assert [one.images for one in found] == sorted(Counter(sets).values(), reverse=True) and combinations(y, names, 3) == found[:3]


def test_nih_is_counted_as_published(shared):
    told = pd.read_csv(shared / "data/nih/Data_Entry_2017.csv")["Finding Labels"]
    table = told.str.get_dummies("|").drop(columns="No Finding")
    y, names = table.to_numpy(np.uint8), tuple(table.columns)
    found = combinations(y, names)
    assert [(one.labels, one.images) for one in found[:3]] == [((), 60361), (("Infiltration",), 9547), (("Atelectasis",), 4215)]
    different = {frozenset(one.split("|")) for one in told}  # 801; the table writes some in two orders, 836 texts in all
    assert len(found) == len(different) == 801 and labels_per_image(y).sum() == 112_120
    assert cooccurrence(y)[names.index("Hernia"), names.index("Hernia")] == 227
