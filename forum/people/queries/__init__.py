"""All SQL of what a person has said in the open rooms."""

from dataclasses import dataclass
from datetime import datetime

from forum.db import Database
from forum.posts.queries.posts import VIEW
from forum.posts.rules import PostView

# Of `p`, `t` and `b`: what everybody may read, whoever asks.
OPEN = "p.state = 'visible' and t.state <> 'held' and b.kind <> 'staff'"


@dataclass(frozen=True, slots=True)
class Person:
    """Who somebody is to everybody."""

    id: int
    pen_name: str
    pseudonym: str
    role: str
    section_name: str | None
    section_name_en: str | None
    created_at: datetime


async def person(db: Database, pseudonym: str) -> Person | None:
    """Whoever has said something that everybody may read; of others nothing is known, not even the name."""
    return await db.record(
        Person,
        f"""
        select a.id, a.pen_name, a.pseudonym, a.role, s.name as section_name, s.name_en as section_name_en, a.created_at
        from accounts a left join sections s on s.id = a.section_id
        where a.pseudonym = :pseudonym and exists (
            select from posts p join topics t on t.id = p.topic_id join boards b on b.id = t.board_id
            where p.author_id = a.id and {OPEN})
        """,
        pseudonym=pseudonym,
    )


async def said(
    db: Database, account_id: int, *, topics_only: bool, before: int | None, limit: int
) -> list[PostView]:
    """The newest first, older than the post `before`; of topics their opening posts."""
    return await db.records(
        PostView,
        VIEW
        + f"""
        where p.author_id = :account_id and {OPEN} and (not :topics_only or p.number = 1)
            and (cast(:before as bigint) is null or p.id < :before)
        order by p.id desc limit :limit
        """,
        account_id=account_id,
        topics_only=topics_only,
        before=before,
        limit=limit,
    )
