"""The compressed picture inside a DICOM file, looked at before it is decompressed.

A decoder believes the compressed stream, not the DICOM header that was checked: without this, a few bytes could ask for many gigabytes.
"""

from io import BytesIO
from itertools import pairwise

from PIL import Image
from pydicom import Dataset
from pydicom.encaps import get_frame
from pydicom.pixels import get_decoder
from pydicom.uid import UID, JPEG2000TransferSyntaxes, JPEGBaseline8Bit, JPEGExtended12Bit, RLELossless

from core.errors import ImageError

_UNCOMPRESS = "Export it as Explicit VR Little Endian, without compression"
_SEEN_BY_PILLOW = (JPEGBaseline8Bit, JPEGExtended12Bit, *JPEG2000TransferSyntaxes)
_END_OF_IMAGE = b"\xff\xd9"  # of JPEG and of JPEG 2000
_RLE_SEGMENTS = 15  # at most; the header is their number and 15 offsets, 4 bytes each (DICOM PS3.5 G.5)


def check_decodable(syntax: UID, bits_stored: int) -> None:
    """Raises ImageError when no decoder for a transfer syntax is installed."""
    try:
        decoder = get_decoder(syntax)
    except NotImplementedError:
        raise ImageError("the DICOM file holds a film, or its compression is unknown", "", _UNCOMPRESS) from None
    deep_jpeg = syntax == JPEGExtended12Bit and bits_stored > 8 and "gdcm" not in decoder.available_plugins  # Pillow reads 8 bits only
    if deep_jpeg or not decoder.is_available:
        remedy = f"{_UNCOMPRESS}, or install the package python-gdcm"
        raise ImageError(f"no decoder for the DICOM file's compression, {syntax.name}, is installed", "", remedy)


def check_frame(header: Dataset, syntax: UID) -> None:
    """Raises ImageError when the compressed picture is cut off or is not of the size that the header says."""
    frame = get_frame(header.PixelData, 0, number_of_frames=1)
    if syntax == RLELossless:
        _check_run_lengths(frame, header.Rows * header.Columns)
    elif syntax in _SEEN_BY_PILLOW:
        _check_stream(frame, header)


def _check_stream(frame: bytes, header: Dataset) -> None:
    if not frame.rstrip(b"\0").endswith(_END_OF_IMAGE):
        raise ImageError("the compressed picture in the DICOM file is truncated", "", "Export or copy the file again")
    try:
        stream = Image.open(BytesIO(frame), formats=("JPEG", "JPEG2000"))
    except Image.DecompressionBombError:
        raise _other_size() from None
    if stream.size != (header.Columns, header.Rows) or len(stream.getbands()) != header.SamplesPerPixel:
        raise _other_size()


def _check_run_lengths(frame: bytes, pixels: int) -> None:
    """Each segment holds one byte of every pixel, and perhaps one more to make their number even."""
    numbers = [int.from_bytes(frame[at : at + 4], "little") for at in range(0, 4 * (_RLE_SEGMENTS + 1), 4)]
    starts = [*numbers[1 : 1 + min(numbers[0], _RLE_SEGMENTS)], len(frame)]
    for start, end in pairwise(starts):
        if _run_length(frame[start:end], pixels + 2) > pixels + 2:
            raise _other_size()


def _run_length(segment: bytes, enough: int) -> int:
    """How many bytes a segment becomes; counting stops above `enough`."""
    position, length = 0, 0
    while position < len(segment) and length <= enough:
        head = segment[position]
        if head < 128:  # that many bytes and one more, as they are
            position, length = position + head + 2, length + head + 1
        else:  # the next byte, repeated; 128 means nothing
            position, length = position + (1 if head == 128 else 2), length + (0 if head == 128 else 257 - head)
    return length


def _other_size() -> ImageError:
    found = "the compressed picture in the DICOM file is of another size than the file says"
    return ImageError(found, "", "Export or copy the file again")
