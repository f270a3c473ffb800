"""Every kind of file that a person may hand in, right or wrong, becomes upright grey pixels or a refusal in plain words."""

import io
import json
import struct
import subprocess
import sys
import time
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, PngImagePlugin
from sample_pictures import chunk, encode, png_of, ramp, refusal

from core.errors import ImageError
from core.images import decode as decode_module
from core.images.decode import decode, read
from core.images.decoded import MAX_BYTES, MAX_PIXELS

REPO = Path(__file__).resolve().parents[3]
BAD_INPUTS = REPO.parent / "shared" / "badinputs"
FILES = sorted((BAD_INPUTS / "files").glob("*"))
EXPECTED = json.loads((BAD_INPUTS / "expected.json").read_text())


# The shared odd files


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_odd_file_ends_as_expected(path):
    import core.images.dicom  # noqa: F401  imported once per process, on the first DICOM; its time is not the refusal's

    expected = EXPECTED[path.name]
    if expected["expect"] == "refuse" or path.suffix == ".zip":
        started = time.perf_counter()
        with pytest.raises(ImageError) as refused:
            read(path)
        assert time.perf_counter() - started < 1
        assert refused.value.remedy
        assert "\n" not in str(refused.value)
        return
    check_accepted(read(path).pixels, expected.get("check", {}))


