"""DICOM to grey pixels: one radiograph per file, with all that is known of the patient left behind.

Only the tags of `_TAGS` are ever read, and no text of a file goes into a result, a warning or an error: what is said of a file is chosen
from words that stand here. Import this late: pydicom takes longer than most pictures.
"""

import logging
import struct
from io import BytesIO

import numpy as np
from PIL import Image
from pydicom import Dataset, dcmread
from pydicom.datadict import tag_for_keyword
from pydicom.errors import BytesLengthException, InvalidDicomError
from pydicom.filereader import read_dataset
from pydicom.pixels import pixel_array
from pydicom.uid import UID, DeflatedExplicitVRLittleEndian

from core.errors import ImageError
from core.images.decoded import Decoded, check_not_constant, check_size
from core.images.dicom_display import displayed
from core.images.dicom_frame import check_decodable, check_frame
from core.images.raster import colour_of, grey_of

_KEYWORDS = (
    *("SOPClassUID", "Modality", "BodyPartExamined", "ViewPosition", "PresentationIntentType", "BurnedInAnnotation"),
    *("Rows", "Columns", "NumberOfFrames", "SamplesPerPixel", "PlanarConfiguration", "PhotometricInterpretation"),
    *("BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation", "PixelData"),
    *("ModalityLUTSequence", "RescaleSlope", "RescaleIntercept", "VOILUTSequence", "VOILUTFunction", "WindowCenter", "WindowWidth"),
)
_TAGS = [tag_for_keyword(keyword) for keyword in _KEYWORDS]

_RADIOGRAPHS = ("CR", "DX", "DR", "RG")  # computed and digital radiography, and film
_OTHER_KINDS = {
    "CT": "computed tomography",
    "MR": "magnetic resonance",
    "US": "ultrasound",
    "MG": "mammography",
    "PT": "positron emission",
    "NM": "nuclear medicine",
    "XA": "angiography",
    "RF": "fluoroscopy",
    "PX": "a panoramic dental X-ray",
    "IO": "a dental X-ray",
    "SR": "a report",
    "SEG": "a segmentation",
}
_RADIOGRAPH_CLASSES = ("1.2.840.10008.5.1.4.1.1.1", "1.2.840.10008.5.1.4.1.1.1.1", "1.2.840.10008.5.1.4.1.1.1.1.1")
_SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
_CHEST = ("CHEST", "THORAX", "LUNG")
_NOT_FRONTAL = ("LL", "RL", "LAT", "LATERAL", "LLO", "RLO", "LPO", "RPO", "LAO", "RAO")

_SEVERAL_FRAMES = ("the DICOM file holds several frames", "it must hold one picture", "Export the frame that is meant by itself")
_GREY = ("MONOCHROME1", "MONOCHROME2")
_COLOUR = ("RGB", "YBR_FULL", "YBR_FULL_422", "YBR_ICT", "YBR_RCT")

# pydicom logs values that it finds odd, names and birth dates among them: no record is to be made at all.
logging.getLogger("pydicom").setLevel(logging.CRITICAL + 1)

# What pydicom and its decoders raise for damaged files; its texts are dropped, since they may quote the file.
_DAMAGE = (
    *(InvalidDicomError, BytesLengthException, struct.error),
    *(AttributeError, ValueError, TypeError, LookupError, ArithmeticError, OSError, EOFError, RuntimeError),
)


def decode_dicom(data: bytes) -> Decoded:
    """The radiograph in a DICOM file with its preamble. Raises ImageError."""
    try:
        header = _read(data)
        warnings, doubts = _kind_warnings(header), _doubts(header)
        _check_picture(header)
        pixels, more, colour = _pixels(header)
    except _DAMAGE:
        raise ImageError("the DICOM file is damaged or incomplete", "", "Export or copy it again") from None
    check_not_constant(pixels)
    return Decoded(pixels, "DICOM", header.PhotometricInterpretation, warnings + more, doubts, colour)


def _read(data: bytes) -> Dataset:
    """The tags of _TAGS. The file's first group is read by itself before, since a deflated rest would be inflated without bound."""
    meta = read_dataset(BytesIO(data[132:]), False, True, stop_when=lambda tag, _vr, _length: tag.group != 2)
    if meta.get("TransferSyntaxUID") == DeflatedExplicitVRLittleEndian:
        raise ImageError("the DICOM file is deflated as a whole", "", "Export it as Explicit VR Little Endian, without compression")
    return dcmread(BytesIO(data), specific_tags=_TAGS)


