"""From what somebody typed to what they may read of it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from forum.access import Actor
from forum.boards.rules import readable_kinds
from forum.db import Database
from forum.errors import Invalid
from forum.search.asking import Asked
from forum.search.queries import names, posts
from forum.search.queries.posts import READ_THROUGH, Narrowed
from forum.search.rules import FIRST, HITS_PER_PAGE, Hit, Order, Place, Term, too_wide, words
from forum.search.spelling import keys, spellings
from forum.text import fold


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a post must hold, and among which posts."""

    terms: list[Term]
    among: Narrowed

    @property
    def spellings(self) -> list[str]:
        return [spelling for term in self.terms for spelling in term.spellings]


async def wanted(
    db: Database, actor: Actor, asked: Asked, zone: ZoneInfo, *, read_through: int = READ_THROUGH
) -> Wanted:
    """Raises Invalid when there is too little to look for, or one letter among more posts than are `read_through`.

    A board or person that is not known has no posts.
    """
    until = _midnight(asked.before, zone, days=1)
    kinds = readable_kinds(actor)
    meant = await names.meant(
        db,
        [word.text for word in asked.words],
        [key for word in asked.words if not word.exact for key in keys(fold(word.text))],
        kinds=kinds,
        board=asked.board,
        tag=asked.tag,
        author=fold(asked.author).removeprefix("@").strip(),
        until=until,
    )
    terms = [
        Term((word.text,) if word.exact else spellings(word.text, meant.known))
        for word in words(asked, meant.words)
    ]
    among = Narrowed(
        kinds,
        boards=meant.boards if asked.board else None,
        tags=meant.tags if asked.tag else None,
        authors=meant.authors if asked.author else None,
        since=_midnight(asked.after, zone),
        until=until,
        answered=bool(asked.has) or None,
        newest=(meant.newest or 0) if until else None,
    )
    if terms and not any(term.indexed for term in terms) and not await posts.are_few(db, among, read_through):
        raise Invalid(q=too_wide())
    return Wanted(terms, among)


async def found(
    db: Database, actor: Actor, wanted: Wanted, order: Order = Order.NEWEST, place: Place = FIRST
) -> tuple[list[Hit], Place | None]:
    """A page of hits from `place` on, and where the next one begins, if there is one."""
    hits = await posts.find(
        db, wanted.terms, wanted.among, viewer=actor.id, order=order, place=place, limit=HITS_PER_PAGE + 1
    )
    page = hits[:HITS_PER_PAGE]
    return page, Place(page[-1].post_id, page[-1].score) if len(hits) > HITS_PER_PAGE else None


def _midnight(day: date | None, zone: ZoneInfo, days: int = 0) -> datetime | None:
    """When the day begins, or one so many days later."""
    return None if day is None else datetime.combine(day + timedelta(days), time(), zone).astimezone(UTC)
