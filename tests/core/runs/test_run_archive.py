"""A run goes into a ZIP and comes out of it the same; whatever else is in a ZIP is refused in one line and leaves nothing."""

import hashlib
import io
import json
import pickle
import re
import shutil
import stat
import zipfile

import numpy as np
import pytest
import skops.io
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.neighbors import KNeighborsClassifier

from core.data import registry
from core.errors import StoreError
from core.evaluation.thresholds import OperatingPoint
from core.inference.predictor import Predictor
from core.jobs.external_run import keep_external
from core.jobs.submission import fitting_recipe
from core.jobs.train_run import train_run
from core.runs.files import write_manifest
from core.runs.operating import choose_point, freeze
from core.runs.run_archive import ARRIVALS, pack, take_in, take_in_file
from core.runs.store import Store
from core.training.history import Silence
from tests.answers import answers_of


@pytest.fixture(scope="module")
def ensemble(trained, class_folders, tmp_path_factory):
    """An ensemble of a CNN and an SVM, in a store of its own."""
    root = tmp_path_factory.mktemp("members") / "store"
    shutil.copytree(trained["cnn"].folder.parents[1], root)
    dataset = registry.load(str(class_folders), root)
    recipe = fitting_recipe(root, dataset, "ensemble", {"members": "cnn-small,svm-small"})
    train_run(root, "mean-of-two", str(class_folders), recipe, Silence())
    return Store(root).get("mean-of-two")


@pytest.fixture(scope="module")
def packed(trained, tmp_path_factory):
    """The CNN's run as a ZIP file."""
    run = trained["cnn"]
    out = tmp_path_factory.mktemp("packed") / "cnn.zip"
    pack(Store(run.folder.parents[1]), run, out)
    return out


def left(root) -> list[str]:
    """What stands in a store but the folders themselves."""
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()) if root.exists() else []


def refused(root, file, match: str) -> None:
    """The file is refused in one line, and nothing of it is left."""
    before = left(root)
    with pytest.raises(StoreError, match=match) as error:
        take_in_file(Store(root), file)
    assert "\n" not in str(error.value) and len(str(error.value)) < 600
    assert left(root) == before and not list((root / ARRIVALS).glob("*"))


@pytest.mark.parametrize("family", ["cnn", "transfer", "svm", "forest"])
def test_a_run_comes_out_as_it_went_in_and_answers_the_same(family, trained, store, class_folders, tmp_path):
    run = trained[family]
    pack(store, run, tmp_path / "run.zip")
    arrived = take_in_file(Store(tmp_path / "there"), tmp_path / "run.zip")
    there = Store(tmp_path / "there")
    brought = there.get(run.run_id)
    assert arrived.is_new and arrived.run == brought and (brought.recipe, brought.data) == (run.recipe, run.data)
    for path in run.folder.iterdir():
        assert path.is_dir() or path.read_bytes() == (brought.folder / path.name).read_bytes()
    picture = sorted((class_folders / "test").rglob("*.png"))[0]
    answers = [answers_of(Predictor(one, one.get(run.run_id)), [picture])[0] for one in (store, there)]
    assert answers[0].scores == answers[1].scores
    if family == "forest":
        assert any("cnn-small" in note for note in arrived.notes)  # whose network came along, though the run did not
    assert not take_in_file(there, tmp_path / "run.zip").is_new and [one.run_id for one in there.runs()] == [run.run_id]


def test_an_ensemble_brings_its_members(ensemble, class_folders, tmp_path):
    pack(Store(ensemble.folder.parents[1]), ensemble, tmp_path / "run.zip")
    take_in_file(Store(tmp_path / "there"), tmp_path / "run.zip")
    picture = sorted((class_folders / "test").rglob("*.png"))[0]
    answers = [answers_of(Predictor(one, one.get("mean-of-two")), [picture])[0]
               for one in (Store(ensemble.folder.parents[1]), Store(tmp_path / "there"))]  # fmt: skip
    assert answers[0].scores == answers[1].scores


def test_scores_without_a_model_travel_too(trained, store, tmp_path):
    splits = {split: store.predictions(trained["cnn"], split) for split in ("val", "test")}
    run = keep_external(tmp_path / "here", "My net", splits, "ab" * 32)
    pack(Store(tmp_path / "here"), run, tmp_path / "run.zip")
    assert take_in_file(Store(tmp_path / "there"), tmp_path / "run.zip").run.title == "My net"


