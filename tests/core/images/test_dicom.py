"""DICOM radiographs come out as their makers meant them to be seen; all else is refused; nothing of the patient comes along."""

import io
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydicom import Dataset, FileMetaDataset, dcmread, dcmwrite
from pydicom.encaps import encapsulate
from pydicom.uid import (
    MPEG2MPML,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLSLossless,
    RLELossless,
)

from core.errors import ImageError
from core.images.decode import decode, read

DICOMS = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "dicom"

DX = "1.2.840.10008.5.1.4.1.1.1.1"
SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
CT = "1.2.840.10008.5.1.4.1.1.2"


def ramp(top: int = 4095) -> np.ndarray:
    """uint16 (48, 64), brighter to the right and below, 0 to `top`."""
    rows, columns = np.mgrid[0:48, 0:64]
    return (top * (2 * columns / 63 + rows / 47) / 3).astype(np.uint16)


def grey(numbers: np.ndarray, low: float, high: float) -> np.ndarray:
    """What `low` as black and `high` as white make of numbers, int (H, W)."""
    return np.rint(np.clip((numbers.astype(float) - low) / (high - low), 0, 1) * 255).astype(int)


def radiograph(numbers: np.ndarray | None = None, syntax: str = ExplicitVRLittleEndian, **tags) -> Dataset:
    """A DX picture of a patient who has a name, with whole numbers (48, 64); `tags` are added, or dropped when None."""
    numbers = ramp() if numbers is None else numbers
    header = Dataset()
    header.file_meta = FileMetaDataset()
    header.file_meta.TransferSyntaxUID = syntax
    header.SOPClassUID, header.SOPInstanceUID, header.Modality = DX, "1.2.3.4.5", "DX"
    header.PatientName, header.PatientID, header.PatientBirthDate = "DOE^JANE", "ID12345", "19500101"
    header.InstitutionName, header.StudyDate = "ST ELSEWHERE", "20200202"
    header.Rows, header.Columns, header.SamplesPerPixel, header.PhotometricInterpretation = 48, 64, 1, "MONOCHROME2"
    header.BitsAllocated, header.BitsStored, header.HighBit = 8 * numbers.itemsize, 12 if numbers.itemsize == 2 else 8, 11
    header.HighBit = header.BitsStored - 1
    header.PixelRepresentation = int(numbers.dtype.kind == "i")
    header.PixelData = numbers.tobytes()
    header["PixelData"].VR = "OW"
    for keyword, value in tags.items():
        setattr(header, keyword, value) if value is not None else delattr(header, keyword)
    return header


def written(header: Dataset) -> bytes:
    buffer = io.BytesIO()
    dcmwrite(buffer, header, enforce_file_format=True)
    return buffer.getvalue()


def pixels_of(header: Dataset) -> np.ndarray:
    return decode(written(header)).pixels.astype(int)


def refusal(data: bytes) -> str:
    """The text of the refusal, which must be one line with something to do and nothing of the patient."""
    with pytest.raises(ImageError) as refused:
        decode(data)
    text = str(refused.value)
    assert "\n" not in text
    assert refused.value.remedy
    assert not any(secret in text for secret in ("DOE", "ID12345", "ELSEWHERE", "1.2.3.4"))
    assert refused.value.__cause__ is None
    return text


# What a display should look like


def test_without_a_window_all_significant_bits_are_shown():
    np.testing.assert_allclose(pixels_of(radiograph()), grey(ramp(), 0, 4095), atol=1)


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRLittleEndian, RLELossless])
def test_every_lossless_storage_gives_the_same_picture(syntax):
    header = radiograph()
    if syntax == RLELossless:
        header.compress(RLELossless)
    header.file_meta.TransferSyntaxUID = syntax
    np.testing.assert_allclose(pixels_of(header), grey(ramp(), 0, 4095), atol=1)


def test_big_endian_storage_gives_the_same_picture():
    header = radiograph(syntax=ExplicitVRBigEndian)
    header.PixelData = ramp().astype(">u2").tobytes()
    buffer = io.BytesIO()
    dcmwrite(buffer, header, implicit_vr=False, little_endian=False, enforce_file_format=True)
    np.testing.assert_allclose(decode(buffer.getvalue()).pixels, grey(ramp(), 0, 4095), atol=1)


