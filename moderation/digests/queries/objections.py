"""Objections of authors before a digest is published, the time for them, and their answers."""

from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass

from forum.db import Database, columns
from moderation.digests.rules.objecting import Objection, OwnTime, Window


@dataclass(frozen=True, slots=True)
class Shown(Objection):
    """An objection with the pen names of both, or the number of its author's receipt."""

    pen_name: str | None = None
    receipt: str | None = None
    answerer: str | None = None


@dataclass(frozen=True, slots=True)
class Beside:
    """What else there is to read of a published digest: a map of its points, objections of its authors."""

    mapped: bool
    heard: bool


async def beside(db: Database, digest_id: int) -> Beside | None:
    return await db.record(
        Beside,
        """
        select exists (select from maps where digest_id = :id) as mapped,
            exists (select from objection_windows where digest_id = :id) as heard
        """,
        id=digest_id,
    )


async def window(db: Database, digest_id: int) -> Window | None:
    return await db.record(
        Window, f"select {columns(Window)} from objection_windows where digest_id = :id", id=digest_id
    )


async def hears(db: Database, submission_id: int) -> bool:
    """Whether who submitted this is asked before a digest is published."""
    asked: bool = await db.value(
        """
        select exists (select from opinions o join objection_windows w on w.digest_id = o.digest_id
            join digests d on d.id = o.digest_id and d.state <> 'published'
            where o.submission_id = :id and o.part = 'opinion')
        """,
        id=submission_id,
    )
    return asked


async def add_window(db: Database, window: Window) -> None:
    await db.run(
        """
        insert into objection_windows (digest_id, opened_by, opened_at, closes_at, sha256)
        values (:digest_id, :opened_by, :opened_at, :closes_at, :sha256)
        """,
        digest_id=window.digest_id,
        opened_by=window.opened_by,
        opened_at=window.opened_at,
        closes_at=window.closes_at,
        sha256=window.sha256,
    )


async def times(db: Database, digest_id: int) -> list[OwnTime]:
    """Of those who came in after the window was opened."""
    return await db.records(
        OwnTime, f"select {columns(OwnTime)} from objection_times where digest_id = :id", id=digest_id
    )


async def every_time(db: Database) -> list[OwnTime]:
    return await db.records(OwnTime, f"select {columns(OwnTime)} from objection_times order by id")


async def add_time(db: Database, time: OwnTime) -> None:
    await db.run(
        """
        insert into objection_times (digest_id, account_id, submission_id, told_at, closes_at, sha256)
        values (:digest_id, :account_id, :submission_id, :told_at, :closes_at, :sha256) on conflict do nothing
        """,
        **asdict(time),
    )


async def add(db: Database, objection: Objection) -> None:
    await db.run(
        """
        insert into objections (digest_id, account_id, submission_id, words, filed_at, sha256, salt)
        values (:digest_id, :account_id, :submission_id, :words, :filed_at, :sha256, :salt)
        """,
        digest_id=objection.digest_id,
        account_id=objection.account_id,
        submission_id=objection.submission_id,
        words=objection.words,
        filed_at=objection.filed_at,
        sha256=objection.sha256,
        salt=objection.salt,
    )


async def answer(db: Database, answered: Objection) -> None:
    await db.run(
        """
        update objections set answer = :answer, withheld = :withheld, answered_by = :answered_by,
            answered_at = :answered_at, answer_sha256 = :answer_sha256
        where id = :id
        """,
        id=answered.id,
        answer=answered.answer,
        withheld=answered.withheld,
        answered_by=answered.answered_by,
        answered_at=answered.answered_at,
        answer_sha256=answered.answer_sha256,
    )


async def of(db: Database, digest_id: int) -> list[Shown]:
    """The oldest first."""
    return await db.records(
        Shown,
        """
        select o.id, o.digest_id, o.account_id, o.words, o.filed_at, o.sha256, o.answer, o.withheld, o.answered_by,
            o.answered_at, o.answer_sha256, o.submission_id, o.salt, a.pen_name, s.receipt, b.pen_name as answerer
        from objections o left join accounts a on a.id = o.account_id
            left join submissions s on s.id = o.submission_id left join accounts b on b.id = o.answered_by
        where o.digest_id = :id order by o.id
        """,
        id=digest_id,
    )


async def windows(db: Database) -> list[Window]:
    return await db.records(Window, f"select {columns(Window)} from objection_windows order by digest_id")


def every(db: Database) -> AsyncIterator[Objection]:
    return db.each(
        Objection, f"select {columns(Objection)} from objections where id > :after order by id limit :batch"
    )


async def unheard(db: Database) -> list[str]:
    """One line for every digest that went out too early: before its authors had their time, or an answer."""
    rows = await db.rows(
        """
        select format('digest %s: was published before its authors were heard', d.id) as line
        from digests d join objection_windows w on w.digest_id = d.id
        where d.state = 'published' and (d.published_at < greatest(w.closes_at,
            (select max(closes_at) from objection_times where digest_id = d.id)) or exists (
            select from objections where digest_id = d.id
                and (answered_at is null or answered_at > d.published_at)))
        order by d.id
        """
    )
    return [row["line"] for row in rows]


async def sender(db: Database, consultation_id: int) -> str:
    """The section that signs the letters."""
    name: str = await db.value(
        "select s.name from consultations c join sections s on s.id = c.section_id where c.id = :id",
        id=consultation_id,
    )
    return name
