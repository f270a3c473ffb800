"""Interrupted, killed, cut off or altered: decoded pixels are taken up where they were left, and never trusted unseen."""

import signal
import subprocess
import sys

import numpy as np
import psutil
import pytest

from core.data.cache.chunk import ROWS
from core.data.cache.prepared import FOLDER, prepare
from core.data.phantom.dataset import PhantomSpec, make_phantom
from core.data.registry import load
from tests.conftest import ROOT


class StopNowError(Exception):
    pass


@pytest.fixture(scope="module")
def whole(class_folders, tmp_path_factory) -> np.ndarray:
    """The pixels, decoded without interruption."""
    root = tmp_path_factory.mktemp("whole")
    return np.array(prepare(load(str(class_folders), root), 32, root).pixels)


def stopped(dataset, root, after: int) -> None:
    """Leave off once so many images are decoded."""

    def stop(done, total):
        if done >= after:
            raise StopNowError

    with pytest.raises(StopNowError):
        prepare(dataset, 32, root, stop)


def told_of(dataset, root, whole) -> list[int]:
    """How far it was, step by step, until the pixels were all there and right."""
    told = []
    prepared = prepare(dataset, 32, root, lambda done, total: told.append(done))
    assert np.array_equal(prepared.pixels, whole)
    assert sorted(path.suffix for path in (root / FOLDER).iterdir()) == [".lock", ".note", ".npy"]
    return told


def file_of(root, kind: str):
    (file,) = (root / FOLDER).glob(f"*.{kind}")
    return file


def flip(file, at: int) -> None:
    data = bytearray(file.read_bytes())
    data[at] ^= 1
    file.write_bytes(data)


@pytest.mark.parametrize("after", [1, ROWS, 3 * ROWS, 160])
def test_what_stops_it_is_resumed(class_folders, tmp_path, whole, after):
    dataset = load(str(class_folders), tmp_path)
    stopped(dataset, tmp_path, after)
    told = told_of(dataset, tmp_path, whole)
    assert told[0] >= after and told[-1] == len(dataset)