def check_accepted(pixels: np.ndarray, check: dict):
    assert pixels.dtype == np.uint8
    height, width = pixels.shape
    assert check.get("size", [width, height]) == [width, height]
    low, high = check.get("mean", (0, 255))
    assert low <= pixels.mean() <= high
    if check.get("right_brighter"):
        assert pixels[:, width // 2 :].mean() > pixels[:, : width // 2].mean()


def test_all_refusals_together_stay_under_300_mb():
    script = (
        "import pathlib, sys; from core.errors import ImageError; from core.images.decode import read\n"
        "for path in sys.argv[1:]:\n"
        "    try: read(pathlib.Path(path)); print('accepted', path)\n"
        "    except ImageError: pass\n"
        "print(*(line for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    )
    refused = [str(path) for path in FILES if EXPECTED[path.name]["expect"] == "refuse"]
    output = subprocess.run([sys.executable, "-c", script, *refused], cwd=REPO, capture_output=True, text=True, check=True).stdout
    assert "accepted" not in output
    assert int(output.split("VmHWM:")[1].split()[0]) < 300_000  # kB


# Accepted, and equal to what it was made from


@pytest.mark.parametrize("form", ["PNG", "BMP", "TIFF", "GIF"])
def test_grey_comes_back_unchanged_from_lossless_formats(form):
    decoded = decode(encode(Image.fromarray(ramp()), form))
    np.testing.assert_array_equal(decoded.pixels, ramp())
    assert (decoded.format, decoded.warnings) == (form, ())


@pytest.mark.parametrize("options", [{"form": "WEBP", "lossless": True}, {"form": "WEBP", "quality": 90}, {"form": "JPEG", "quality": 95}])
def test_grey_comes_back_nearly_from_jpeg_and_webp(options):
    decoded = decode(encode(Image.fromarray(ramp()), **options))
    assert np.abs(decoded.pixels.astype(int) - ramp()).mean() < 2


@pytest.mark.parametrize("form", ["PNG", "JPEG", "BMP", "WEBP", "TIFF"])
def test_colour_becomes_what_pillow_makes_of_it_and_is_measured(form):
    colour = np.stack([ramp(), np.full_like(ramp(), 40), ramp()[::-1]], axis=2)
    data = encode(Image.fromarray(colour), form)
    decoded = decode(data)
    np.testing.assert_array_equal(decoded.pixels, np.asarray(Image.open(io.BytesIO(data)).convert("L")))
    loudest = colour.max(axis=2).astype(int) - colour.min(axis=2)
    assert decoded.colour == pytest.approx(loudest.mean(), rel=0.1) and decoded.warnings == ()


def test_grey_stored_as_colour_has_no_colour():
    decoded = decode(encode(Image.fromarray(ramp()).convert("RGB"), "JPEG"))
    assert decoded.warnings == () and decoded.colour == 0


def test_a_palette_is_looked_up():
    image = Image.fromarray(255 - ramp()).convert("P")
    image.putpalette([255 - level for level in range(256) for _ in range(3)])
    np.testing.assert_array_equal(decode(encode(image)).pixels, ramp())


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_an_opaque_alpha_is_dropped(mode, form):
    decoded = decode(encode(Image.fromarray(ramp()).convert(mode), form))
    np.testing.assert_array_equal(decoded.pixels, ramp())
    assert (decoded.mode, decoded.warnings) == (mode, ())


@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_transparent_parts_lie_on_black(mode):
    image = Image.fromarray(np.full((48, 64), 200, dtype=np.uint8)).convert(mode)
    alpha = np.full((48, 64), 255, dtype=np.uint8)
    alpha[:, :20], alpha[:, 20:40] = 0, 128
    image.putalpha(Image.fromarray(alpha))
    decoded = decode(encode(image))
    assert decoded.pixels[0, [0, 20, 40]].tolist() == [0, 100, 200]
    assert "transparent" in " ".join(decoded.warnings)


def test_a_transparent_palette_entry_lies_on_black():
    image = Image.fromarray(ramp()).convert("P")
    decoded = decode(encode(image, transparency=255))
    assert decoded.pixels.max() < 255
    assert "transparent" in " ".join(decoded.warnings)


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_a_transparent_grey_level_or_colour_lies_on_black(mode):
    key = 255 if mode == "L" else (255, 255, 255)
    assert decode(encode(Image.fromarray(ramp()).convert(mode), transparency=key)).pixels.max() < 255


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_every_exif_turn_comes_out_upright(orientation, form):
    back = {1: (), 2: "h", 3: "rr", 4: "v", 5: "t", 6: "r", 7: "trr", 8: "rrr"}[orientation]  # upright -> stored
    steps = {"h": np.fliplr, "v": np.flipud, "t": np.transpose, "r": np.rot90}
    stored = ramp()
    for step in back:
        stored = steps[step](stored)
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"lossless": True} if form == "WEBP" else {}
    decoded = decode(encode(Image.fromarray(np.ascontiguousarray(stored)), form, exif=exif, **options))
    assert decoded.pixels.shape == ramp().shape
    assert np.abs(decoded.pixels.astype(int) - ramp()).mean() < 3


def test_nonsense_in_exif_does_not_cost_the_picture():
    data = encode(Image.fromarray(ramp()), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\x7fnonsense")
    assert decode(data).pixels.shape == (48, 64)


def test_bytes_after_the_picture_are_ignored():
    for form in ("JPEG", "PNG"):
        assert decode(encode(Image.fromarray(ramp()), form) + b"garbage" * 1000).pixels.shape == (48, 64)


def test_a_photograph_with_its_preview_is_read_with_a_warning():
    first, second = Image.fromarray(ramp()), Image.fromarray(ramp()[::-1])
    decoded = decode(encode(first, "MPO", save_all=True, append_images=[second]))
    assert (decoded.format, decoded.pixels.shape) == ("JPEG", (48, 64))
    assert "several" in " ".join(decoded.warnings)


def test_the_name_does_not_matter(tmp_path):
    path = tmp_path / "ünï (1).dcm"
    path.write_bytes(encode(Image.fromarray(ramp())))
    np.testing.assert_array_equal(read(path).pixels, ramp())


def test_nothing_but_pixels_is_kept():
    note = PngImagePlugin.PngInfo()
    note.add_text("Patient", "DOE^JANE")
    note.add_itxt("Comment", "DOE^JANE" * 1000, zip=True)
    decoded = decode(encode(Image.fromarray(ramp()), pnginfo=note))
    assert "DOE" not in repr(decoded)
    assert decoded.pixels.base is None


# Refused


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "empty"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 64 64\n", "PostScript"),
        (b"<?xml version='1.0'?><svg onload='alert(1)'/>", "SVG"),
        (b"<!DOCTYPE html><html></html>", "web page"),
        (b"name,label\na,1\n", "text"),
        (b"PK\x03\x04" + bytes(100), "ZIP"),
        (b"\x1f\x8b" + bytes(100), "gzip"),
        (b"\0\0\0\x1cftypavif" + bytes(100), "AVIF"),
        (bytes(1000), "no picture"),
        (b"\x89PNG\r\n\x1a\n", "truncated"),
        (b"\xff\xd8\xff", "damaged"),
        (b"II*\0", "damaged"),
        (b"MM\0*\0\0\0\x08", "damaged"),
        (b"BM", "damaged"),
        (b"GIF89a", "damaged"),
        (b"RIFF\x10\0\0\0WEBP", "damaged"),
    ],
)
def test_what_is_no_whole_picture_is_refused_by_its_kind(data, word):
    assert word in refusal(data)


@pytest.mark.parametrize("form", ["ICO", "PPM", "PCX", "TGA", "EPS", "PDF", "JPEG2000"])
def test_formats_that_are_not_on_the_list_are_refused(form):
    assert "PNG, JPEG" in refusal(encode(Image.fromarray(ramp()).convert("RGB"), form))


