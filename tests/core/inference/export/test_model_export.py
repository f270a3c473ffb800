"""An exported run says what the run says: for every family, by its own program, without Cutpoint, and in its own words."""

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from PIL import Image

from core.data import registry
from core.errors import StoreError
from core.evaluation.calibration import fit_temperature
from core.images.model_input import model_input
from core.inference.export.model_export import export_model
from core.inference.predictor import Predictor
from core.jobs.external_run import keep_external
from core.jobs.submission import fitting_recipe
from core.jobs.train_run import train_run
from core.runs.store import Store
from core.training.history import Silence
from tests.answers import answers_of

MORE = {
    "logistic": ("logistic", {"features": "run:cnn-small"}),
    "rbf svm": ("svm", {"features": "run:cnn-small", "kernel": "rbf", "pca": 4, "C": 100.0}),
    "lstm": ("lstm", {"image_size": 28, "hidden_size": 8, "max_epochs": 1, "flip_at_test": True}),
    "whole": ("transfer", {"image_size": 32, "trainable": "last", "max_epochs": 1, "flip_at_test": True, "aspect": "pad"}),
    "five views": ("cnn", {"image_size": 32, "filters": 4, "blocks": 2, "max_epochs": 1, "stretch_at_test": True}),
    "ten views": ("cnn", {"image_size": 24, "filters": 4, "blocks": 2, "max_epochs": 1, "flip_at_test": True, "stretch_at_test": True}),
    "ensemble": ("ensemble", {"members": "cnn-small,svm-small,transfer-small"}),
}  # fmt: skip
FAMILIES = ("cnn", "transfer", "svm", "forest", *MORE)
FORBIDDEN = ("torch", "timm", "sklearn", "scipy", "pandas", "skops", "streamlit", "onnx", "pydicom", "plotly")


class Shelf(dict):
    """Runs by name, in a store of their own; one that is not there yet is trained when it is first asked for."""

    def __init__(self, trained: dict, root: Path, source: Path):
        shutil.copytree(trained["cnn"].folder.parents[1], root)
        self.root, self.source = root, str(source)
        super().__init__({family: Store(root).get(run.run_id) for family, run in trained.items()})

    def __missing__(self, name: str):
        (family, settings), run_id = MORE[name], f"{name.replace(' ', '-')}-more"
        recipe = fitting_recipe(self.root, registry.load(self.source, self.root), family, settings)
        train_run(self.root, run_id, self.source, recipe, Silence())
        self[name] = Store(self.root).get(run_id)
        return self[name]


class Exports(dict):
    """Exports by the names of runs, each made when it is first asked for."""

    def __init__(self, shelf: Shelf):
        super().__init__()
        self.shelf = shelf

    def __missing__(self, name: str):
        self[name] = export_model(Store(self.shelf.root), self.shelf[name])
        return self[name]


@pytest.fixture(scope="module")
def shelf(trained, class_folders, tmp_path_factory) -> Shelf:
    """A run of every family."""
    return Shelf(trained, tmp_path_factory.mktemp("export") / "store", class_folders)


@pytest.fixture(scope="module")
def exports(shelf) -> Exports:
    """Each of them exported."""
    return Exports(shelf)


@pytest.mark.parametrize("name", FAMILIES)
def test_an_export_scores_every_test_image_as_the_run_did(name, shelf, exports, class_folders):
    run, export = shelf[name], exports[name]
    store = Store(shelf.root)
    stored, dataset = store.predictions(run, "test"), registry.load(str(class_folders), store.root)
    asked = onnxruntime.InferenceSession(export.files["model.onnx"])
    place = {image_id: row for row, image_id in enumerate(dataset.image_ids.tolist())}
    pictures = [dataset.reader.decoded(place[image_id]) for image_id in stored.image_ids.tolist()]
    pixels = {one["name"]: np.stack([model_input(picture, one["size"], one["aspect"]) for picture in pictures])
              for one in export.card["inputs"]}  # fmt: skip
    found = asked.run(None, pixels)[0]
    assert np.ptp(stored.y_score) > 1e-3 and np.abs(found - stored.y_score).max() <= 1e-4
    assert export.parity.beyond == 0 and export.parity.images == 32 and "stored scores of test images" in export.parity.against


