"""How a draft plan is corrected while people answer to it: as a new version, with a reason, every section in its place."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Annotated

from pydantic import AfterValidator, BaseModel

from forum.i18n import _
from forum.text import Paragraphs, Version, sized
from moderation.consultations.rules.extending import REASON_LIMIT
from moderation.consultations.rules.notice import PLAN_LIMIT, Section, check_plan, sections

# From which on two passages are one, corrected; and how many of their letters are compared.
ALIKE, COMPARED = 0.5, 400


class Correction(BaseModel):
    """The whole plan as it shall read, why, and the number of the version that the clerk saw."""

    plan: Annotated[Paragraphs, sized(1, PLAN_LIMIT), AfterValidator(check_plan)]
    reason: Annotated[Paragraphs, sized(1, REASON_LIMIT)]
    number: Version

    def faults(self, plan: Sequence[Section]) -> dict[str, str]:
        """One sentence for each field that cannot be accepted. Opinions point at sections by their numbers."""
        corrected = sections(self.plan)
        if corrected == list(plan):
            return {"plan": _("計画案が変わっていません。")}
        if len(corrected) < len(plan):
            why = _(
                "節は減らせません（いま%(n)s節あります）。意見が、節の番号で場所を指しているためです。",
                n=len(plan),
            )
            return {"plan": why}
        if moved := displaced(plan, corrected):
            why = _(
                "「%(heading)s」の場所が変わっています。節は並べかえられません。新しい節は、最後に加えてください。",
                heading=moved.heading,
            )
            return {"plan": why}
        return {}


def displaced(plan: Sequence[Section], corrected: Sequence[Section]) -> Section | None:
    """The first section that stands in another place now, by its heading or its words: opinions on it would be ones on what
    stands there instead."""
    kept = {at for at, (old, new) in enumerate(zip(plan, corrected, strict=False)) if shared(old, new)}
    free = [new for at, new in enumerate(corrected) if at not in kept]
    moved = (old for at, old in enumerate(plan) if at not in kept and any(shared(old, new) for new in free))
    return next(moved, None)


def shared(one: Section, other: Section) -> bool:
    return one.heading == other.heading or (bool(one.body) and one.body == other.body)


def passage_numbers(versions: Sequence[Sequence[str]]) -> list[int]:
    """The numbers of the passages in the last of the versions of a section.

    A passage keeps its number when others come before it or when its words are corrected; a number is never given twice.
    """
    numbers: list[int] = []
    used, before = 0, list[str]()
    for after in versions:
        kept: list[int | None] = [None] * len(after)
        for op, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
            if op in ("equal", "replace"):
                for old, new in paired(before[i:j], after[k:m]):
                    kept[k + new] = numbers[i + old]
        numbers = []
        for number in kept:
            used += number is None
            numbers.append(used if number is None else number)
        before = list(after)
    return numbers


def paired(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Which passage became which, in order: one for one, or where their number changed those that are alike."""
    if len(before) == len(after):
        yield from enumerate(range(len(after)))
        return
    first = 0
    for old, words in enumerate(before):
        alike = [(likeness(words, after[new]), -new) for new in range(first, len(after))]
        if alike and (best := max(alike))[0] >= ALIKE:
            first = 1 - best[1]
            yield old, -best[1]


def likeness(one: str, other: str) -> float:
    """From 0 to 1, by how the two begin."""
    return SequenceMatcher(None, one[:COMPARED], other[:COMPARED], autojunk=False).ratio()