def test_monochrome1_is_inverted():
    np.testing.assert_allclose(pixels_of(radiograph(PhotometricInterpretation="MONOCHROME1")), 255 - grey(ramp(), 0, 4095), atol=1)


@pytest.mark.parametrize(
    ("function", "low", "high"), [("LINEAR", 999.5 - 499.5, 999.5 + 499.5), ("LINEAR_EXACT", 500, 1500), (None, 500, 1499)]
)
def test_a_window_sets_black_and_white(function, low, high):
    header = radiograph(WindowCenter=1000, WindowWidth=1000)
    if function:
        header.VOILUTFunction = function
    np.testing.assert_allclose(pixels_of(header), grey(ramp(), low, high), atol=1)


def test_a_sigmoid_window_follows_its_equation():
    header = radiograph(WindowCenter=2000, WindowWidth=1000, VOILUTFunction="SIGMOID")
    expected = 255 / (1 + np.exp(-4 * (ramp().astype(float) - 2000) / 1000))
    np.testing.assert_allclose(pixels_of(header), expected, atol=1)


def test_of_several_windows_the_first_is_used():
    header = radiograph(WindowCenter=[1000, 3000], WindowWidth=[1000, 100])
    np.testing.assert_allclose(pixels_of(header), grey(ramp(), 500, 1499), atol=1)


@pytest.mark.parametrize("width", [0, 0.5, 1, -100])
def test_a_window_without_width_is_ignored(width):
    np.testing.assert_allclose(pixels_of(radiograph(WindowCenter=2000, WindowWidth=width)), grey(ramp(), 0, 4095), atol=1)


def test_a_window_that_shows_nothing_is_ignored_with_a_warning():
    decoded = decode(written(radiograph(WindowCenter=30000, WindowWidth=100)))
    np.testing.assert_allclose(decoded.pixels, grey(ramp(), 0, 4095), atol=1)
    assert "window" in " ".join(decoded.warnings)


def test_the_rescale_comes_before_the_window():
    header = radiograph(RescaleSlope=2, RescaleIntercept=-1000, WindowCenter=3000.5, WindowWidth=2001)
    np.testing.assert_allclose(pixels_of(header), grey(2 * ramp().astype(int) - 1000, 2000, 4000), atol=1)


def test_numbers_below_zero_are_shown_from_lowest_to_highest():
    numbers = ramp().astype(np.int16) - 2048
    np.testing.assert_allclose(pixels_of(radiograph(numbers)), grey(ramp(), 0, 4095), atol=6)


@pytest.mark.parametrize("kind", ["ModalityLUTSequence", "VOILUTSequence"])
def test_a_lookup_table_is_applied(kind):
    table = Dataset()
    table.LUTDescriptor = [4096, 0, 16]
    table.LUTData = (65535 - 16 * np.arange(4096)).astype(np.uint16).tobytes()
    table["LUTData"].VR = "OW"
    if kind == "ModalityLUTSequence":
        table.ModalityLUTType = "US"
    np.testing.assert_allclose(pixels_of(radiograph(**{kind: [table]})), 255 - grey(ramp(), 0, 4095), atol=1)


def test_eight_bits_stay_as_they_are():
    numbers = ramp(255).astype(np.uint8)
    np.testing.assert_array_equal(pixels_of(radiograph(numbers)), numbers)


def test_colour_becomes_grey():
    numbers = np.repeat(ramp(255).astype(np.uint8)[:, :, None], 3, axis=2)
    header = radiograph(numbers, SamplesPerPixel=3, PhotometricInterpretation="RGB", PlanarConfiguration=0)
    decoded = decode(written(header))
    np.testing.assert_array_equal(decoded.pixels, numbers[:, :, 0])
    assert (decoded.format, decoded.mode) == ("DICOM", "RGB")


@pytest.mark.parametrize("name", ["RG1_UNCI.dcm", "RG1_J2KI.dcm"])
def test_a_real_film_with_monochrome1_has_bright_bones(name):
    decoded = read(DICOMS / name)
    numbers = dcmread(DICOMS / "RG1_UNCI.dcm").pixel_array.astype(int)
    np.testing.assert_allclose(decoded.pixels, 255 - grey(numbers, 0, 29999), atol=2)
    assert (decoded.mode, decoded.warnings) == ("MONOCHROME1", ())


