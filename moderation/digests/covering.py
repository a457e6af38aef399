"""Names of groups that say what nobody may read any more: ■ stands for each letter, as where a passage is masked."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from forum.db import Database
from forum.posts.masking import MASK
from forum.width import fold
from moderation.digests.queries import groups
from moderation.digests.queries.groups import Group, Named

# A title is one phrase, a theme may be two, a summary has sentences; a letter alone is nobody's word.
PHRASES, SENTENCES = re.compile("[^・]+|・"), re.compile(r"[^。！？!?\n]+[。！？!?]?|[。！？!?\n]")
SHORTEST = 2
N = TypeVar("N", bound=Named)


async def points(db: Database, digest_id: int) -> list[Group]:
    """The groups of a digest as everybody may read them."""
    return await cover(db, digest_id, await groups.to_cover(db, digest_id))


async def title_of(db: Database, digest_id: int, group_id: int) -> str:
    """The title of one of its groups as everybody may read it."""
    return next(group.title for group in await points(db, digest_id) if group.id == group_id)


async def readable(db: Database, titles: Iterable[tuple[int, str]]) -> dict[tuple[int, str], str]:
    """Titles that points of digests once had, given with the digest, as everybody may read them by now."""
    written = defaultdict[int, list[str]](list)
    for digest_id, title in {*titles}:
        written[digest_id].append(title)
    lost = await groups.lost_words(db, sorted(written))
    found = {}
    for digest_id, once in written.items():
        gone = [titled(title, lost.get(digest_id, [])) for title in once]
        for title, point in zip(once, await cover(db, digest_id, gone), strict=True):
            found[digest_id, title] = point.title
    return found


def titled(title: str, lost: list[str]) -> Named:
    """A point of which nothing is left but its title."""
    return Named(id=0, position=0, title=title, summary="", theme="", plan_section_id=None, lost=lost)


async def cover(db: Database, digest_id: int, named: Sequence[N]) -> list[N]:
    """What only hidden, withdrawn or masked opinions say, of the group or of none any more, is covered in its name."""
    if not any(says(group) for group in named):
        return list(named)
    read = [fold(words) for words in await groups.read_words(db, digest_id)]
    return [covered(group, read) for group in named]


def says(group: Named) -> bool:
    """Whether its name says something that may not be read, or not there."""
    lost = [fold(words) for words in group.lost]
    names = (*PHRASES.findall(group.title + "・" + group.theme), *SENTENCES.findall(group.summary))
    return any(is_in(piece, words) for words in lost for piece in names)


def is_in(piece: str, words: str) -> bool:
    phrase = fold(piece).strip().rstrip("…")
    return len(phrase) >= SHORTEST and phrase in words


def covered(group: N, read: Sequence[str]) -> N:
    """`read` is what may be read, with letters of full width folded."""
    lost = [fold(words) for words in group.lost]

    def hide(words: str, of: re.Pattern[str]) -> str:
        return "".join(
            MASK * len(piece)
            if any(is_in(piece, words) for words in lost) and not any(is_in(piece, words) for words in read)
            else piece
            for piece in of.findall(words)
        )

    return replace(
        group,
        title=hide(group.title, PHRASES),
        theme=hide(group.theme, PHRASES),
        summary=hide(group.summary, SENTENCES),
    )


def is_covered(group: Named) -> bool:
    return MASK in group.title + group.theme + group.summary
