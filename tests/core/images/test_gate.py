"""The gate lets chest X-rays pass and remarks on what looks like none."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.data.phantom.drawing import draw, plan
from core.images.decode import decode, read
from core.images.decoded import Decoded
from core.images.gate import remarks, view
from core.images.remark import NOTE, WARNING, Remark, is_doubtful
from tests import other_pictures

DATA = Path(__file__).resolve().parents[3].parent / "shared" / "data"


def of_kermany() -> list[Path]:
    return sorted((DATA / "chest_xray/test").rglob("*.jpeg"))


def of_nih() -> list[Path]:
    held_out = set((DATA / "nih/test_list.txt").read_text().split())
    return sorted(path for path in (DATA / "nih/images").iterdir() if path.name in held_out)


def picture(pixels: np.ndarray) -> Decoded:
    """A picture as it comes in, from a file."""
    stream = BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return decode(stream.getvalue())


def warned(pixels: np.ndarray) -> bool:
    return is_doubtful(remarks(picture(pixels)))


def words(pixels: np.ndarray) -> str:
    return " ".join(remark.text for remark in remarks(picture(pixels)))


@pytest.fixture(scope="module")
def chests() -> list[np.ndarray]:
    """Some chest X-rays that no bound was set on, none of which gets a warning."""
    found = [read(path) for path in (*of_kermany()[::40], *of_nih()[::8])]
    return [one.pixels for one in found if not is_doubtful(remarks(one))]


@pytest.mark.parametrize("paths", [of_kermany, of_nih], ids=["kermany", "nih"])
def test_few_chest_x_rays_that_no_bound_was_set_on_are_warned_of(paths):
    found = [path.name for path in paths() if is_doubtful(remarks(read(path)))]
    assert len(found) <= 0.03 * len(paths()), found


@pytest.mark.parametrize("name", ["RG1_UNCI.dcm", "RG1_J2KI.dcm", "siim_cxr_jpeg.dcm"])
def test_chests_in_dicom_files_pass(name):
    assert remarks(read(DATA / "dicom" / name)) == ()


def test_phantoms_pass():
    drawn = [warned(draw(case, 128)) for case in plan(100, 11)]
    assert np.mean(drawn) <= 0.03


def test_a_cat_is_caught_in_colour_and_in_grey():
    cat = other_pictures.cat()
    assert warned(cat) and warned(np.asarray(Image.fromarray(cat).convert("L")))


def test_a_page_of_text_is_caught():
    assert all(map(warned, other_pictures.pages()))


def test_a_hand_x_ray_is_caught():
    assert all(map(warned, other_pictures.hands()))


def test_pure_noise_is_caught():
    rng = np.random.default_rng(5)
    assert warned(rng.integers(0, 256, (400, 500), dtype=np.uint8)) and all(map(warned, other_pictures.noises()))


def test_an_inverted_chest_is_caught_and_told_as_such(chests):
    told = [words(255 - chest) for chest in chests]
    assert all(told) and np.mean(["inverted" in one for one in told]) > 0.9


@pytest.mark.parametrize("turn", [np.flipud, lambda chest: np.rot90(chest, 2)], ids=["flipped", "turned"])
def test_a_chest_upside_down_is_caught_and_told_as_such(chests, turn):
    told = [words(turn(chest).copy()) for chest in chests]
    assert np.mean([bool(one) for one in told]) >= 0.95 and np.mean(["upside down" in one for one in told]) > 0.9


@pytest.mark.parametrize("quarters", [1, 3])
def test_a_chest_on_its_side_is_caught_and_told_as_such(chests, quarters):
    told = [words(np.rot90(chest, quarters).copy()) for chest in chests]
    assert all(told) and np.mean(["on its side" in one for one in told]) > 0.9


def test_a_chest_in_a_mirror_passes_as_often(chests):
    assert np.mean([warned(chest[:, ::-1].copy()) for chest in chests]) <= 0.05


def test_most_photographs_of_a_screen_are_caught(chests):
    shown = [other_pictures.on_screen(chest, seed, bezel) for seed, chest in enumerate(chests) for bezel in (True, False)]
    assert np.mean(list(map(warned, shown))) >= 0.85


def test_strong_colour_is_caught_and_a_faint_tint_is_not(chests):
    tinted = np.clip(chests[0][:, :, None] * np.array([1.0, 0.97, 0.92]), 0, 255).astype(np.uint8)
    assert "strong colour" in words(other_pictures.false_colours(chests[0])) and "colour" not in words(tinted)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda chest: chest[: len(chest) // 3], "long and narrow"),
        (lambda chest: chest // 12 + 100, "no contrast"),
        (lambda chest: np.where(chest > 120, 255, 0).astype(np.uint8), "2 different grey levels"),
        (
            lambda chest: np.where(np.arange(chest.shape[1]) < 0.7 * chest.shape[1], 0, chest).astype(np.uint8),
            "one and the same grey level",
        ),
    ],
)
def test_what_looks_unlike_is_said_in_words(chests, change, said):
    assert said in words(change(chests[0]))


def test_a_small_picture_is_noted_and_not_warned_of(chests):
    small = np.asarray(Image.fromarray(chests[0]).resize((40, 40)))
    assert [remark.severity for remark in remarks(picture(small)) if "very small" in remark.text] == [NOTE]


def test_what_a_file_says_against_it_is_a_warning_and_other_words_are_notes(chests):
    found = remarks(Decoded(chests[0], "DICOM", "MONOCHROME2", ("It was read.",), ("It is a knee.",)))
    assert found == (Remark("It was read.", NOTE), Remark("It is a knee.", WARNING))


def test_a_large_picture_is_looked_at_reduced_by_a_whole_factor():
    pixels = np.arange(1100 * 1300).reshape(1100, 1300) % 251
    seen = view(pixels.astype(np.uint8))
    assert seen.shape == (275, 325) and abs(int(seen[3, 5]) - pixels[12:16, 20:24].mean()) <= 1


def test_any_picture_gets_an_answer():
    rng = np.random.default_rng(1)
    for shape in ((16, 16), (16, 900), (900, 17), (99, 101), (256, 256), (513, 700)):
        pixels = rng.integers(0, 256, shape, dtype=np.uint8)
        for one in (pixels, pixels // 200 * 255, np.where(pixels == pixels[0, 0], 1, 0).astype(np.uint8)):
            assert all(remark.text for remark in remarks(Decoded(one, "array", "L")))