def test_a_real_film_with_jpeg_is_as_stored():
    decoded = read(DICOMS / "siim_cxr_jpeg.dcm")
    np.testing.assert_array_equal(decoded.pixels, dcmread(DICOMS / "siim_cxr_jpeg.dcm").pixel_array)
    assert decoded.warnings == ()


@pytest.mark.parametrize(("name", "word"), [("RG3_JPLY", "no decoder"), ("html_page_named.dcm", "web page")])
def test_what_cannot_be_read_is_refused(name, word):
    with pytest.raises(ImageError, match=word):
        read(DICOMS / name)


# What the file says of itself


@pytest.mark.parametrize("modality", ["CR", "DX", "DR", "RG"])
def test_radiographs_are_read_without_remark(modality):
    assert decode(written(radiograph(Modality=modality, BodyPartExamined="CHEST", ViewPosition="PA"))).warnings == ()


@pytest.mark.parametrize(
    ("tags", "word"),
    [
        ({"Modality": "OT", "SOPClassUID": SECONDARY_CAPTURE}, "secondary capture"),
        ({"Modality": None, "SOPClassUID": SECONDARY_CAPTURE}, "secondary capture"),
        ({"BodyPartExamined": "HAND"}, "another part of the body"),
        ({"ViewPosition": "LL"}, "not frontal"),
        ({"PresentationIntentType": "FOR PROCESSING"}, "raw detector data"),
    ],
)
def test_what_is_odd_is_warned_of(tags, word):
    decoded = decode(written(radiograph(**tags)))
    assert word in " ".join((*decoded.warnings, *decoded.doubts))


def test_nothing_of_the_patient_survives():
    shown = repr(decode(written(radiograph(ViewPosition="LL", BodyPartExamined="DOE JANE"))))
    assert not any(secret in shown for secret in ("DOE", "ID12345", "1950", "ELSEWHERE", "2020", "1.2.3.4"))


@pytest.mark.parametrize(
    ("tags", "word"),
    [
        ({"Modality": "CT", "SOPClassUID": CT}, "computed tomography"),
        ({"Modality": "MG"}, "mammography"),
        ({"Modality": "DOE^JANE"}, "another kind"),
        ({"Modality": None, "SOPClassUID": CT}, "another kind"),
        ({"BurnedInAnnotation": "YES"}, "burned"),
        ({"PixelData": None}, "no picture"),
        ({"NumberOfFrames": 3, "PixelData": ramp().tobytes() * 3}, "several frames"),
        ({"PixelData": ramp().tobytes() * 3}, "several frames"),
        ({"Rows": None}, "damaged"),
        ({"Rows": 60000, "Columns": 60000}, "60000 x 60000"),
        ({"Rows": 8}, "64 x 8"),
        ({"Rows": 4800}, "truncated"),
        ({"PhotometricInterpretation": "PALETTE COLOR"}, "way that is not read"),
        ({"PhotometricInterpretation": "DOE^JANE"}, "way that is not read"),
        ({"SamplesPerPixel": 3}, "way that is not read"),
        ({"BitsAllocated": 32}, "way that is not read"),
        ({"RescaleSlope": 0, "RescaleIntercept": 5}, "same grey level"),
    ],
)
@pytest.mark.filterwarnings("ignore::UserWarning:pydicom")  # for writing what may not be written
def test_what_is_no_single_radiograph_is_refused(tags, word):
    assert word in refusal(written(radiograph(**tags)))


@pytest.mark.parametrize("kept", [0.03, 0.2, 0.5, 0.95])
def test_a_truncated_file_is_refused(kept):
    data = written(radiograph())
    assert refusal(data[: int(kept * len(data))])


def test_a_file_with_only_its_preamble_is_refused():
    assert refusal(bytes(128) + b"DICM")


