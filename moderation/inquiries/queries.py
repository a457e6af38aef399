"""All SQL of inquiries."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from forum.access import Actor
from forum.db import Database, columns
from moderation.inquiries.rules import Inquiry, Matter

# Answers are of use until the digest is published, or the result of its consultation: `rules.is_open`.
OPEN = """
i.outcome is null
    and case when d.consultation_id is null then d.state = 'draft' else c.state = 'considering' end
"""
# Those that concern a person.
MINE = """
(:everywhere or i.to_section_id = cast(:section_id as bigint) or i.from_section_id = cast(:section_id as bigint)
    or i.asked_by = :person)
"""


@dataclass(frozen=True, slots=True)
class Shown(Inquiry):
    """An inquiry with the names of everybody and everything in it. `open`: an answer is still of use."""

    from_name: str | None = None
    from_name_en: str | None = None
    to_name: str = ""
    to_name_en: str = ""
    asker: str = ""
    ender: str | None = None
    digest_title: str = ""
    consultation_id: int | None = None
    open: bool = False


@dataclass(frozen=True, slots=True)
class Waiting(Inquiry):
    """An inquiry without an answer, and the last reminder of it."""

    reminded: int | None = None


OWN = ", ".join(f"i.{name}" for name in columns(Inquiry).split(", "))
FROM = """
from inquiries i join digests d on d.id = i.digest_id left join consultations c on c.id = d.consultation_id
"""
SHOWN = f"""
select {OWN}, f.name as from_name, f.name_en as from_name_en, t.name as to_name, t.name_en as to_name_en,
    a.pen_name as asker, e.pen_name as ender, d.title as digest_title, d.consultation_id, ({OPEN}) as open
{FROM} join sections t on t.id = i.to_section_id left join sections f on f.id = i.from_section_id
    join accounts a on a.id = i.asked_by left join accounts e on e.id = i.ended_by
"""


async def matter(db: Database, digest_id: int, group_id: int) -> Matter | None:
    return await db.record(
        Matter,
        """
        select d.id as digest_id, d.title as digest_title, d.state as digest_state, g.id as group_id, g.title,
            c.id as consultation_id, c.state as consultation_state, c.section_id
        from opinion_groups g join digests d on d.id = g.digest_id left join consultations c on c.id = d.consultation_id
        where d.id = :digest_id and g.id = :group_id
        """,
        digest_id=digest_id,
        group_id=group_id,
    )


async def lock_all(db: Database) -> None:
    """One question after the other."""
    await db.run("lock table inquiries in share row exclusive mode")


async def asked_already(db: Database, asked: Inquiry) -> int | None:
    """The number of the very same question of the same person about the same opinions, if it still waits."""
    number: int | None = await db.value(
        """
        select id from inquiries
        where asked_by = :asked_by and to_section_id = :to_section_id and due_at = :due_at and question = :question
            and digest_id = :digest_id and title = :title and opinions = :opinions and outcome is null
        """,
        asked_by=asked.asked_by,
        to_section_id=asked.to_section_id,
        due_at=asked.due_at,
        question=asked.question,
        digest_id=asked.digest_id,
        title=asked.title,
        opinions=list(asked.opinions),
    )
    return number


async def add(db: Database, inquiry: Inquiry) -> int:
    number: int = await db.value(
        """
        insert into inquiries (digest_id, title, opinions, question, from_section_id, to_section_id, asked_by, asked_at,
            due_at, sha256)
        values (:digest_id, :title, :opinions, :question, :from_section_id, :to_section_id, :asked_by, :asked_at,
            :due_at, :sha256) returning id
        """,
        digest_id=inquiry.digest_id,
        title=inquiry.title,
        opinions=list(inquiry.opinions),
        question=inquiry.question,
        from_section_id=inquiry.from_section_id,
        to_section_id=inquiry.to_section_id,
        asked_by=inquiry.asked_by,
        asked_at=inquiry.asked_at,
        due_at=inquiry.due_at,
        sha256=inquiry.sha256,
    )
    return number


async def end(db: Database, ended: Inquiry) -> None:
    await db.run(
        """
        update inquiries set outcome = :outcome, ended_by = :ended_by, answer = :answer, ended_at = :ended_at,
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


