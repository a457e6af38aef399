"""The colours of the style sheet are readable in both schemes (WCAG 2.2, 1.4.3 and 1.4.11)."""

import re

import pytest

from forum.rendering import STATIC

TEXT, PARTS = 4.5, 3.0
GROUNDS = ("paper", "surface", "sunken")
TEXTS = ("ink", "soft", "link", "link-hover", "visited", "key", "bad")
ON_TINTS = (
    [
        (text, ground)
        for text in ("ink", "link")
        for ground in ("info-bg", "good-bg", "warn-bg", "bad-bg", "tint")
    ]
    + [(tone, f"{tone}-bg") for tone in ("info", "good", "warn", "bad")]
    + [("on-key", "key"), ("on-key", "key-deep"), ("key-deep", "tint"), ("soft", "tint"), ("visited", "tint")]
    + [("surface", "bad"), ("ink", "mark")]
)
TEXT_PAIRS = [(text, ground) for text in TEXTS for ground in GROUNDS] + ON_TINTS
PART_PAIRS = [
    (part, ground) for part in ("edge", "key", "ring", "warn-edge", "bad") for ground in ("paper", "surface")
] + [(f"mark-{group}", ground) for group in "abcde" for ground in ("surface", "sunken")]


def schemes() -> dict[str, dict[str, str]]:
    """The custom properties that are colours, of the light scheme and of the dark one laid over it."""
    light, dark = re.findall(r":root \{(.*?)\}", (STATIC / "site.css").read_text(), re.DOTALL)[:2]
    colours = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})\b", block)) for block in (light, dark)]
    return {"light": colours[0], "dark": colours[0] | colours[1]}


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    red, green, blue = (_linear(int(digits[place : place + 2], 16) / 255) for place in (0, 2, 4))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return float(channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("pairs", "least"), [(TEXT_PAIRS, TEXT), (PART_PAIRS, PARTS)], ids=["text", "parts"])
def test_colours_stand_out_from_their_ground(scheme: str, pairs: list[tuple[str, str]], least: float) -> None:
    colours = schemes()[scheme]
    weak = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in pairs}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < least} == {}
