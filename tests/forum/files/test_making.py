"""What was sent becomes a picture of ours, or one sentence."""

import struct
import zlib
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from forum.errors import Invalid
from forum.files.making import made
from forum.files.rules import ANY, PICTURES, Kind
from tests.examples import examples
from tests.forum.files.drawing import MAKER, PDF, TURNED, a_photograph, opened, written

PLAIN = Image.new("RGB", (20, 10), "green")


def refused(data: bytes, kinds: frozenset[Kind] = PICTURES) -> str:
    with pytest.raises(Invalid) as refusal:
        made(data, kinds)
    return refusal.value.fields["file"]


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP"])
def test_only_the_pixels_remain(name: str) -> None:
    sent = a_photograph(name=name)
    assert b"SECRET CAMERA" in sent
    file = made(sent, PICTURES)
    kept = opened(file.data)
    assert (kept.format, file.kind) == (name, f"image/{name.lower()}")
    assert (file.width, file.height, file.small) == (*kept.size, None)
    assert b"SECRET" not in file.data
    assert b"Exif" not in file.data
    assert MAKER not in kept.getexif()


@pytest.mark.parametrize(("turned", "above"), [(1, "red"), (3, "blue"), (6, "side"), (8, "side")])
def test_a_picture_stands_as_the_camera_was_held(turned: int, above: str) -> None:
    file = made(a_photograph(800, 600, turned=turned), PICTURES)
    kept = opened(file.data)
    assert kept.size == ((600, 800) if above == "side" else (800, 600))
    assert opened(file.small or b"").size == ((480, 640) if above == "side" else (640, 480))
    red, _, blue = kept.getpixel((kept.width // 2, 5))
    assert above == "side" or (red > blue) == (above == "red")
    assert kept.getexif().get(TURNED, 1) == 1


def test_big_pictures_become_as_big_as_a_page_needs() -> None:
    file = made(a_photograph(2600, 1300), PICTURES)
    assert (file.width, file.height) == (2048, 1024)
    assert opened(file.data).size == (2048, 1024)


def test_every_way_to_say_colours() -> None:
    for mode in ("1", "L", "LA", "P", "RGBA", "I;16"):
        file = made(written(Image.new(mode, (30, 20)), "PNG"), PICTURES)
        assert opened(file.data).mode == ("RGBA" if mode in ("LA", "RGBA") else "RGB")
    for mode in ("L", "CMYK"):
        assert opened(made(written(Image.new(mode, (30, 20)), "JPEG"), PICTURES).data).mode == "RGB"
    clear = Image.new("P", (700, 20))
    file = made(written(clear, "PNG", transparency=0), PICTURES)
    assert opened(file.data).getpixel((0, 0))[3] == 0
    assert opened(file.small or b"").size == (640, 18)


@pytest.mark.parametrize("width", [256, 4096])
def test_a_scan_of_very_many_greys_keeps_them(width: int) -> None:
    scan = Image.new("I;16", (width, 1))
    for x in range(width):
        scan.putpixel((x, 0), x * 65535 // (width - 1))
    kept = opened(made(written(scan, "PNG"), PICTURES).data).convert("L")
    for part in range(5):
        assert kept.getpixel(((kept.width - 1) * part // 4, 0)) == pytest.approx(255 * part / 4, abs=2)


def test_a_camera_that_puts_a_second_photograph_behind_the_first_is_understood() -> None:
    sent = written(PLAIN, "MPO", save_all=True, append_images=[PLAIN])
    assert made(sent, PICTURES).kind is Kind.JPEG


def test_a_document_is_kept_as_it_is_where_the_caller_allows() -> None:
    assert made(PDF, ANY).data == PDF
    assert "PDF" not in refused(PDF)
    assert refused(PDF[:-10], ANY) == refused(PDF + bytes(2000), ANY)


def chunk(name: bytes, data: bytes) -> bytes:
    """A part of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def a_png_that_says(width: int, height: int, bits: int = 8) -> bytes:
    """A PNG of a few bytes with a head that promises more."""
    head = struct.pack(">IIBBBBB", width, height, bits, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(100)))
        + chunk(b"IEND", b"")
    )


def test_what_is_no_picture_of_ours_is_refused_with_one_sentence() -> None:
    moving = {"save_all": True, "append_images": [Image.new("RGB", (20, 10), "red")]}
    photograph = a_photograph(400, 300)
    for data, says in {
        b"": "選んでください",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>": "使えるのは",
        b"GIF89a" + bytes(20): "使えるのは",
        b"\0\0\0\x18ftypheic" + bytes(100): "HEICやAVIFの写真は使えません",
        b"\0\0\0\x1cftypavif" + bytes(100): "HEICやAVIFの写真は使えません",
        b"\0\0\0\x20ftypisom" + bytes(100): "使えるのは",
        written(PLAIN, "GIF"): "使えるのは",
        written(PLAIN, "BMP"): "使えるのは",
        written(PLAIN, "TIFF"): "使えるのは",
        b"<html><script>alert(1)</script>": "使えるのは",
        b"%PDF-1.7 %%EOF": "使えるのは",
        b"PK\x03\x04" + bytes(100): "使えるのは",
        written(PLAIN, "PNG", **moving): "動く画像",
        written(PLAIN, "WEBP", **moving): "動く画像",
        a_png_that_says(60_000, 60_000): "画像が大きすぎ",
        a_png_that_says(2**31 - 1, 1): "画像が大きすぎ",
        a_png_that_says(3000, 3000): "途中で切れて",
        photograph[: len(photograph) // 2]: "途中で切れて",
        photograph[:20]: "使えるのは",
    }.items():
        assert says in refused(data), data[:20]


def test_a_second_file_inside_a_picture_does_not_come_along() -> None:
    evil = b"<script>alert(document.domain)</script>"
    for sent in (
        a_photograph() + evil,
        written(PLAIN, "JPEG", comment=evil),
        PDF.join([a_photograph(), b""]),
    ):
        assert evil not in made(sent, PICTURES).data
        assert b"%PDF" not in made(sent, PICTURES).data


@settings(max_examples=examples(30))
@given(st.data())
def test_no_damage_is_more_than_a_sentence(data: st.DataObject) -> None:
    sent = bytearray(DAMAGED[data.draw(st.sampled_from(sorted(DAMAGED)))])
    for _ in range(data.draw(st.integers(1, 6))):
        sent[data.draw(st.integers(8, len(sent) - 1))] = data.draw(st.integers(0, 255))
    with suppress(Invalid):
        made(bytes(sent), ANY)


DAMAGED = {name: a_photograph(24, 16, name=name) for name in ("JPEG", "PNG", "WEBP")}