async def locked(db: Database, inquiry_id: int) -> Inquiry | None:
    return await db.record(
        Inquiry, f"select {columns(Inquiry)} from inquiries where id = :id for update", id=inquiry_id
    )


async def inquiry(db: Database, inquiry_id: int) -> Shown | None:
    return await db.record(Shown, SHOWN + "where i.id = :id", id=inquiry_id)


async def of_group(db: Database, group_id: int) -> list[Shown]:
    """Everything that was asked about opinions which stand in a group now, wherever they stood then."""
    return await db.records(
        Shown,
        SHOWN
        + """
        join opinion_groups g on g.digest_id = i.digest_id
        where g.id = :id and i.opinions && array(select sha256 from opinions where group_id = g.id) order by i.id
        """,
        id=group_id,
    )


async def opinions(db: Database, inquiry: Inquiry) -> list[int]:
    """Those opinions of an inquiry that are still in its digest, by number."""
    rows = await db.rows(
        "select id from opinions where digest_id = :id and sha256 = any(:hashes)",
        id=inquiry.digest_id,
        hashes=list(inquiry.opinions),
    )
    return [row["id"] for row in rows]


async def unanswered(db: Database, actor: Actor) -> list[Shown]:
    """What waits for an answer and concerns this person, the first due first."""
    return await db.records(
        Shown, SHOWN + f"where {OPEN} and {MINE} order by i.due_at, i.id", **_concerned(actor)
    )


async def ended(db: Database, actor: Actor, *, after: int, limit: int) -> list[Shown]:
    """What was answered or withdrawn, or is of no use any more, the newest first; what follows this one, if there is one."""
    return await db.records(
        Shown,
        SHOWN
        + f"""
        where not ({OPEN}) and {MINE} and (cast(:after as bigint) = 0 or (coalesce(i.ended_at, i.due_at), i.id) < (
            select coalesce(ended_at, due_at), id from inquiries where id = :after
        ))
        order by coalesce(i.ended_at, i.due_at) desc, i.id desc limit :limit
        """,
        after=after,
        limit=limit,
        **_concerned(actor),
    )


async def waiting(db: Database) -> list[Waiting]:
    """Everything that waits for an answer, everywhere."""
    return await db.records(
        Waiting,
        f"""
        select {OWN}, (select max(step) from inquiry_reminders where inquiry_id = i.id) as reminded
        {FROM} where {OPEN} order by i.due_at, i.id
        """,
    )


async def add_reminders(db: Database, reminders: Sequence[tuple[int, int, int]], now: datetime) -> set[int]:
    """Writes down (inquiry, step, people told); the inquiries of those that nobody else has written at the same moment."""
    rows = await db.rows(
        """
        insert into inquiry_reminders (inquiry_id, step, told, reminded_at)
        select inquiry_id, step, told, :now
        from unnest(cast(:inquiries as bigint[]), cast(:steps as int[]), cast(:told as int[])) r (inquiry_id, step, told)
        on conflict on constraint inquiry_reminders_once do nothing returning inquiry_id
        """,
        inquiries=[number for number, _step, _told in reminders],
        steps=[step for _number, step, _told in reminders],
        told=[told for _number, _step, told in reminders],
        now=now,
    )
    return {row["inquiry_id"] for row in rows}


def every(db: Database) -> AsyncIterator[Inquiry]:
    """In order of id."""
    return db.each(
        Inquiry, f"select {columns(Inquiry)} from inquiries where id > :after order by id limit :batch"
    )


def _concerned(actor: Actor) -> dict[str, object]:
    return {"everywhere": actor.is_administrator, "section_id": actor.section_id, "person": actor.id}