def test_a_deflated_file_is_refused_before_it_is_inflated():
    header = radiograph(np.zeros((48, 64), dtype=np.uint16), syntax=DeflatedExplicitVRLittleEndian)
    header.PixelData = bytes(100_000_000)
    data = written(header)
    started = time.perf_counter()
    assert "deflated" in refusal(data)
    assert time.perf_counter() - started < 0.5


# Compressed pictures


def j2k(numbers: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(numbers).save(buffer, "JPEG2000", no_jp2=True, irreversible=False)
    return buffer.getvalue()


def jpeg(numbers: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(numbers).save(buffer, "JPEG", quality=95)
    return buffer.getvalue()


def compressed(frame: bytes, syntax: str, **tags) -> bytes:
    header = radiograph(ramp(255).astype(np.uint8), syntax=syntax, **tags)
    header.PixelData = encapsulate([frame])
    header["PixelData"].VR = "OB"
    header["PixelData"].is_undefined_length = True
    return written(header)


@pytest.mark.parametrize(("coder", "syntax", "error"), [(j2k, JPEG2000Lossless, 0), (jpeg, JPEGBaseline8Bit, 3)])
def test_compressed_pictures_are_read(coder, syntax, error):
    numbers = ramp(255).astype(np.uint8)
    pixels = decode(compressed(coder(numbers), syntax)).pixels.astype(int)
    assert np.abs(pixels - numbers).max() <= error


@pytest.mark.parametrize(("coder", "syntax"), [(j2k, JPEG2000Lossless), (jpeg, JPEGBaseline8Bit)])
def test_truncated_compressed_pictures_are_refused(coder, syntax):
    frame = coder(ramp(255).astype(np.uint8))
    assert refusal(compressed(frame[: len(frame) // 2], syntax))
    whole = compressed(frame, syntax)
    assert refusal(whole[: len(whole) - len(frame) // 2])


@pytest.mark.parametrize(("coder", "syntax"), [(j2k, JPEG2000Lossless), (jpeg, JPEGBaseline8Bit)])
def test_a_stream_larger_than_the_header_says_is_refused_undecoded(coder, syntax):
    assert "another size" in refusal(compressed(coder(np.zeros((3000, 3000), dtype=np.uint8)), syntax))


def test_run_lengths_that_make_more_than_the_picture_are_refused():
    header = (1).to_bytes(4, "little") + (64).to_bytes(4, "little") + bytes(56)
    frame = header + b"\x81\x00" * 1_000_000  # 128 zeros each
    started = time.perf_counter()
    assert "another size" in refusal(compressed(frame, RLELossless))
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize(("syntax", "word"), [(JPEGLSLossless, "no decoder"), (MPEG2MPML, "film")])
def test_compressions_without_a_decoder_are_refused(syntax, word):
    assert word in refusal(compressed(b"\xff\xd8" + bytes(100) + b"\xff\xd9", syntax))


def test_an_unknown_compression_is_refused():
    known, unknown = b"1.2.840.10008.1.2.4.90", b"1.2.840.10008.1.2.4.9Z"
    data = compressed(j2k(ramp(255).astype(np.uint8)), JPEG2000Lossless)
    assert data.count(known) == 1
    refusal(data.replace(known, unknown))


def test_numbers_that_are_none_are_refused():
    data = written(radiograph(NumberOfFrames=11))
    assert data.count(b"IS\2\x0011") == 1
    assert "damaged" in refusal(data.replace(b"IS\2\x0011", b"IS\2\0AB"))


def test_nothing_of_the_patient_is_logged(caplog):
    data = written(radiograph(Modality="DX"))
    decode(data.replace(b"UI\x1c\x00" + DX.encode(), b"UI\x1c\x00DOE^JANE" + DX[8:].encode()))
    assert caplog.records == []


def test_random_damage_ends_in_a_picture_or_a_refusal():
    rng = np.random.default_rng(3)
    for whole in (written(radiograph(WindowCenter=1000, WindowWidth=1000)), compressed(j2k(ramp(255).astype(np.uint8)), JPEG2000Lossless)):
        for _ in range(300):
            damaged = np.frombuffer(whole, dtype=np.uint8).copy()
            damaged[rng.integers(132, 1100, 3)] = rng.integers(0, 256, 3)
            try:
                decode(damaged.tobytes())
            except ImageError as refused:
                assert refused.remedy