def test_what_was_counted_or_scored_beside_a_run_stays_at_home(trained, store, tmp_path):
    shutil.copytree(store.root, tmp_path / "copy")
    copy = Store(tmp_path / "copy")
    run = copy.get("cnn-small")
    (run.folder / "latency.json").write_text("{}")
    names = pack(copy, run, tmp_path / "run.zip")
    with zipfile.ZipFile(tmp_path / "run.zip") as archive:
        assert sorted(archive.namelist()) == sorted(f"cnn-small/{name}" for name in names) and "latency.json" not in names


def test_an_upload_is_taken_in_and_its_copy_removed(packed, tmp_path):
    assert take_in(Store(tmp_path), io.BytesIO(packed.read_bytes())).run.run_id == "cnn-small"
    assert not list((tmp_path / ARRIVALS).iterdir())


def test_a_changed_operating_point_comes_along_with_its_metrics_counted_anew(trained, store, tmp_path):
    shutil.copytree(store.root, tmp_path / "copy")
    copy = Store(tmp_path / "copy")
    run = copy.get("cnn-small")
    point = json.loads((run.folder / "operating_point.json").read_text())
    expected = dict(point["metrics"])
    point["metrics"] = dict.fromkeys(point["metrics"], 1.0)
    (run.folder / "operating_point.json").write_text(json.dumps(point))
    pack(copy, copy.get("cnn-small"), tmp_path / "run.zip")
    assert take_in_file(Store(tmp_path / "there"), tmp_path / "run.zip").run.metrics == pytest.approx(expected)


@pytest.mark.parametrize("rule", ["0.3", "youden", "sensitivity=0.95", "specificity=0.9", "flagged=0.3", "cost=3", "prevalence", "hand"])
def test_a_frozen_point_travels_and_another_under_its_rule_is_refused(rule, store, tmp_path):
    shutil.copytree(store.root, tmp_path / "copy")
    copy = Store(tmp_path / "copy")
    run = copy.get("cnn-small")
    by_hand = OperatingPoint(rule, "val", {"PNEUMONIA": 0.123})
    frozen = freeze(copy, run, by_hand if rule == "hand" else choose_point(copy, run, rule))
    pack(copy, frozen, tmp_path / "run.zip")
    assert take_in_file(Store(tmp_path / "there"), tmp_path / "run.zip").run.operating_point == frozen.operating_point
    if rule != "hand":
        moved = frozen.operating_point.thresholds["PNEUMONIA"] + 1e-4
        repacked(tmp_path / "run.zip", tmp_path / "bad.zip", decides_by(moved))
        refused(tmp_path / "elsewhere", tmp_path / "bad.zip", f"by the rule {re.escape(frozen.operating_point.rule)}.*the rule gives")


def test_another_run_of_the_same_id_is_not_replaced(packed, trained, store, tmp_path):
    shutil.copytree(store.root, tmp_path / "there")
    folder = tmp_path / "there/runs/cnn-small"
    history = json.loads((folder / "history.json").read_text())
    (folder / "history.json").write_text(json.dumps(history[:1]))
    (folder / "manifest.json").unlink()
    point = (folder / "operating_point.json").read_text()
    (folder / "operating_point.json").unlink()
    write_manifest(folder)
    (folder / "operating_point.json").write_text(point)
    refused(tmp_path / "there", packed, "there is another run cnn-small here")
    assert len(Store(tmp_path / "there").history(Store(tmp_path / "there").get("cnn-small"))) == 1


def repacked(packed, out, change=lambda files: None, manifest: bool = True) -> None:
    """The ZIP with its files changed, and its manifest made to fit them again."""
    with zipfile.ZipFile(packed) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    if manifest:
        home = next(name.split("/")[0] for name in files)
        inside = {name.split("/", 1)[1]: data for name, data in files.items()}
        noted = {name: data for name, data in inside.items() if name not in ("manifest.json", "operating_point.json")}
        files[f"{home}/manifest.json"] = json.dumps({name: hashlib.sha256(data).hexdigest() for name, data in noted.items()}).encode()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)


def edited(files: dict, name: str, change) -> None:
    """One JSON file of the run changed."""
    document = json.loads(files[f"cnn-small/{name}"])
    change(document)
    files[f"cnn-small/{name}"] = json.dumps(document).encode()


@pytest.mark.parametrize("name", ["../evil.json", "cnn-small/../../evil", "/etc/evil", "C:/evil", "cnn-small\\evil", "cnn-small/x.pkl",
                                  "cnn-small/weights.pt", "cnn-small/members/../run.json", "cnn-small/members/a/b/run.json",
                                  "cnn-small/sub/weights.safetensors", "other/run.json", "cnn-small/inner.zip", "run.json"])  # fmt: skip
