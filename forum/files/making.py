"""Pictures made anew from what was sent: of the bytes of others, only the pixels remain.

So nothing travels with them: no place where a photograph was taken, no second file behind the first. A document of the
city is kept as it is. The work of a processor: call `made` in a thread.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO

from PIL import Image, ImageCms, ImageFile, ImageOps, UnidentifiedImageError

from forum.errors import Invalid
from forum.files.rules import PIXELS_MAX, SENT_BYTES_MAX, SIDE_MAX, Kind, Made
from forum.i18n import N_, _
from forum.pictures import SMALL_SIDE, shrunk

# Half a picture is none.
ImageFile.LOAD_TRUNCATED_IMAGES = False
# Ours is checked before anything is decoded; the library's own would only warn.
Image.MAX_IMAGE_PIXELS = None
# A photograph of many cameras is a JPEG with another one behind it.
FORMATS = {"JPEG": Kind.JPEG, "MPO": Kind.JPEG, "PNG": Kind.PNG, "WEBP": Kind.WEBP}
WRITTEN: dict[Kind, tuple[str, dict[str, object]]] = {
    Kind.JPEG: ("JPEG", {"quality": 85, "progressive": True, "optimize": True}),
    Kind.PNG: ("PNG", {}),
    Kind.WEBP: ("WEBP", {"quality": 85, "method": 3}),
}
PDF_STARTS, PDF_ENDS = b"%PDF-", b"%%EOF"
# Readers of PDF look for its end in so many bytes.
PDF_TAIL = 1024

TOO_BIG = N_("ファイルが大きすぎます（12MBまで）。")
# What telephones make where nobody asks them for JPEG.
HEIF = re.compile(rb"....ftyp(?:hei|hev|mif|msf|avi)", re.DOTALL)

OTHER_KIND = N_("使えるのはJPEG、PNG、WebPの画像です。別の画像を選んでください。")
OTHER_KIND_OR_PDF = N_("使えるのはJPEG、PNG、WebPの画像とPDFです。別のファイルを選んでください。")
AS_HEIF = N_("HEICやAVIFの写真は使えません。JPEGで保存しなおしてから選んでください。")
TOO_MANY_PIXELS = N_("画像が大きすぎます（%(n)s万画素まで）。小さくしてから選んでください。")
MOVING = N_("動く画像は使えません。動かない画像を選んでください。")
BROKEN = N_("ファイルが途中で切れているか、こわれています。もう一度選んでください。")


def made(data: bytes, kinds: frozenset[Kind]) -> Made:
    """The file as it is kept, if it is one of these kinds. Raises Invalid with what is wrong with it."""
    if len(data) > SENT_BYTES_MAX:
        raise Invalid(file=_(TOO_BIG))
    if not data:
        raise Invalid(file=_("ファイルを選んでください。"))
    if Kind.PDF in kinds and data.startswith(PDF_STARTS):
        return _document(data)
    if HEIF.match(data):
        raise Invalid(file=_(AS_HEIF))
    try:
        image = Image.open(BytesIO(data), formats=("JPEG", "PNG", "WEBP"))
    except UnidentifiedImageError:
        raise Invalid(file=_(OTHER_KIND_OR_PDF if Kind.PDF in kinds else OTHER_KIND)) from None
    except Exception:
        raise Invalid(file=_(BROKEN)) from None
    with image:
        return _picture(image)


def _document(data: bytes) -> Made:
    if PDF_ENDS not in data[-PDF_TAIL:]:
        raise Invalid(file=_(BROKEN))
    return Made(Kind.PDF, data)


def _picture(image: ImageFile.ImageFile) -> Made:
    kind = FORMATS[image.format or ""]
    if image.width * image.height > (most := PIXELS_MAX[kind]):
        raise Invalid(file=_(TOO_MANY_PIXELS, n=most // 10_000))
    if getattr(image, "n_frames", 1) > 1 and image.format != "MPO":
        raise Invalid(file=_(MOVING))
    with _decoding():
        picture = _upright(image, kind)
    small = _resized(picture, SMALL_SIDE) if max(picture.size) > SMALL_SIDE else None
    return Made(kind, _written(picture, kind), *picture.size, _written(small, kind) if small else None)


@contextmanager
def _decoding() -> Iterator[None]:
    """Whatever a decoder stumbles over is broken: it reads the bytes of strangers."""
    try:
        yield
    except Exception:
        raise Invalid(file=_(BROKEN)) from None


def _upright(image: ImageFile.ImageFile, kind: Kind) -> Image.Image:
    """The pixels, as the camera was held and in the colours of screens, no bigger than a page needs."""
    image.draft("RGB", (SIDE_MAX, SIDE_MAX))
    profile = image.info.get("icc_profile")
    turned = ImageOps.exif_transpose(_resized(_of_few_greys(image), SIDE_MAX))
    clear = kind is not Kind.JPEG and (turned.mode in ("LA", "PA", "RGBA") or "transparency" in turned.info)
    picture = turned.convert("RGBA" if clear else "RGB")
    if profile and turned.mode == "RGB":
        with suppress(ImageCms.PyCMSError, OSError, ValueError):
            screen = ImageCms.createProfile("sRGB")
            return ImageCms.profileToProfile(picture, BytesIO(profile), screen, outputMode="RGB") or picture
    return picture


def _of_few_greys(image: Image.Image) -> Image.Image:
    """Scanners tell 65,536 greys apart; the library cannot shrink those, and would show all but the darkest as white."""
    if image.mode != "I;16":
        return image
    return image.point(lambda grey: grey * (1 / 256)).convert("L")


def _resized(image: Image.Image, side: int) -> Image.Image:
    size = shrunk(*image.size, side)
    if image.size == size:
        return image
    whole = (
        image.convert("RGBA" if "transparency" in image.info else "RGB")
        if image.mode in ("P", "1")
        else image
    )
    return whole.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def _written(image: Image.Image, kind: Kind) -> bytes:
    name, options = WRITTEN[kind]
    image.info = {}
    buffer = BytesIO()
    image.save(buffer, name, **options)
    return buffer.getvalue()