def test_the_card_in_the_model_tells_labels_thresholds_rule_split_and_calibration(shelf, exports):
    run, export = shelf["cnn"], exports["cnn"]
    model = onnx.load_from_string(export.files["model.onnx"])
    card = json.loads({one.key: one.value for one in model.metadata_props}["cutpoint"])
    assert card == json.loads(export.files["model.json"]) and card["run_id"] == run.run_id and "not for diagnosis" in card["use"]
    assert card["labels"] == list(run.data.labels) and card["task"] == "binary"
    assert card["thresholds"] == dict(run.operating_point.thresholds) and (card["rule"], card["chosen_on"]) == ("0.5", "prespecified")
    assert [(one["size"], one["aspect"]) for one in card["inputs"]] == [(32, "squeeze")]
    fitted = fit_temperature(Store(shelf.root).predictions(run, "val"))
    assert card["calibration"]["temperatures"] == dict(fitted.values) and card["calibration"]["fitted_on"] == "val"
    shape = [one.dim_param or one.dim_value for one in model.graph.input[0].type.tensor_type.shape.dim]
    assert shape == ["images", 32, 32] and model.graph.input[0].type.tensor_type.elem_type == onnx.TensorProto.UINT8


@pytest.mark.parametrize(("name", "flip", "stretch", "words"), [
    ("cnn", False, False, "scaling and normalisation are inside\n"),
    ("lstm", True, False, "are inside; so is the mirrored view\n"),
    ("five views", False, True, "are inside; so are four wider and taller views\n"),
    ("ten views", True, True, "are inside; so are four wider and taller views, and all of them mirrored\n"),
])  # fmt: skip
def test_the_card_and_the_page_of_text_tell_in_which_views_a_picture_is_scored(name, flip, stretch, words, exports):
    export = exports[name]
    assert (export.card["flip_at_test"], export.card["stretch_at_test"]) == (flip, stretch)
    assert words in export.files["README.txt"].decode()