def test_a_file_that_no_run_has_is_refused(name, packed, tmp_path):
    repacked(packed, tmp_path / "bad.zip", lambda files: files.update({name: b"{}"}), manifest=False)
    refused(tmp_path / "there", tmp_path / "bad.zip", "bad.zip|no file of a run")


@pytest.mark.parametrize("run_id", ["..", "../x", ".", "a b", "Cnn", "a" * 81, "-x", "x/y"])
def test_a_folder_that_is_no_id_is_refused(run_id, packed, tmp_path):
    with zipfile.ZipFile(packed) as archive, zipfile.ZipFile(tmp_path / "bad.zip", "w") as bad:
        for name in archive.namelist():
            bad.writestr(name.replace("cnn-small", run_id), archive.read(name))
    refused(tmp_path / "there", tmp_path / "bad.zip", "bad.zip|no file of a run")


def test_links_are_refused(packed, tmp_path):
    with zipfile.ZipFile(packed) as archive, zipfile.ZipFile(tmp_path / "bad.zip", "w") as bad:
        for name in archive.namelist():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = (stat.S_IFLNK | 0o777) << 16 if name.endswith("weights.safetensors") else 0
            bad.writestr(entry, b"/etc/passwd" if entry.external_attr else archive.read(name))
    refused(tmp_path / "there", tmp_path / "bad.zip", "link")


def says(**facts):
    """The run says other facts of itself."""
    return lambda files: edited(files, "run.json", lambda run: run.update(facts))


def says_of_data(**facts):
    """The run says other facts of its data."""
    return lambda files: edited(files, "run.json", lambda run: run["data"].update(facts))


def decides_by(threshold):
    """The run has another threshold."""
    return lambda files: edited(files, "operating_point.json", lambda point: point.update(thresholds={"PNEUMONIA": threshold}))


def holds(name: str, data: bytes):
    """A file of the run is another."""
    return lambda files: files.update({f"cnn-small/{name}": data})


def lacks(name: str):
    """A file of the run is not there."""
    return lambda files: files.pop(f"cnn-small/{name}")


def has_other_labels(files: dict) -> None:
    """The run says that it has a label that its scores do not have."""
    says_of_data(labels=["Other"])(files)
    edited(files, "operating_point.json", lambda point: point.update(thresholds={"Other": 0.5}))


UNFIT = {
    "no manifest": (lacks("manifest.json"), "manifest"),
    "a file more": (holds("head.skops", b"x"), "not in the manifest"),
    "a file less": (lacks("weights.safetensors"), "missing"),
    "other bytes": (holds("history.json", b"[]"), "history.json of cnn-small is changed"),
}
WRONG = {
    "no weights": (lacks("weights.safetensors"), "weights.safetensors of cnn-small is missing"),
    "no scores": (lacks("predictions-val.npz"), "missing"),
    "a pickle as weights": (holds("weights.safetensors", pickle.dumps({"a": 1})), "weights.safetensors"),
    "a pickle as scores": (holds("predictions-val.npz", pickle.dumps([1])), "predictions-val"),
    "an id of another": (says(run_id="../x"), "says that it is run"),
    "a format to come": (says(format_version=99), "format 99"),
    "a setting beyond its limit": (says(recipe={"family": "cnn", "settings": {"blocks": 999}}), "damaged|blocks"),
    "a family that is none": (says(recipe={"family": "evil", "settings": {}}), "damaged"),
    "a task that is none": (says_of_data(task="evil"), "not as Cutpoint"),
    "other labels": (has_other_labels, "other labels"),
    "more images than scores": (says_of_data(images={"train": 96, "val": 24, "test": 9}), "other labels or images"),
    "images that are none": (says_of_data(images={"test": "many"}), "not as Cutpoint"),
    "a threshold beyond 1": (decides_by(7), "threshold"),
    "a threshold that is none": (decides_by("a"), "cnn-small"),
    "a history that is none": (holds("history.json", b'[{"evil": 1}]'), "not as Cutpoint"),
    "no JSON": (holds("run.json", b"{"), "run.json"),
    "JSON without end": (holds("run.json", b"[" * 100_000), "run.json|damaged"),
    "a title that fetches": (says_of_data(title="![x](//e.x/a.png)"), "links, markup"),
    "a name with markup": (says_of_data(name="<img src=x>"), "links, markup"),
    "a device with a link": (says(device="see https://e.x"), "links, markup"),
    "a hidden turn of the text": (says_of_data(title="a\u202eb"), "markup"),
    "nan for seconds": (says(seconds=float("nan")), "is damaged"),
}


