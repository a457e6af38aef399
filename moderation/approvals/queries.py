"""All SQL of approvals."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from forum.db import Database, columns
from moderation.approvals.rules import Approval, Kind, Switched, Use


@dataclass(frozen=True, slots=True)
class Shown(Approval):
    """An approval with the names of both."""

    asker: str = ""
    ender: str | None = None


@dataclass(frozen=True, slots=True)
class Used(Use):
    """A use with what its hash rests on."""

    end_sha256: str | None


@dataclass(frozen=True, slots=True)
class Line(Switched):
    """A switch as the staff reads it."""

    by: str


async def asks(db: Database) -> bool:
    """Whether the town asks for a second person before it publishes."""
    return bool(await db.value("select asks from approval_switches order by id desc limit 1"))


async def asks_until_the_end(db: Database) -> bool:
    """The same; nobody switches until the transaction ends."""
    await db.run("lock table approval_switches in share mode")
    return await asks(db)


async def lock_switch(db: Database) -> None:
    """Nobody publishes or switches until the transaction ends."""
    await db.run("lock table approval_switches in exclusive mode")


async def switch(db: Database, switched: Switched) -> None:
    await db.run(
        """
        insert into approval_switches (asks, reason, switched_by, switched_at, sha256)
        values (:asks, :reason, :switched_by, :switched_at, :sha256)
        """,
        asks=switched.asks,
        reason=switched.reason,
        switched_by=switched.switched_by,
        switched_at=switched.switched_at,
        sha256=switched.sha256,
    )


async def switches(db: Database) -> list[Line]:
    """The newest first."""
    return await db.records(
        Line,
        """
        select s.id, s.asks, s.reason, s.switched_by, s.switched_at, s.sha256, a.pen_name as by
        from approval_switches s join accounts a on a.id = s.switched_by order by s.id desc
        """,
    )


async def of(db: Database, kind: Kind, subject_id: int) -> list[Shown]:
    """The newest first."""
    return await db.records(
        Shown,
        """
        select p.id, p.kind, p.subject_id, p.content, p.note, p.asked_by, p.asked_at, p.sha256, p.outcome, p.ended_by,
            p.answer, p.ended_at, p.end_sha256, a.pen_name as asker, e.pen_name as ender
        from approvals p join accounts a on a.id = p.asked_by left join accounts e on e.id = p.ended_by
        where p.kind = :kind and p.subject_id = :subject_id order by p.id desc
        """,
        kind=kind.value,
        subject_id=subject_id,
    )


async def add(db: Database, approval: Approval) -> None:
    await db.run(
        """
        insert into approvals (kind, subject_id, content, note, asked_by, asked_at, sha256)
        values (:kind, :subject_id, :content, :note, :asked_by, :asked_at, :sha256)
        """,
        kind=approval.kind,
        subject_id=approval.subject_id,
        content=approval.content,
        note=approval.note,
        asked_by=approval.asked_by,
        asked_at=approval.asked_at,
        sha256=approval.sha256,
    )


async def end(db: Database, ended: Approval) -> None:
    await db.run(
        """
        update approvals set outcome = :outcome, ended_by = :ended_by, answer = :answer, ended_at = :ended_at,
            end_sha256 = :end_sha256
        where id = :id
        """,
        id=ended.id,
        outcome=ended.outcome,
        ended_by=ended.ended_by,
        answer=ended.answer,
        ended_at=ended.ended_at,
        end_sha256=ended.end_sha256,
    )


async def add_use(db: Database, use: Use) -> None:
    await db.run(
        """
        insert into approval_uses (approval_id, published, used_at, sha256)
        values (:approval_id, :published, :used_at, :sha256)
        """,
        approval_id=use.approval_id,
        published=use.published,
        used_at=use.used_at,
        sha256=use.sha256,
    )


async def uses(db: Database) -> list[Used]:
    return await db.records(
        Used,
        """
        select u.approval_id, u.published, u.used_at, u.sha256, p.end_sha256
        from approval_uses u left join approvals p on p.id = u.approval_id order by u.approval_id
        """,
    )


def every(db: Database) -> AsyncIterator[Approval]:
    return db.each(
        Approval, f"select {columns(Approval)} from approvals where id > :after order by id limit :batch"
    )


def every_switch(db: Database) -> AsyncIterator[Switched]:
    return db.each(
        Switched,
        f"select {columns(Switched)} from approval_switches where id > :after order by id limit :batch",
    )


async def unapproved(db: Database) -> list[str]:
    """One line for everything that was published without approval while the town asked for it. Who approved the result of
    a consultation has approved its digest."""
    rows = await db.rows(
        """
        select format('%s %s: was published without the approval that was asked for', kind, id) as line
        from (
            select 'digest' as kind, d.id, d.published_at,
                array[d.sha256, (select sha256 from consultations where id = d.consultation_id)] as hashes
            from digests d where d.state = 'published'
            union all
            select 'consultation', id, published_at, array[sha256] from consultations where state = 'published'
        ) p
        where (select asks from approval_switches where switched_at <= p.published_at order by id desc limit 1)
            and not exists (
                select from approval_uses u join approvals a on a.id = u.approval_id
                where u.published = any(p.hashes) and a.outcome = 'confirmed' and a.ended_by <> a.asked_by)
        order by kind, id
        """
    )
    return [row["line"] for row in rows]
