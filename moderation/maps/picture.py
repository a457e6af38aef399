"""The picture of a map: every person of a group is a mark, the groups lie as far apart as their answers.

Where a mark lies inside its group says nothing: marks are laid out like the seeds of a sunflower, so the picture tells
of groups and of nobody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import ceil, cos, hypot, pi, sin, sqrt
from typing import Any

LETTERS = "ABCDE"
# With more people a mark stands for several.
MARKS_MOST = 400
MARK, GAP, MARGIN = 10.0, 16.0, 20.0
GOLDEN = pi * (3 - sqrt(5))
# A map of two groups is no thin line.
FLATTEST = 0.5


@dataclass(frozen=True, slots=True)
class Circle:
    """A group: where it is, how large, and its marks."""

    letter: str
    people: int
    x: float
    y: float
    radius: float
    marks: list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Picture:
    left: float
    top: float
    width: float
    height: float
    circles: list[Circle]
    # How many people one mark stands for.
    each: int


def pictured(groups: Sequence[Mapping[str, Any]]) -> Picture | None:
    """The picture of the groups of an outcome; None where there is nothing to be told apart."""
    if len(groups) < 2:
        return None
    each = ceil(sum(group["people"] for group in groups) / MARKS_MOST)
    radii = [radius(ceil(group["people"] / each)) for group in groups]
    places = spread([group["place"] for group in groups], radii)
    circles = [
        Circle(
            letter, group["people"], round(x, 1), round(y, 1), round(r, 1), marks(x, y, group["people"], each)
        )
        for letter, group, (x, y), r in zip(LETTERS, groups, places, radii, strict=False)
    ]
    return framed(circles, each)


def radius(marks: int) -> float:
    return MARK * sqrt(marks) + GAP


def spread(places: Sequence[Sequence[float]], radii: Sequence[float]) -> list[tuple[float, float]]:
    """The places, drawn so large that no two groups overlap; upwards is up."""
    apart = [
        (radii[one] + radii[other] + GAP)
        / max(hypot(*(a - b for a, b in zip(places[one], places[other], strict=True))), 0.01)
        for one, other in combinations(range(len(places)), 2)
    ]
    scale = max(apart)
    return [(x * scale, -y * scale) for x, y in places]


def marks(x: float, y: float, people: int, each: int) -> list[tuple[float, float]]:
    return [
        (
            round(x + MARK * sqrt(n + 0.5) * cos(n * GOLDEN), 1),
            round(y + MARK * sqrt(n + 0.5) * sin(n * GOLDEN), 1),
        )
        for n in range(ceil(people / each))
    ]


def framed(circles: list[Circle], each: int) -> Picture:
    left, right = (min(c.x - c.radius for c in circles), max(c.x + c.radius for c in circles))
    top, bottom = (min(c.y - c.radius for c in circles), max(c.y + c.radius for c in circles))
    width, height = right - left, bottom - top
    tall = max(height, width * FLATTEST)
    top -= (tall - height) / 2
    return Picture(
        round(left - MARGIN, 1),
        round(top - MARGIN, 1),
        round(width + 2 * MARGIN, 1),
        round(tall + 2 * MARGIN, 1),
        circles,
        each,
    )