def killed(script: str, *arguments: str, at: int) -> set[int]:
    """Run a script that prints how far it is, kill it at `at`; the ids of the processes that it had."""
    command = [sys.executable, "-c", script, *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            if int(line) == at:
                children = {child.pid for child in psutil.Process(process.pid).children(recursive=True)}
                process.kill()
    assert process.returncode == -signal.SIGKILL
    return children


def test_killed_while_processes_draw_it_leaves_none_behind_and_goes_on(tmp_path):
    script = (
        "import sys, time; from pathlib import Path\n"
        "from core.data.cache.prepared import prepare; from core.data.phantom.dataset import PhantomSpec, make_phantom\n"
        "def tell(done, total):\n"
        "    print(done, flush=True)\n"
        f"    if done == {4 * ROWS}: time.sleep(60)\n"
        "prepare(make_phantom('many', PhantomSpec(520, 32)), 32, Path(sys.argv[1]), tell)"
    )
    children = killed(script, str(tmp_path), at=4 * ROWS)
    assert len(children) >= 2
    made, told = make_phantom("many", PhantomSpec(520, 32)), []
    prepared = prepare(made, 32, tmp_path, lambda done, total: told.append(done))
    assert told[0] == 4 * ROWS
    for row in (0, ROWS, 4 * ROWS, 519):
        assert np.array_equal(prepared.pixels[row], made.reader.read(row))
    psutil.wait_procs([psutil.Process(pid) for pid in children if psutil.pid_exists(pid)], timeout=20)
    assert not [pid for pid in children if psutil.pid_exists(pid)]


def test_killed_it_goes_on_with_the_rest(class_folders, tmp_path, whole):
    script = (
        "import sys, time; from pathlib import Path\n"
        "from core.data.cache.prepared import prepare; from core.data.registry import load\n"
        "def tell(done, total):\n"
        "    print(done, flush=True)\n"
        f"    if done == {2 * ROWS}: time.sleep(60)\n"
        "root = Path(sys.argv[2]); prepare(load(sys.argv[1], root), 32, root, tell)"
    )
    killed(script, str(class_folders), str(tmp_path), at=2 * ROWS)
    assert told_of(load(str(class_folders), tmp_path), tmp_path, whole)[0] == 2 * ROWS


def test_a_line_of_the_journal_that_was_half_written_costs_one_chunk(class_folders, tmp_path, whole):
    dataset = load(str(class_folders), tmp_path)
    stopped(dataset, tmp_path, 3 * ROWS)
    journal = file_of(tmp_path, "journal")
    journal.write_bytes(journal.read_bytes()[:-5])
    assert told_of(dataset, tmp_path, whole)[0] == 2 * ROWS


@pytest.mark.parametrize("damage", ["heading", "rubbish", "empty", "gone", "draft gone", "draft emptied"])
def test_a_damaged_journal_or_draft_starts_anew(class_folders, tmp_path, whole, damage):
    dataset = load(str(class_folders), tmp_path)
    stopped(dataset, tmp_path, 3 * ROWS)
    journal, draft = file_of(tmp_path, "journal"), file_of(tmp_path, "draft")
    {
        "heading": lambda: flip(journal, 20), "rubbish": lambda: journal.write_bytes(b"\xff\x00\n" * 99),
        "empty": lambda: journal.write_bytes(b""), "gone": journal.unlink,
        "draft gone": draft.unlink, "draft emptied": lambda: draft.write_bytes(b""),
    }[damage]()  # fmt: skip
    assert told_of(dataset, tmp_path, whole)[0] == 0


def test_a_chunk_of_the_draft_that_never_reached_the_disk_is_decoded_again(class_folders, tmp_path, whole):
    dataset = load(str(class_folders), tmp_path)
    stopped(dataset, tmp_path, 3 * ROWS)
    flip(file_of(tmp_path, "draft"), 1000)
    assert told_of(dataset, tmp_path, whole)[0] == 2 * ROWS


def test_one_altered_pixel_is_noticed_and_its_chunk_decoded_again(class_folders, tmp_path, whole):
    dataset = load(str(class_folders), tmp_path)
    prepare(dataset, 32, tmp_path)
    flip(file_of(tmp_path, "npy"), 50_000)
    assert told_of(dataset, tmp_path, whole) == [len(dataset) - ROWS, len(dataset)]


@pytest.mark.parametrize("kind", ["npy", "note"])
@pytest.mark.parametrize("left", [0, 100, 30_000])
def test_a_file_that_is_cut_off_is_noticed(class_folders, tmp_path, whole, kind, left):
    dataset = load(str(class_folders), tmp_path)
    prepare(dataset, 32, tmp_path)
    file = file_of(tmp_path, kind)
    if file.stat().st_size > left:
        file.write_bytes(file.read_bytes()[:left])
        assert told_of(dataset, tmp_path, whole)[-1] == len(dataset)


@pytest.mark.parametrize("kind", ["npy", "note"])
def test_a_file_that_is_gone_is_noticed(class_folders, tmp_path, whole, kind):
    dataset = load(str(class_folders), tmp_path)
    prepare(dataset, 32, tmp_path)
    file_of(tmp_path, kind).unlink()
    assert told_of(dataset, tmp_path, whole)[-1] == len(dataset)


def test_a_copy_with_another_time_is_read_through_and_believed(class_folders, tmp_path, whole):
    dataset = load(str(class_folders), tmp_path)
    prepare(dataset, 32, tmp_path)
    file = file_of(tmp_path, "npy")
    file.write_bytes(file.read_bytes())
    prepared = prepare(dataset, 32, tmp_path, lambda done, total: pytest.fail("decoded again"))
    assert np.array_equal(prepared.pixels, whole)