def _kind_warnings(header: Dataset) -> tuple[str, ...]:
    """Warnings on what the file says it shows. Raises ImageError when it says that it is no radiograph."""
    _check_kind(header)
    warnings = []
    if header.get("Modality") not in _RADIOGRAPHS and header.get("SOPClassUID") == _SECONDARY_CAPTURE:
        warnings.append("The DICOM file is a secondary capture that does not say that it is a radiograph.")
    if _word(header, "PresentationIntentType") == "FOR PROCESSING":
        warnings.append("The DICOM file holds raw detector data, which look unlike the finished picture.")
    return tuple(warnings)


def _doubts(header: Dataset) -> tuple[str, ...]:
    """What the file says against a frontal chest X-ray."""
    doubts = []
    body_part = _word(header, "BodyPartExamined")
    if body_part and not any(name in body_part for name in _CHEST):
        doubts.append("The DICOM file says that it shows another part of the body than the chest.")
    if _word(header, "ViewPosition") in _NOT_FRONTAL:
        doubts.append("The DICOM file says that the view is not frontal.")
    return tuple(doubts)


def _word(header: Dataset, keyword: str) -> str:
    return str(header.get(keyword) or "").strip().upper()


def _check_kind(header: Dataset) -> None:
    modality, sop_class = _word(header, "Modality"), header.get("SOPClassUID")
    unsaid = modality in ("", "OT") and sop_class in (*_RADIOGRAPH_CLASSES, _SECONDARY_CAPTURE)
    if modality not in _RADIOGRAPHS and not unsaid:
        kind = _OTHER_KINDS.get(modality, "another kind of examination")
        expected = "it must be a radiograph (modality CR, DX, DR or RG), or a secondary capture"
        raise ImageError(f"the DICOM file is {kind}", expected, "Choose a chest X-ray")
    if _word(header, "BurnedInAnnotation") == "YES":
        expected = "such text may name the patient"
        raise ImageError("the DICOM file says that text is burned into the picture", expected, "Export it without annotations")


def _check_picture(header: Dataset) -> None:
    """Raises ImageError unless the file holds one picture of a kind and size that is read."""
    if "PixelData" not in header or not header.PixelData:
        raise ImageError("the DICOM file holds no picture", "it must have pixel data", "Choose the file of the image, not of its report")
    if int(header.get("NumberOfFrames") or 1) != 1:
        raise ImageError(*_SEVERAL_FRAMES)
    check_size(header.Columns, header.Rows)
    bits = 16 if header.PhotometricInterpretation in _GREY else 8
    samples = 1 if header.PhotometricInterpretation in _GREY else 3
    known = header.PhotometricInterpretation in _GREY + _COLOUR
    if not known or header.SamplesPerPixel != samples or header.BitsAllocated not in (8, bits):
        expected = "it must be grey of 8 or 16 bits, or colour of 8 bits"
        raise ImageError("the DICOM file stores its pixels in a way that is not read", expected, "Export it as MONOCHROME2")


def _pixels(header: Dataset) -> tuple[np.ndarray, tuple[str, ...], float]:
    """uint8 (H, W), bright = dense, warnings, and how colourful it is."""
    stored = _stored(header)
    if header.PhotometricInterpretation in _GREY:
        return *displayed(stored, header), 0.0
    image = Image.fromarray(stored, "RGB")
    return *grey_of(image), colour_of(image)


def _stored(header: Dataset) -> np.ndarray:
    """The numbers as stored, (H, W) of 8 or 16 bits, or RGB, uint8 (H, W, 3). Raises ImageError when they cannot be decompressed."""
    syntax = UID(header.file_meta.TransferSyntaxUID)
    check_decodable(syntax, header.BitsStored)
    if syntax.is_compressed:
        check_frame(header, syntax)
    try:
        stored = pixel_array(header)
    except _DAMAGE:
        remedy = "Export it again, as Explicit VR Little Endian without compression"
        raise ImageError("the pixel data of the DICOM file are truncated or damaged", "", remedy) from None
    if stored.shape[:2] != (header.Rows, header.Columns):  # data for more frames than the header says
        raise ImageError(*_SEVERAL_FRAMES)
    return stored
