"""Pictures as cameras, screens and enemies make them."""

from io import BytesIO
from typing import Any

from PIL import Image

TURNED = 0x0112
PLACE = 0x8825
MAKER = 0x010F


def a_photograph(
    width: int = 64, height: int = 48, *, turned: int = 1, name: str = "JPEG", **options: Any
) -> bytes:
    """Red above, blue below, as the sensor saw it; with the place where it was taken, and how the camera was held."""
    image = Image.new("RGB", (width, height), "blue")
    image.paste("red", (0, 0, width, height // 2))
    exif = Image.Exif()
    exif[TURNED], exif[MAKER] = turned, "SECRET CAMERA"
    exif[PLACE] = {1: "N", 2: (35.0, 42.0, 1.0), 3: "E", 4: (139.0, 30.0, 1.0)}
    return written(image, name, exif=exif, **options)


def written(image: Image.Image, name: str, **options: Any) -> bytes:
    buffer = BytesIO()
    image.save(buffer, name, **options)
    return buffer.getvalue()


def opened(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    image.load()
    return image


PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
