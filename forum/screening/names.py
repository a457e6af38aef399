"""Names of people beside titles and affiliations: a weak hint, for some of them are in the news every day."""

from collections.abc import Iterator, Sequence

from forum.i18n import _
from forum.screening.hints import Hint, Kind
from forum.screening.lists import lines
from forum.screening.morphemes import Morpheme

TITLES = tuple(lines("titles.txt"))
# Whoever holds a public office is spoken of by name in every debate.
OFFICES = tuple(lines("offices.txt"))
AFFILIATIONS = tuple(lines("affiliations.txt"))
# A title may be several words: 市 + 長.
AHEAD = 4


def names(words: Sequence[Morpheme]) -> Iterator[Hint]:
    """A family name with a title, after an affiliation, or with a given name."""
    at = 0
    while at < len(words):
        if not _is_name(words[at]):
            at += 1
            continue
        end = _end_of_name(words, at)
        if evidence := _evidence(words, at, end):
            yield Hint(Kind.NAME, words[at].start, words[end - 1].end, evidence)
        at = end


def _end_of_name(words: Sequence[Morpheme], at: int) -> int:
    """Behind the last part of the name that begins here; a space may stand inside."""
    end = at + 1
    while end < len(words):
        if _is_name(words[end]):
            end += 1
        elif words[end].surface in (" ", "　") and end + 1 < len(words) and _is_name(words[end + 1]):
            end += 2
        else:
            break
    return end


def _evidence(words: Sequence[Morpheme], at: int, end: int) -> str | None:
    after = "".join(word.surface for word in words[end : end + AHEAD]).lstrip()
    before = "".join(word.surface for word in words[max(0, at - AHEAD) : at]).rstrip().removesuffix("の")
    if after.startswith(OFFICES) or before.endswith(OFFICES):
        return None
    called = before.endswith(("@", "＠"))  # by a pen name
    if title := next((title for title in TITLES if after.startswith(title) and not called), None):
        return _("名前と「%(title)s」", title=title)
    if words[at].name == "姓" and before.endswith(AFFILIATIONS):
        return _("所属や役職の後の名前")
    kinds = [word.name for word in words[at:end] if word.name]
    return _("姓と名") if kinds[0] == "姓" and "名" in kinds[1:] else None


def _is_name(word: Morpheme) -> bool:
    """Letters that stand for somebody, as in Aさん, are no names."""
    return bool(word.name) and not (len(word.surface) == 1 and word.surface.isascii())
