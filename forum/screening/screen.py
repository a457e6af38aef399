"""Every hint that a text gives by itself."""

from collections import defaultdict

from forum.pictures import without_addresses
from forum.screening.hints import Hint, Kind, disjoint
from forum.screening.manner import links, repetition, shouting
from forum.screening.morphemes import morphemes
from forum.screening.names import names
from forum.screening.personal import personal_data
from forum.screening.reading import read
from forum.screening.words import listed_words


def screen(text: str, *, newcomer: bool = False) -> tuple[Hint, ...]:
    """In the order of the text; hints of one kind never overlap. `newcomer`: no post of the author's was ever shown."""
    text = without_addresses(text)
    words = morphemes(text)
    by_kind: dict[Kind, list[Hint]] = defaultdict(list)
    for hint in (
        *personal_data(text),
        *links(text, newcomer=newcomer),
        *shouting(read(text)),
        *repetition(text),
        *names(words),
        *listed_words(words),
    ):
        by_kind[hint.kind].append(hint)
    found = (hint for hints in by_kind.values() for hint in disjoint(hints))
    return tuple(sorted(found, key=lambda hint: (hint.start, hint.end, hint.kind)))
