import pickle

import numpy as np
import pytest

from core.data.dataset import Box
from core.data.phantom import dataset as phantom_dataset
from core.data.phantom.dataset import CLASSES, DEFAULT_PHANTOM, PHANTOMS, PhantomSpec, is_phantom, load_phantom, make_phantom
from core.errors import DataError

MANY = "phantom:multilabel:images=600:size=64:seed=3"


@pytest.fixture(scope="module")
def many():
    return load_phantom(MANY)


def test_the_named_phantoms_are_what_they_were_and_two_more():
    assert DEFAULT_PHANTOM == "phantom" and CLASSES == ("normal", "pneumonia")
    tasks = {name: (spec.task, spec.size) for name, spec in PHANTOMS.items()}
    assert tasks == {
        "phantom": ("binary", 128), "phantom-64": ("binary", 64), "phantom-224": ("binary", 224),
        "phantom-4class": ("multiclass", 128), "phantom-14": ("multilabel", 128),
    }  # fmt: skip


@pytest.mark.parametrize("name", PHANTOMS)
def test_a_named_phantom_is_loaded_by_its_name(name):
    made = load_phantom(name)
    assert (made.name, made.source, made.synthetic, len(made)) == (name, name, True, PHANTOMS[name].images)
    assert made.labels == (made.classes[1:] if made.task == "binary" else made.classes)
    assert made.y.shape == (len(made), len(made.labels)) and made.y.dtype == np.uint8
    if made.task != "multilabel":
        assert set(made.class_index().tolist()) == set(range(len(made.classes)))


def test_labels_say_what_is_drawn(many):
    for row in range(40):
        labels = {name for name, here in zip(many.labels, many.y[row], strict=True) if here}
        image_id = str(many.image_ids[row])
        assert {box.label for box in many.boxes.get(image_id, ())} == labels


@pytest.mark.parametrize("name", ["phantom-64", "phantom:multiclass:images=80:size=64", MANY])
def test_boxes_lie_in_the_image_and_bear_labels_of_the_data_set(name):
    made = load_phantom(name)
    for image_id in list(made.boxes)[:25]:
        for box in made.boxes[image_id]:
            assert isinstance(box, Box) and box.label in made.labels and box.label != "normal"
            assert 0 <= box.left < box.left + box.width <= 1 and 0 <= box.top < box.top + box.height <= 1


def test_boxes_are_there_for_the_images_with_a_finding_and_for_no_other(many):
    ill = many.image_ids[many.y.any(axis=1)].tolist()
    assert list(many.boxes) == ill and len(many.boxes) == len(ill)
    assert ill[0] in many.boxes
    for strange in (many.image_ids[~many.y.any(axis=1)][0], "phantom-99999", "phantom-1", "x", "phantom-", 7):
        assert strange not in many.boxes
        with pytest.raises(KeyError):
            many.boxes[strange]


def test_loading_draws_nothing(monkeypatch):
    def refuse(*_):
        raise AssertionError("drawn")

    monkeypatch.setattr(phantom_dataset.phantom, "draw", refuse)
    monkeypatch.setattr(phantom_dataset.phantom, "traces", refuse)
    made = load_phantom("phantom:multilabel:images=20000:size=128")
    assert len(made.boxes) > 9000 and len(made.select(made.rows("val"))) == 3000


def test_reader_and_boxes_travel_to_other_processes_and_are_small(many):
    rows = np.array([5, 2, 9])
    parcel = pickle.dumps((many.select(rows).reader, many.boxes))
    assert len(parcel) < 2000
    reader, boxes = pickle.loads(parcel)
    assert all(np.array_equal(reader.read(index), many.reader.read(row)) for index, row in enumerate(rows))
    assert boxes[next(iter(boxes))] == many.boxes[next(iter(many.boxes))]


def test_metadata_are_columns_that_follow_a_selection(many):
    assert {name: column.dtype.kind for name, column in many.metadata.items()} == {"sex": "U", "age": "f", "view": "U", "hospital": "U"}
    assert all(len(column) == len(many) for column in many.metadata.values())
    part = many.select(many.rows("test"))
    assert set(part.metadata["view"]) == {"PA", "AP"} and len(part.metadata["age"]) == len(part)