@pytest.mark.parametrize("what", UNFIT)
def test_files_that_do_not_fit_the_manifest_are_refused(what, packed, tmp_path):
    change, match = UNFIT[what]
    repacked(packed, tmp_path / "bad.zip", change, manifest=False)
    refused(tmp_path / "there", tmp_path / "bad.zip", match)


@pytest.mark.parametrize("what", WRONG)
def test_a_run_that_is_not_whole_or_not_as_written_is_refused(what, packed, tmp_path):
    change, match = WRONG[what]
    repacked(packed, tmp_path / "bad.zip", change)
    refused(tmp_path / "there", tmp_path / "bad.zip", match)


def test_an_image_name_that_fetches_is_refused(trained, store, packed, tmp_path):
    run = trained["cnn"]
    scores = store.predictions(run, "val")
    scores.image_ids[0] = "![](http://e.x/a.png)"
    scores.save(tmp_path / "predictions-val.npz")
    data = (tmp_path / "predictions-val.npz").read_bytes()
    repacked(packed, tmp_path / "bad.zip", lambda files: files.update({"cnn-small/predictions-val.npz": data}))
    refused(tmp_path / "there", tmp_path / "bad.zip", "links, markup")


def test_a_head_of_a_type_that_is_not_ours_is_refused_unread(trained, store, tmp_path):
    pack(store, trained["svm"], tmp_path / "svm.zip")
    other = skops.io.dumps(KNeighborsClassifier(1).fit(np.eye(2), [0, 1]))
    repacked(tmp_path / "svm.zip", tmp_path / "bad.zip", lambda files: files.update({"svm-small/head.skops": other}))
    refused(tmp_path / "there", tmp_path / "bad.zip", "KNeighborsClassifier")


def test_a_member_that_is_missing_is_named(ensemble, tmp_path):
    pack(Store(ensemble.folder.parents[1]), ensemble, tmp_path / "run.zip")

    def without_svm(files):
        for name in [name for name in files if "/svm-small/" in name]:
            del files[name]

    repacked(tmp_path / "run.zip", tmp_path / "bad.zip", without_svm)
    refused(tmp_path / "there", tmp_path / "bad.zip", "member svm-small")


@pytest.mark.parametrize("data", [b"", b"PK\x05\x06", b"no archive", b"PK\x03\x04" + bytes(100)])
def test_what_is_no_archive_is_refused(data, tmp_path):
    (tmp_path / "bad.zip").write_bytes(data)
    refused(tmp_path / "there", tmp_path / "bad.zip", "bad.zip")


def test_an_archive_that_blows_up_is_refused(packed, tmp_path):
    with zipfile.ZipFile(packed) as archive, zipfile.ZipFile(tmp_path / "bad.zip", "w", zipfile.ZIP_DEFLATED) as bad:
        for name in archive.namelist():
            bad.writestr(name, bytes(50_000_000) if name.endswith("weights.safetensors") else archive.read(name))
    refused(tmp_path / "there", tmp_path / "bad.zip", "times its size")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_no_flipped_bit_is_taken_for_the_run(place, bit, packed, tmp_path):
    data = bytearray(packed.read_bytes())
    data[int(place * len(data))] ^= 1 << bit
    (tmp_path / "bad.zip").write_bytes(data)
    root = tmp_path / "there"
    try:
        arrived = take_in_file(Store(root), tmp_path / "bad.zip")
    except StoreError as error:
        assert "\n" not in str(error) and not left(root)
    else:  # a bit that says nothing of a file: its date, its rights, how it was packed
        with zipfile.ZipFile(packed) as archive:
            for name in archive.namelist():
                if not name.endswith("operating_point.json"):
                    assert (arrived.run.folder / name.split("/")[1]).read_bytes() == archive.read(name)
        shutil.rmtree(root)


def test_packing_notices_a_file_that_changed_and_writes_nothing(trained, store, tmp_path):
    shutil.copytree(store.root, tmp_path / "copy")
    copy = Store(tmp_path / "copy")
    run = copy.get("cnn-small")
    with (run.folder / "weights.safetensors").open("ab") as stream:
        stream.write(b"x")
    with pytest.raises(StoreError, match="changed"):
        pack(copy, run, tmp_path / "run.zip")
    with pytest.raises(StoreError, match="ZIP"):
        pack(copy, run, tmp_path / "run.tar")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy"]
