"""The course competition that two of the reports are about."""

from core.published.published import Original

DATA = Original(
    name="Course competition 'Medical image multi-label'",
    task="multilabel",
    classes=("label1", "label2", "label3"),
    images={"train": 12_000, "val": 3_000, "test": 5_000},
    per_class={
        "train": {"label1": 5_564, "label2": 4_334, "label3": 2_720},
        "val": {"label1": 1_447, "label2": 1_153, "label3": 684},
    },
)
