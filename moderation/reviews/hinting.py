"""What a moderator is shown about a text beside the text: passages to look at, and recent posts that say the same."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from forum.db import Database
from forum.posts.rules import Post
from forum.screening.copies import copies
from forum.screening.hints import Hint, Kind, pieces
from forum.screening.screen import screen
from moderation.reviews.queries import neighbours
from moderation.reviews.queries.neighbours import Neighbour

# A wave of copies comes within days; this many posts are compared in some ten milliseconds.
RECENT = 200


@dataclass(frozen=True, slots=True)
class Hints:
    """Words by what they may be and why, the whole text cut at them, and the posts it resembles with the share in percent."""

    found: Mapping[tuple[Kind, str], Sequence[str]]
    pieces: Sequence[tuple[Hint | None, str]]
    copies: Sequence[tuple[Neighbour, int]]

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """As `kinds_in` has them."""
        return tuple(dict.fromkeys(kind for kind, _evidence in self.found))


@lru_cache(maxsize=2000)
def kinds_in(raw: str, newcomer: bool) -> tuple[Kind, ...]:
    """What a text is noticed for, in few words. A list shows the same texts again and again."""
    return tuple(dict.fromkeys(hint.kind for hint in screen(raw, newcomer=newcomer)))


async def hints_on(db: Database, post: Post, *, newcomer: bool) -> Hints:
    """Read from the words as they are now; nothing of it is stored, and nothing follows from it."""
    found = screen(post.shown, newcomer=newcomer)
    recent = await neighbours.recent(db, post.id, post.board_id, RECENT)
    return Hints(
        _grouped(post.shown, found),
        [*pieces(post.shown, found)],
        [
            (recent[copy.at], int(copy.share * 100))
            for copy in copies(post.raw, [other.raw for other in recent])
        ],
    )


def _grouped(text: str, hints: Iterable[Hint]) -> dict[tuple[Kind, str], list[str]]:
    """Forty links are one finding with forty places."""
    found: dict[tuple[Kind, str], list[str]] = {}
    for hint in hints:
        found.setdefault((hint.kind, hint.evidence), []).append(text[hint.start : hint.end])
    return found
