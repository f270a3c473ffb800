"""Files of arrays are told from what only looks like them, without being loaded."""

import io
import json
import zipfile

import numpy as np
import pytest
from safetensors.numpy import save_file

from core.errors import StoreError
from core.runs.weight_files import check_file


def npy(array: np.ndarray) -> bytes:
    """An npy file."""
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=True)
    return stream.getvalue()


def lying(shape: tuple[int, ...]) -> bytes:
    """An npy file that tells a shape and holds three numbers."""
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, {"descr": "<i8", "fortran_order": False, "shape": shape})
    return stream.getvalue() + np.arange(3).tobytes()


def packed(file, members: dict[str, bytes], how: int = zipfile.ZIP_STORED):
    with zipfile.ZipFile(file, "w", how) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file


def head(*kind: str, **more) -> bytes:
    """The schema of a head whose list holds one node of a kind."""
    inner = dict(zip(("__loader__", "__module__", "__class__"), kind, strict=True)) | more
    return json.dumps({"__loader__": "ListNode", "__module__": "builtins", "__class__": "list", "content": [inner]}).encode()


def test_what_cutpoint_writes_passes(trained):
    for run in trained.values():
        for file in run.folder.iterdir():
            if file.is_file():
                check_file(file)


@pytest.mark.parametrize(
    "members",
    [{"a.npy": lying((3_000_000_000,))}, {"a.npy": npy(np.array([{}], dtype=object))}, {"a.npy": b"\x93NUMPY"},
     {"a.npy": b"cos\nsystem\n(S'x'\ntR."}, {"a.pkl": b"x"}, {"../a.npy": b""}, {"a.npy": npy(np.arange(3)) + b"more"}],
)  # fmt: skip
def test_arrays_that_lie_about_their_size_or_hold_objects_are_refused(members, tmp_path):
    with pytest.raises(StoreError, match="scores.npz is not what its name says"):
        check_file(packed(tmp_path / "scores.npz", members))


def test_an_archive_of_zeros_that_blows_up_is_refused(tmp_path):
    with pytest.raises(StoreError, match="unpacks to"):
        check_file(packed(tmp_path / "scores.npz", {"a.npy": npy(np.zeros(20_000_000))}, zipfile.ZIP_DEFLATED))


@pytest.mark.parametrize(
    "kind",
    [("FunctionNode", "os", "system"), ("MethodNode", "builtins", "str"), ("ObjectNode", "builtins", "dict"), ("ReduceNode", "a", "b"),
     ("ObjectNode", "sklearn.svm._classes", "NuSVC"), ("TypeNode", "subprocess", "Popen"), ("NdArrayNode", "numpy", "object_")],
)  # fmt: skip
def test_a_head_with_a_node_that_no_head_of_ours_has_is_refused_by_name(kind, tmp_path):
    with pytest.raises(StoreError, match=kind[2]):
        check_file(packed(tmp_path / "head.skops", {"schema.json": head(*kind)}))


@pytest.mark.parametrize("more", [{"file": "gone.npy", "type": "numpy"}, {"file": "a.npy", "type": "json"}])
def test_a_head_whose_arrays_are_not_there_is_refused(more, tmp_path):
    members = {"schema.json": head("NdArrayNode", "numpy", "ndarray", **more), "a.npy": npy(np.arange(3))}
    with pytest.raises(StoreError, match="not what its name says"):
        check_file(packed(tmp_path / "head.skops", members))


@pytest.mark.parametrize("cut", [0, 4, 40, -1])
def test_weights_that_are_cut_are_refused(cut, tmp_path):
    file = tmp_path / "weights.safetensors"
    save_file({"a": np.arange(100, dtype=np.float32)}, file)
    check_file(file)
    file.write_bytes(file.read_bytes()[:cut])
    with pytest.raises(StoreError, match="weights.safetensors is not what its name says"):
        check_file(file)
