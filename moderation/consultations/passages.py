"""The passages of a plan: what readers can point at, by numbers that outlive corrections."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup

from forum import markup
from moderation.consultations.queries.notices import PlanPart
from moderation.consultations.queries.versions import Version
from moderation.consultations.rules.correcting import passage_numbers

# Sections kept as HTML: as many as the plans that people read at one time have.
SECTIONS_KEPT = 512


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph, list or table, as HTML and as it was typed."""

    number: int
    html: Markup
    words: str

    @property
    def speakable(self) -> bool:
        """Whether one may speak of it alone: a heading says nothing."""
        return not self.html.startswith(("<h", "<hr"))


def passages_of(
    plan: Sequence[PlanPart], versions: Sequence[Version]
) -> list[tuple[PlanPart, list[Passage]]]:
    """Each section of a plan with its passages; `versions` are those up to this one, or none before the first correction."""
    return [(part, [*passages(tuple(bodies(part, versions)))]) for part in plan]


def bodies(part: PlanPart, versions: Sequence[Version]) -> list[str]:
    """What the section said in each version, from the one with which it came."""
    at = part.position - 1
    return [version.parts[at].body for version in versions if len(version.sections) > at] or [part.body]


@lru_cache(SECTIONS_KEPT)
def passages(versions: tuple[str, ...]) -> tuple[Passage, ...]:
    """The passages in the last version of a section."""
    blocks = [markup.blocks(body) for body in versions]
    numbers = passage_numbers([[words for _html, words in version] for version in blocks])
    return tuple(
        Passage(number, Markup(html), words)  # noqa: S704 - sanitised
        for number, (html, words) in zip(numbers, blocks[-1], strict=True)
    )