def run_program(folder: Path, *files, blocked: tuple = FORBIDDEN) -> list:
    """What predict.py prints, run from elsewhere, with nothing of this project on the path and other packages as if they were not there."""
    code = f"import runpy, sys\nfor one in {blocked!r}: sys.modules[one] = None\n"
    code += f"sys.argv = sys.argv[1:]\nsys.path.insert(0, {str(folder)!r})\n"
    code += "runpy.run_path(sys.argv[0], run_name='__main__')\n"
    code += (
        f"assert all(str(one.__file__).startswith({str(folder)!r}) for name, one in sys.modules.items() if name.split('.')[0] == 'core')"
    )
    words = [sys.executable, "-c", code, str(folder / "predict.py"), *map(str, files)]
    done = subprocess.run(words, cwd=folder.parent, env={"PATH": ""}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def pictures(class_folders, tmp_path_factory) -> list[Path]:
    """A PNG of the data, a large JPEG that is turned by its EXIF, 16 bits, colour with transparency, and what is no picture."""
    folder, drawn = tmp_path_factory.mktemp("pictures"), sorted((class_folders / "test").rglob("*.png"))[0]
    grey = Image.open(drawn)
    large = grey.resize((900, 1200), Image.Resampling.BICUBIC)
    exif = Image.Exif()
    exif[0x0112] = 6
    large.save(folder / "large.jpg", quality=80, exif=exif)
    Image.fromarray(np.asarray(grey).astype(np.uint16) * 16).save(folder / "deep.png")
    clear = grey.convert("RGBA")
    clear.putalpha(200)
    clear.save(folder / "clear.png")
    (folder / "text.png").write_text("no picture")
    return [drawn, *sorted(folder.iterdir())]


@pytest.mark.parametrize("name", ["cnn", "forest", "whole", "ensemble"])
def test_the_program_beside_a_model_answers_as_cutpoint_does_with_three_packages_alone(name, shelf, exports, pictures, tmp_path):
    exports[name].write(tmp_path / "out")
    answers = answers_of(Predictor(Store(shelf.root), shelf[name]), pictures)
    told = run_program(tmp_path / "out", *pictures)
    assert [one["accepted"] for one in told] == [one.accepted for one in answers] and not all(one.accepted for one in answers)
    for one, answer in zip(told, answers, strict=True):
        assert one["reason"] == answer.reason
        if answer.accepted:
            assert one["scores"] == pytest.approx(dict(answer.scores), abs=1e-4)
            assert one["thresholds"] == dict(answer.thresholds) and one["decisions"] == dict(answer.decisions)
            assert set(one["warnings"]) <= set(answer.warnings)


def test_prepared_pixels_are_answered_by_numpy_and_the_runtime_alone(exports, tmp_path, rng):
    exports["cnn"].write(tmp_path / "out")
    np.save(tmp_path / "two.npy", rng.integers(0, 256, (2, 32, 32), dtype=np.uint8))
    np.save(tmp_path / "wrong.npy", np.zeros((2, 32, 32), np.float32))
    (tmp_path / "broken.npy").write_bytes(b"")
    np.save(tmp_path / "pickled.npy", np.array([{}], dtype=object), allow_pickle=True)
    told = run_program(tmp_path / "out", *[tmp_path / f"{name}.npy" for name in ("two", "wrong", "broken", "pickled")],
                       blocked=(*FORBIDDEN, "PIL"))  # fmt: skip
    assert [one["accepted"] for one in told] == [True, True, False, False, False]
    assert "uint8 (images, 32, 32)" in told[2]["reason"]


def test_many_prepared_pixels_are_asked_in_parts_and_answered_as_all_at_once(exports, tmp_path, rng):
    export = exports["ten views"]
    export.write(tmp_path / "out")
    pixels = (rng.integers(0, 60, (19, 24, 24)) + 10 * np.arange(19)[:, None, None]).astype(np.uint8)  # one brighter than the other
    np.save(tmp_path / "many.npy", pixels)
    expected = onnxruntime.InferenceSession(export.files["model.onnx"]).run(None, {export.card["inputs"][0]["name"]: pixels})[0]
    told = run_program(tmp_path / "out", tmp_path / "many.npy", blocked=(*FORBIDDEN, "PIL"))
    assert [list(one["scores"].values()) for one in told] == [pytest.approx(row.tolist(), abs=1e-5) for row in expected]
    assert np.ptp(expected) > 1e-3


def test_the_program_calibrates_as_the_fitted_temperature_does(shelf, exports, class_folders, tmp_path):
    run = shelf["cnn"]
    exports["cnn"].write(tmp_path / "out")
    store = Store(shelf.root)
    test = store.predictions(run, "test")
    expected = fit_temperature(store.predictions(run, "val")).applied(test)
    told = run_program(tmp_path / "out", *[class_folders / image_id for image_id in test.image_ids[:5]])
    label = run.data.labels[0]
    assert [one["calibrated"][label] for one in told] == pytest.approx(expected.y_score[:5, 0].tolist(), abs=1e-5)


def test_an_export_is_written_whole_as_a_folder_or_an_archive_and_over_nothing(exports, tmp_path):
    export = exports["cnn"]
    export.write(tmp_path / "out")
    export.write(tmp_path / "out.zip")
    export.write(tmp_path / "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        packed = {name: archive.read(name) for name in archive.namelist()}
    there = {f"cnn-small/{path.relative_to(tmp_path / 'out').as_posix()}": path.read_bytes()
             for path in (tmp_path / "out").rglob("*") if path.is_file()}  # fmt: skip
    assert packed == there and {"cnn-small/model.onnx", "cnn-small/predict.py", "cnn-small/README.txt", "cnn-small/parity.json"} <= set(
        there
    )
    with pytest.raises(StoreError, match="there already"):
        export.write(tmp_path / "out")
    readme = export.files["README.txt"].decode()
    assert "Not a medical device" in readme and "python predict.py" in readme and "PNEUMONIA" in readme


def test_without_its_data_an_export_is_held_against_the_run_itself_on_drawn_images(trained, tmp_path):
    shutil.copytree(trained["svm"].folder, tmp_path / "runs" / "svm-small")
    run = Store(tmp_path).get("svm-small")
    file = run.folder / "run.json"
    file.write_text(file.read_text().replace(json.dumps(run.data.source), json.dumps(str(tmp_path / "gone"))))
    export = export_model(Store(tmp_path), Store(tmp_path).get("svm-small"))
    assert "drawn images" in export.parity.against and export.parity.beyond == 0 and export.parity.images > 10


def test_a_run_without_weights_is_refused_with_the_reason(trained, store, tmp_path):
    shutil.copytree(store.root, tmp_path / "copy")
    copy = Store(tmp_path / "copy")
    run = keep_external(copy.root, "from outside", {"test": store.predictions(trained["cnn"], "test")}, "0" * 64)
    with pytest.raises(StoreError, match="trained elsewhere"):
        export_model(copy, run)
