from io import BytesIO

import numpy as np
from PIL import Image

from core.images.contact_sheet import contact_sheet


def test_each_picture_is_at_its_place():
    pictures = [np.full((30, 20), grey, np.uint8) for grey in (40, 120, 200)]
    sheet = np.array(Image.open(BytesIO(contact_sheet(pictures, 16, 2))))
    assert sheet.shape == (32, 32)
    middles = [int(sheet[8, 8]), int(sheet[8, 24]), int(sheet[24, 8]), int(sheet[24, 24])]
    assert np.allclose(middles, [40, 120, 200, 0], atol=6)
