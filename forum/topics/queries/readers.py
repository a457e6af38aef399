"""Who reads a page of a topic, in one statement with all that they may be shown there."""

from collections.abc import Hashable
from dataclasses import dataclass, fields
from datetime import datetime

import asyncpg

from forum.access import Actor
from forum.accounts.queries import ACTOR, OFFICES, as_actor
from forum.db import Database
from forum.places.queries import MINE
from forum.places.rules import Mine

# What is filled into a page that many share, and what nobody is shown.
BLANKS = ("id", "mine_read", "pen_name", "pseudonym", "mine_reactions", "mine_done")
OWN = (*BLANKS, "session_ends", "approved_posts")
# Follows from what else they are, and from what the town asks for.
DERIVED = ("waiting_role",)
MARKS = [f"mine_{field.name}" for field in fields(Mine)]
COMMON = [
    name
    for name in (*(field.name for field in fields(Actor)), *MARKS)
    if name not in (*OWN, *OFFICES, *DERIVED)
]
READER = f"""
select {", ".join(OWN)}, approved_posts > 0 as is_known, changes, {", ".join([*COMMON, *OFFICES])} from (
    {ACTOR}, s.expires_at as session_ends, t.changes,
        {", ".join(f"mine.{mark.removeprefix('mine_')} as {mark}" for mark in MARKS)}
    from sessions s join accounts a on a.id = s.account_id join topics t on t.id = :topic_id
        cross join lateral ({MINE}) mine
    where s.token_hash = :token_hash and s.expires_at > :now
) reader
"""


@dataclass(frozen=True, slots=True)
class Reader:
    """As the database tells of them: to take that apart costs a third of what the statement does."""

    row: asyncpg.Record

    @property
    def own(self) -> tuple[object, ...]:
        """What they have in the BLANKS."""
        own: tuple[object, ...] = self.row[: len(BLANKS)]
        return own

    @property
    def common(self) -> tuple[Hashable, ...]:
        """Whoever has all of this in common may share a page; the changes of the topic are a part of it."""
        lists = len(self.row) - len(OFFICES)
        return *self.row[len(OWN) : lists], *map(tuple, self.row[lists:])

    def apart(self) -> tuple[Actor, Mine, int]:
        """The person, what they did there, and the number of changes that the topic has now."""
        columns = dict(self.row)
        mine = Mine(**{mark.removeprefix("mine_"): columns.pop(mark) for mark in MARKS})
        changes: int = columns.pop("changes")
        del columns["is_known"]
        return as_actor(columns), mine, changes


async def reader(
    db: Database, token_hash: bytes, topic_id: int, first: int, last: int, now: datetime
) -> Reader | None:
    row = await db.row(READER, token_hash=token_hash, topic_id=topic_id, first=first, last=last, now=now)
    return Reader(row) if row else None