SPECS = [
    PhantomSpec(20, 64), PhantomSpec(300, 128, 5, "multiclass", 0.1), PhantomSpec(100, 224, 7, "multilabel", 0.05, True),
    PhantomSpec(40, 32, 0, "multiclass", shifted=True), PhantomSpec(50, 32, 1, label_noise=1 / 3),
]  # fmt: skip


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.source)
def test_a_source_leads_back_to_the_same_data_set(spec):
    assert is_phantom(spec.source)
    made, again = make_phantom("mine", spec), load_phantom(make_phantom("mine", spec).source)
    assert (made.source, again.source, again.task, again.title) == (spec.source, spec.source, spec.task, spec.title)
    assert made.fingerprint == again.fingerprint
    assert np.array_equal(made.reader.read(3), again.reader.read(3))
    assert str(spec.size) in spec.title and "synthetic" in spec.title


def test_the_source_is_as_documented_and_may_be_shorter():
    spec = PhantomSpec(20000, 128, 0, "multilabel", 0.05, True)
    assert spec.source == "phantom:multilabel:images=20000:size=128:seed=0:noise=0.05:shifted"
    assert load_phantom("phantom:seed=4:size=64").source == "phantom:binary:images=2000:size=64:seed=4"


def test_settings_that_change_the_images_or_labels_change_the_fingerprint():
    base = "phantom:multiclass:images=100:size=64:seed=0"
    others = [base.replace(*change) for change in (("seed=0", "seed=1"), ("size=64", "size=32"), ("100", "101"))]
    sources = {base, *others, f"{base}:shifted", f"{base}:noise=0.1"}
    assert len({load_phantom(source).fingerprint for source in sources}) == 6


def test_is_phantom_takes_no_path():
    assert not any(is_phantom(source) for source in ("", "phantoms", "/data/phantom", "phantom-65", "pneumoniamnist", "phantom.npz"))


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("phantom:", "'' says nothing"), ("phantom:fourlabel", "'fourlabel' says nothing"), ("phantom:noise=much", "a number is"),
        ("phantom:images=few", "images is 'few'; a whole"), ("phantom:noise=nan", "between 0 and 0.4"), ("phantom:noise=0.5", "and 0.4"),
        ("phantom:size=16", "between 32 and 1024"), ("phantom:images=3", "at least 20"), ("phantom:seed=-1", "0 or more"),
        ("phantom:seed=1:seed=2", "twice"), ("phantom:binary:multilabel", "twice"), ("phantom:colour=3", "binary, multiclass, multilabel"),
        ("phantom:images=1e9", "whole number"), ("phantom:images=999999999", "at most"), ("ghost", "names no phantom"),
    ],
)  # fmt: skip
def test_a_source_that_says_nothing_is_refused_in_words(source, words):
    with pytest.raises(DataError, match=words):
        load_phantom(source)


@pytest.mark.parametrize("task", ["binary", "multiclass"])
def test_a_share_of_single_labels_is_wrong_in_train_and_val_and_none_in_test(task):
    clean, noisy = (load_phantom(f"phantom:{task}:images=1000:size=64:noise={noise}") for noise in (0, 0.1))
    wrong = (clean.y != noisy.y).any(axis=1)
    assert wrong.sum() == 75 and not wrong[clean.rows("test")].any()
    assert wrong[clean.rows("val")].any()
    if task == "multiclass":
        assert (noisy.y.sum(axis=1) == 1).all()
        assert len(set(noisy.class_index()[wrong].tolist())) == 4
    assert np.array_equal(clean.reader.read(0), noisy.reader.read(0))


def test_a_share_of_many_labels_moves_to_other_images_in_train_and_val():
    clean, noisy = (load_phantom(f"phantom:multilabel:images=20000:size=64:noise={noise}") for noise in (0, 0.2))
    assert np.array_equal(clean.y.sum(axis=0), noisy.y.sum(axis=0))
    test, rest = clean.splits == "test", clean.splits != "test"
    assert np.array_equal(clean.y[test], noisy.y[test])
    positives, lost = clean.y[rest].sum(axis=0), ((clean.y == 1) & (noisy.y == 0))[rest].sum(axis=0)
    assert np.abs(lost - 0.2 * positives).max() <= 0.5
    assert list(noisy.boxes) == list(clean.boxes)


def test_a_shifted_phantom_says_so():
    made = load_phantom("phantom:binary:images=200:size=64:shifted")
    assert set(made.metadata["hospital"][made.rows("test")]) == {"B"}
    assert set(made.metadata["hospital"][made.splits != "test"]) == {"A"}
    assert "hospital" in made.split_rule and "another hospital" in made.title
