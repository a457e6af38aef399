"""Masks, the seals of masked posts, and every look at what is under a mask."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from forum.access import Actor
from forum.boards.rules import moderated
from forum.db import Database


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody read sealed words."""

    id: int
    post_id: int
    board_name: str
    board_name_en: str
    account_id: int
    pen_name: str
    role: str
    reason: str
    looked_at: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """A mask as it is kept, with the hashes of what it rests on: the decision, and the revision that says the passage."""

    id: int
    start_at: int
    end_at: int
    sha256: str
    decision_sha256: str | None
    revision_sha256: str | None


def every(db: Database) -> AsyncIterator[Kept]:
    return db.each(
        Kept,
        """
        select m.id, m.start_at, m.end_at, m.sha256, d.sha256 as decision_sha256, r.sha256 as revision_sha256
        from masks m left join decisions d on d.id = m.set_by left join revisions r on r.id = m.revision_id
        where m.id > :after order by m.id limit :batch
        """,
    )


async def passages(db: Database, post_id: int) -> list[str]:
    """The words that are masked in every version of the post."""
    rows = await db.rows(
        """
        select distinct substr(r.raw, m.start_at + 1, m.end_at - m.start_at) as passage
        from masks m join revisions r on r.id = m.revision_id
        where m.post_id = :post_id and m.lifted_by is null order by 1
        """,
        post_id=post_id,
    )
    return [row["passage"] for row in rows]


async def salt(db: Database, post_id: int) -> str | None:
    found: str | None = await db.value("select salt from seals where post_id = :post_id", post_id=post_id)
    return found


async def seal(db: Database, post_id: int, salt: str) -> None:
    """From now on decisions on the post name its revisions by their seals."""
    await db.run(
        "insert into seals (post_id, salt) values (:post_id, :salt) on conflict do nothing",
        post_id=post_id,
        salt=salt,
    )


async def add(
    db: Database, *, post_id: int, revision_id: int, start: int, end: int, decision_id: int
) -> None:
    await db.run(
        """
        insert into masks (post_id, revision_id, start_at, end_at, set_by)
        values (:post_id, :revision_id, :start, :end, :decision_id)
        """,
        post_id=post_id,
        revision_id=revision_id,
        start=start,
        end=end,
        decision_id=decision_id,
    )


async def lift(db: Database, post_id: int, decision_id: int, *, set_by: int | None = None) -> None:
    """All that are in force, or those that one decision has set."""
    await db.run(
        """
        update masks set lifted_by = :decision_id
        where post_id = :post_id and lifted_by is null and set_by = coalesce(:set_by, set_by)
        """,
        post_id=post_id,
        decision_id=decision_id,
        set_by=set_by,
    )


async def show(db: Database, post_id: int, *, html: str, edition: int, change: int) -> None:
    """What readers see of the same words: no revision, no edit."""
    await db.run(
        """
        update posts set html = :html, edition = :edition, change = :change, version = version + 1 where id = :id
        """,
        id=post_id,
        html=html,
        edition=edition,
        change=change,
    )


async def look(db: Database, *, post_id: int, account_id: int, role: str, reason: str, now: datetime) -> None:
    await db.run(
        """
        insert into looks (post_id, account_id, role, reason, looked_at)
        values (:post_id, :account_id, :role, :reason, :now)
        """,
        post_id=post_id,
        account_id=account_id,
        role=role,
        reason=reason,
        now=now,
    )


async def looks(db: Database, *, before: int, limit: int) -> list[Look]:
    """The newest first, older than the id `before`."""
    return await db.records(
        Look,
        """
        select l.id, l.post_id, b.name as board_name, b.name_en as board_name_en, l.account_id, a.pen_name, l.role,
            l.reason, l.looked_at
        from looks l join accounts a on a.id = l.account_id join posts p on p.id = l.post_id
            join topics t on t.id = p.topic_id join boards b on b.id = t.board_id
        where l.id < :before order by l.id desc limit :limit
        """,
        before=before,
        limit=limit,
    )


async def posts_saying(
    db: Database, actor: Actor, post_id: int, passage: str, limit: int
) -> list[tuple[int, str]]:
    """(post, pen name) of other posts on the boards of this moderator that show the same words: quotes, and copies."""
    rows = await db.rows(
        """
        select p.id, a.pen_name from posts p join accounts a on a.id = p.author_id
            join topics t on t.id = p.topic_id join boards b on b.id = t.board_id
        where p.state = 'visible' and p.id <> :post_id and position(folded(:passage) in p.words) > 0
            and bigrams(p.words) @> bigrams(folded(:passage))
            and b.kind = any(:kinds) and (:everywhere or b.id = any(:board_ids))
        order by p.id desc limit :limit
        """,
        post_id=post_id,
        passage=passage,
        limit=limit,
        **moderated(actor),
    )
    return [(row["id"], row["pen_name"]) for row in rows]
