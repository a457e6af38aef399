"""Who reads a page of a topic, in one statement with all that they may be shown there."""

from dataclasses import dataclass, fields
from datetime import datetime

from forum.access import Actor
from forum.accounts.queries import ACTOR, as_actor
from forum.db import Database
from forum.places.queries import MINE
from forum.places.rules import Mine

MARKS = [field.name for field in fields(Mine)]
READER = f"""
{ACTOR}, s.expires_at as session_ends, t.changes, {", ".join(f"mine.{name} as mine_{name}" for name in MARKS)}
from sessions s join accounts a on a.id = s.account_id join topics t on t.id = :topic_id
    cross join lateral ({MINE}) mine
where s.token_hash = :token_hash and s.expires_at > :now
"""


@dataclass(frozen=True, slots=True)
class Reader:
    """`changes` is the number that the topic has now."""

    actor: Actor
    mine: Mine
    changes: int


async def reader(
    db: Database, token_hash: bytes, topic_id: int, first: int, last: int, now: datetime
) -> Reader | None:
    row = await db.row(READER, token_hash=token_hash, topic_id=topic_id, first=first, last=last, now=now)
    if row is None:
        return None
    columns = dict(row)
    mine = Mine(**{name: columns.pop(f"mine_{name}") for name in MARKS})
    changes = columns.pop("changes")
    return Reader(as_actor(columns), mine, changes)
