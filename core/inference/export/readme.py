"""The page of text that goes with an exported model."""

from core.inference.export.parity import Parity

_TEXT = """{title}: {description}
{use}

What it answers   {task}: {labels}
Trained on        {data}{synthetic}
Thresholds        {thresholds}
                  by the rule {rule}
Scores            {scores}
Calibration       {calibration}
Parity            {parity}

Ask it
    pip install numpy pillow onnxruntime
    python predict.py PICTURE [PICTURE ...]
prints JSON: scores, thresholds and verdicts. PNG, JPEG, TIFF, BMP, GIF and WEBP are read; DICOM too where pydicom is installed, with
pylibjpeg and pylibjpeg-openjpeg for its JPEG 2000. Pictures are decoded and scaled by the same files as in Cutpoint, which lie in core/.
What Cutpoint asks before it answers (is this a frontal chest X-ray?) is not here: look at the picture yourself.

Use model.onnx by itself
    inputs    {inputs}
              grey levels 0 to 255, bright = dense; scaling and normalisation are inside{views}
    output    scores, float32 (images, {count}), in the order of the labels above; decided by: {decision}
    opset     {opset}; any number of images at once
model.json, which is also in the model's metadata_props under "cutpoint", says all this for programs.
"""

_VIEWS = {  # by stretch_at_test and flip_at_test
    (False, False): "", (False, True): "; so is the mirrored view", (True, False): "; so are four wider and taller views",
    (True, True): "; so are four wider and taller views, and all of them mirrored",
}  # fmt: skip


def readme(card: dict, parity: Parity) -> str:
    """README.txt of a model, from what it says of itself."""
    inputs = ", ".join(f"{one['name']}: uint8 (images, {one['size']}, {one['size']}), {one['aspect']}" for one in card["inputs"])
    return _TEXT.format(
        title=card["title"], description=card["description"], use=card["use"], task=card["task"], labels=", ".join(card["labels"]),
        data=card["data"]["title"], synthetic=" (drawn pictures: it says nothing of real patients)" if card["data"]["synthetic"] else "",
        thresholds=", ".join(f"{label} {value:.4g}" for label, value in card["thresholds"].items()), rule=card["origin"],
        scores=card["scores"] or "no setting of its training keeps them from being probabilities",
        calibration=_calibration(card["calibration"]), parity=_parity(parity), inputs=inputs, count=len(card["labels"]),
        views=_VIEWS[card["stretch_at_test"], card["flip_at_test"]], decision=card["decision"], opset=card["opset"],
    )  # fmt: skip


def _calibration(told: dict) -> str:
    if "not_available" in told:
        return f"not available: {told['not_available']}"
    values = ", ".join(f"{label} {value:.3g}" for label, value in told["temperatures"].items())
    return f"temperature {values}, fitted on {told['images']} validation images; predict.py tells the calibrated scores beside the others"


def _parity(parity: Parity) -> str:
    return f"largest difference {parity.largest:.2g} over {parity.images} images, against {parity.against}; {parity.beyond} beyond 1e-4"
