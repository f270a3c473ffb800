"""The odd files, lying in a data set as they would at a user's: each is read or left out as expected, with its reason."""

import csv
import io
import json
import shutil

from core.data.cache.prepared import prepare
from core.data.inspection.cleaning import causes, write_csv
from core.data.layouts.folder import load_folder
from tests.conftest import write_class_folders


def test_odd_files_in_a_data_set_are_used_or_left_out_as_expected(shared, tmp_path):
    expected = json.loads((shared / "badinputs/expected.json").read_text())
    folder = write_class_folders(tmp_path / "odd", images=40)
    for name in expected:
        shutil.copy(shared / "badinputs/files" / name, folder / "train/NORMAL")
    dataset = prepare(load_folder(folder, tmp_path / "store"), 32, tmp_path / "store").dataset
    used, left_out = set(dataset.image_ids), {line.file: line for line in dataset.skipped}
    for name, what in expected.items():
        path = f"train/NORMAL/{name}"
        accepted = what["expect"] == "accept" and not name.endswith(".zip")  # an archive in a data set is no picture
        assert (path in used, path in left_out) == (accepted, not accepted), name
        assert accepted or len(left_out[path].reason) > 15
    assert len(dataset) == 40 + sum(what["expect"] == "accept" for name, what in expected.items() if not name.endswith(".zip"))
    assert {cause.kind: cause.count for cause in causes(dataset)}["unreadable picture"] == sum(
        what["expect"] == "refuse" for name, what in expected.items() if not name.endswith(".zip")
    )


def test_the_full_list_is_a_csv_that_no_spreadsheet_runs(tmp_path):
    folder = write_class_folders(tmp_path / "odd", images=40)
    (folder / "train/NORMAL/=cmd().txt").write_text("x")
    (folder / "=cmd(),'x'.doc").write_text("x")
    stream = io.StringIO()
    assert write_csv(load_folder(folder, tmp_path / "store"), stream) == 2
    stream.seek(0)
    assert [row[0] for row in csv.reader(stream)] == ["file", "'=cmd(),'x'.doc", "train/NORMAL/=cmd().txt"]