@pytest.mark.parametrize("form", ["PNG", "JPEG", "TIFF", "BMP", "GIF", "WEBP"])
@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9])
def test_truncated_files_are_refused(form, kept):
    grain = np.random.default_rng(1).integers(0, 256, (100, 100), dtype=np.uint8)
    data = encode(Image.fromarray(grain), form)
    assert refusal(data[: int(kept * len(data))])


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_adobe_deflate", "jpeg", "packbits"])
def test_truncated_compressed_tiff_is_refused(compression):
    data = encode(Image.fromarray(np.random.default_rng(1).integers(0, 256, (100, 100), dtype=np.uint8)), "TIFF", compression=compression)
    assert decode(data).pixels.shape == (100, 100)
    refusal(data[: len(data) // 2])


def test_a_flipped_bit_in_stored_png_rows_is_seen():
    data = bytearray(encode(Image.fromarray(ramp()), compress_level=0))
    data[len(data) // 2] ^= 1
    assert "checksum" in refusal(bytes(data))


@pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP", "TIFF"])
def test_several_pictures_in_a_file_are_refused(form):
    frames = [Image.fromarray(np.roll(ramp(), shift, axis=1)) for shift in (10, 20)]
    assert "several" in refusal(encode(Image.fromarray(ramp()), form, save_all=True, append_images=frames))


@pytest.mark.parametrize(("width", "height"), [(8000, 6000), (11000, 9000), (60000, 60000)])
def test_bombs_are_refused_before_they_are_decoded(width, height):
    rows = zlib.compress(bytes(10_000_000))
    header = struct.pack(">II", width, height) + b"\x08\0\0\0\0"
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    assert width * height > MAX_PIXELS
    started = time.perf_counter()
    assert "pixels" in refusal(data)
    assert time.perf_counter() - started < 0.5


@pytest.mark.parametrize("name", [b"zTXt", b"iTXt", b"iCCP"])
def test_a_bomb_in_the_texts_of_a_png_is_not_unpacked(name):
    packed = zlib.compress(bytes(100_000_000))
    body = b"key\0\1\0\0\0" + packed if name == b"iTXt" else b"key\0\0" + packed
    rows = b"".join(b"\0" + row.tobytes() for row in ramp())
    started = time.perf_counter()
    try:
        assert decode(png_of(b"\x08\0", 64, 48, rows, (name, body))).pixels.shape == (48, 64)
    except ImageError as refused:
        assert refused.remedy
    assert time.perf_counter() - started < 1


def test_a_long_plain_text_does_not_cost_the_picture():
    rows = b"".join(b"\0" + row.tobytes() for row in ramp())
    assert decode(png_of(b"\x08\0", 64, 48, rows, (b"tEXt", b"key\0" + b"x" * 5_000_000))).pixels.shape == (48, 64)


@pytest.mark.parametrize(
    ("pixels", "word"),
    [
        (np.zeros((48, 64), dtype=np.uint8), "same grey level"),
        (np.full((48, 64), 65535, dtype=np.uint16), "same grey level"),
        (ramp(15, 64), "only 15 x 64"),
        (ramp(64, 2), "only 64 x 2"),
    ],
)
def test_empty_and_tiny_pictures_are_refused(pixels, word):
    assert word in refusal(encode(Image.fromarray(pixels)))


@pytest.mark.parametrize("form", ["PNG", "TIFF", "BMP"])
def test_one_bit_is_refused(form):
    assert "1 bit" in refusal(encode(Image.fromarray(ramp()).convert("1"), form))


@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_fully_transparent_is_refused(mode):
    image = Image.fromarray(ramp()).convert(mode)
    image.putalpha(0)
    assert "transparent" in refusal(encode(image))


def test_too_many_bytes_are_refused_before_reading(tmp_path, monkeypatch):
    path = tmp_path / "large.png"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)  # a hole: it takes no room
    monkeypatch.setattr(decode_module, "decode", lambda _data: pytest.fail("it was read"))
    with pytest.raises(ImageError, match="at most 64 MiB"):
        read(path)
    assert "at most 64 MiB" in refusal(bytes(MAX_BYTES + 1))


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    with pytest.raises(ImageError, match="no file gone.png"):
        read(tmp_path / "gone.png")
    with pytest.raises(ImageError, match="is no file"):
        read(tmp_path)
    with pytest.raises(ImageError, match="cannot be read|no file"):
        read(Path("a\0b"))
    with pytest.raises(ImageError, match="cannot be read|no file"):
        read(Path("a" * 5000))


def test_random_damage_ends_in_a_picture_or_a_refusal():
    rng = np.random.default_rng(7)
    image = Image.fromarray(ramp())
    for form in ("PNG", "JPEG", "TIFF", "BMP", "GIF", "WEBP"):
        whole = encode(image, form)
        for _ in range(150):
            damaged = np.frombuffer(whole, dtype=np.uint8).copy()
            damaged[rng.integers(0, min(len(whole), 400), 4)] = rng.integers(0, 256, 4)
            try:
                decode(damaged.tobytes())
            except ImageError as refused:
                assert refused.remedy


def test_opening_the_module_imports_no_pydicom():
    script = "import sys, core.images.decode, core.images.gate; sys.exit('pydicom' in sys.modules or 'torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], cwd=REPO, check=False).returncode == 0
