"""Decisions that may still be taken back."""

from dataclasses import dataclass
from datetime import datetime

from forum.db import Database


@dataclass(frozen=True, slots=True)
class Slip:
    """A post that was taken down a moment ago, as that decision has left it."""

    decision_id: int
    post_id: int
    number: int
    version: int
    pen_name: str


async def slip(db: Database, account_id: int, since: datetime) -> Slip | None:
    """The newest decision of a moderator, if it hid a post that had been public, not before `since`, and is no answer to an
    appeal or a rights request: whoever asked was told."""
    return await db.record(
        Slip,
        """
        select d.id as decision_id, p.id as post_id, p.number, p.version, a.pen_name
        from (select * from decisions where moderator_id = :account_id order by number desc limit 1) d
            join posts p on p.id = d.post_id
            join accounts a on a.id = p.author_id
        where d.act = 'hide' and d.decided_at >= :since and p.state = 'hidden' and p.shown_at is not null
            and d.appeal_of is null and not exists (select from rights_steps where decision_id = d.id)
            and not exists (select from decisions where post_id = d.post_id and number > d.number)
        """,
        account_id=account_id,
        since=since,
    )
