"""Many pictures: each is answered as it would be alone, in order; faults are told and nothing stops for them."""

import io
import json
import zipfile
from contextlib import closing

import numpy as np
import pytest
from PIL import Image

from core.inference import sources
from core.inference.familiarity import familiarity
from core.inference.many import BATCH, Asker, answer_many
from core.inference.predictor import Predictor
from core.inference.row_table import FAULT, FILE, RUN, VERDICT, answer_table
from core.inference.sources import Source
from tests.other_pictures import hand


@pytest.fixture(scope="module")
def predictors(trained):
    from core.runs.store import Store

    store = Store(next(iter(trained.values())).folder.parents[1])
    return {family: Predictor(store, run) for family, run in trained.items()}


def asked(predictors, found, families=("cnn", "transfer", "svm", "forest")) -> list:
    return list(answer_many([Asker(predictors[family]) for family in families], found))


def test_each_picture_scores_as_in_the_test_predictions_of_every_run(predictors, trained, store, class_folders):
    names = store.predictions(trained["cnn"], "test").image_ids
    rows = asked(predictors, sources.of_paths([class_folders / name for name in names]))
    assert [row.file for row in rows] == [str(class_folders / name) for name in names]
    for run in trained.values():
        stored, label = store.predictions(run, "test"), run.data.labels[0]
        found = np.array([row.answers[run.run_id].scores[label] for row in rows])
        assert np.abs(found - stored.y_score[:, 0]).max() <= 1e-5


def test_more_than_a_batch_with_faults_between_keeps_its_order(predictors, class_folders):
    good = sorted((class_folders / "test").rglob("*.png"))[0].read_bytes()
    data = [b"" if number % 7 == 3 else b"GIF89a" if number % 11 == 5 else good for number in range(2 * BATCH + 9)]
    rows = asked(predictors, (Source(str(number), lambda one=one: one) for number, one in enumerate(data)), ("cnn",))
    assert [row.file for row in rows] == list(map(str, range(len(data))))
    assert [row.reason is None for row in rows] == [one is good for one in data]
    assert len({row.digest for row in rows if row.reason is None}) == 1


def test_only_faults_and_nothing_at_all_are_fine(predictors):
    assert [row.reason for row in asked(predictors, [Source("a", lambda: b"")], ("svm",))] == [
        "the file is empty. Copy or download it again."
    ]
    assert asked(predictors, [], ("svm",)) == []


def test_every_odd_file_comes_out_as_expected(predictors, shared):
    folder = shared / "badinputs"
    expected = json.loads((folder / "expected.json").read_text())
    for name, wanted in expected.items():
        for found in (
            sources.of_paths([folder / "files" / name]),
            sources.of_uploads([(name, io.BytesIO((folder / "files" / name).read_bytes()))]),
        ):
            rows = asked(predictors, found, ("cnn",))
            assert all(row.reason for row in rows) == (wanted["expect"] == "refuse"), name
            assert all("\n" not in row.reason for row in rows if row.reason)


def test_a_zip_of_all_odd_files_is_answered_as_they_are_alone(predictors, shared, tmp_path):
    files = sorted(path for path in (shared / "badinputs/files").iterdir() if path.suffix not in (".zip", ".txt"))
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for path in files:
            archive.write(path, f"in/{path.name}")
    alone, packed = (asked(predictors, sources.of_paths(some), ("cnn",)) for some in (files, [tmp_path / "all.zip"]))
    assert [row.file for row in packed] == [f"all.zip/in/{path.name}" for path in files]
    assert [row.reason or row.digest for row in packed] == [row.reason or row.digest for row in alone]


def test_a_damaged_file_in_a_zip_stops_no_other(predictors, class_folders, tmp_path):
    pictures = sorted((class_folders / "test").rglob("*.png"))[:3]
    with zipfile.ZipFile(tmp_path / "some.zip", "w", zipfile.ZIP_STORED) as archive:
        for path in pictures:
            archive.write(path, path.name)
        archive.writestr("labels.csv", "a,b\n1,2\n")
    data = bytearray((tmp_path / "some.zip").read_bytes())
    data[data.index(pictures[1].read_bytes()) + 200] ^= 1
    rows = asked(predictors, sources.of_uploads([("some.zip", io.BytesIO(bytes(data)))]), ("cnn",))
    assert [row.reason is None for row in rows] == [True, False, True] and "cannot be unpacked" in rows[1].reason
    assert sources.count([("some.zip", io.BytesIO(bytes(data))), ("a.png", io.BytesIO(b"x"))]) == 4


def test_a_folder_is_read_with_all_in_it(predictors, class_folders):
    rows = asked(predictors, sources.of_paths([class_folders / "test"]), ("cnn",))
    assert len(rows) == len(list((class_folders / "test").rglob("*.png"))) and all(row.reason is None for row in rows)


def test_a_zip_under_another_name_is_no_picture_and_a_picture_called_zip_is_one():
    assert not sources.is_archive("a.png", b"PK\3\4") and sources.is_archive("A.ZIP", b"PK\3\4")
    assert not sources.is_archive("a.zip", b"\x89PNG")


def test_a_stream_that_is_not_used_up_can_be_left(predictors, class_folders):
    opened, good = [], sorted((class_folders / "test").rglob("*.png"))[0].read_bytes()

    def endless():
        while True:
            opened.append(1)
            yield Source("x", lambda: good)

    with closing(answer_many([Asker(predictors["cnn"])], endless())) as rows:
        assert next(rows).reason is None
    assert len(opened) < 10 * BATCH


def test_a_far_picture_is_doubtful_to_the_run_that_finds_it_far(predictors, store, tmp_path):
    Image.fromarray(hand()).save(tmp_path / "hand.png")
    known = familiarity(predictors["svm"], store.root)
    (row,) = answer_many([Asker(predictors["svm"], known), Asker(predictors["cnn"])], sources.of_paths([tmp_path / "hand.png"]))
    answer = row.answers["svm-small"]
    assert row.distances["svm-small"].is_far and "cnn-small" not in row.distances
    assert any("farther from the training images" in text for text in answer.warnings) and answer.doubtful
    assert not any("farther" in text for text in row.answers["cnn-small"].warnings)
    withheld = answer.strict()
    assert withheld.withheld and withheld.scores == {} and withheld.warnings == answer.warnings


def test_the_table_has_a_line_for_each_picture_and_run_and_one_for_each_fault(predictors, trained, class_folders):
    good = sorted((class_folders / "test").rglob("*.png"))[:2]
    rows = asked(predictors, [*sources.of_paths(good), Source("bad", lambda: b"")], ("cnn", "svm"))
    runs = {run.run_id: run for run in trained.values()}
    table = answer_table(rows, runs, {run_id: run_id.upper() for run_id in runs}, is_strict=False)
    assert table[FILE].tolist() == [str(good[0])] * 2 + [str(good[1])] * 2 + ["bad"]
    assert table[RUN].tolist()[:2] == ["CNN-SMALL", "SVM-SMALL"] and table[FAULT].notna().tolist() == [False] * 4 + [True]
    label = runs["cnn-small"].data.labels[0]
    assert table[f"score {label}"].iloc[0] == rows[0].answers["cnn-small"].scores[label]
    assert set(table[VERDICT].dropna()) <= {*runs["cnn-small"].data.classes, label}
    strict = answer_table(rows, runs, {run_id: run_id for run_id in runs}, is_strict=True)
    doubtful = [answer.doubtful for row in rows for answer in row.answers.values()]
    assert (strict[VERDICT].iloc[:4] == "withheld").tolist() == doubtful
