"""All SQL of the city's answers to discussions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from forum.boards.queries import ANSWER_DUE, ANSWER_SECTION, ANSWER_STATE, BEGAN, PROMISE, PROMISED
from forum.clock import last_moment
from forum.db import Database, columns
from moderation.city_answers.rules import Step

COLUMNS = columns(Step)


@dataclass(frozen=True, slots=True)
class Shown(Step):
    """A step with the names in it. `reply`: the number of the answer in its topic."""

    section_name: str = ""
    section_name_en: str = ""
    reply: int | None = None

    @property
    def until(self) -> datetime:
        """The last moment that is in time."""
        return last_moment(self.due_at)


@dataclass(frozen=True, slots=True)
class Line:
    """A discussion in the list of answers. `answered_at`: of the last answer."""

    id: int
    title: str
    board_name: str
    board_name_en: str
    section_id: int
    section_name: str
    section_name_en: str
    answer_state: str
    answer_due_at: datetime
    created_at: datetime
    last_number: int
    answered_at: datetime | None

    @property
    def until(self) -> datetime:
        """The last moment that is in time."""
        return last_moment(self.answer_due_at)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A discussion without an answer, its opening post, and the last reminder of it."""

    id: int
    opening_id: int
    title: str
    section_id: int
    due_at: datetime
    since: datetime
    reminded: int | None


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply that may be marked as the city's answer."""

    id: int
    number: int
    pen_name: str
    created_at: datetime


LINE = f"""
select t.id, t.title, b.name as board_name, b.name_en as board_name_en, t.last_number, t.created_at,
    {ANSWER_SECTION} as section_id, s.name as section_name, s.name_en as section_name_en,
    {ANSWER_STATE} as answer_state, {ANSWER_DUE} as answer_due_at, a.answered_at
from topics t join boards b on b.id = t.board_id {PROMISE} join sections s on s.id = {ANSWER_SECTION}
    left join lateral (
        select max(made_at) as answered_at from city_answer_steps where topic_id = t.id and post_id is not null
    ) a on true
"""
# Readable by everybody, and nobody has answered yet.
UNANSWERED = f"""
t.state = 'visible' and b.kind <> 'staff' and (t.answer_state in ('received', 'considering') or ({PROMISED}))
    -- Known before any promise is looked up: on most boards nothing was ever promised.
    and (t.answer_state is not null or t.board_id in (select board_id from answer_promises))
"""
# Of one section, or of all where none is named.
OF_SECTION = f"(cast(:section_id as bigint) is null or {ANSWER_SECTION} = cast(:section_id as bigint))"


async def steps(db: Database, topic_id: int) -> list[Shown]:
    """Every step for a topic, the first first."""
    own = ", ".join(f"c.{name}" for name in COLUMNS.split(", "))
    return await db.records(
        Shown,
        f"""
        select {own}, s.name as section_name, s.name_en as section_name_en, p.number as reply
        from city_answer_steps c join sections s on s.id = c.section_id left join posts p on p.id = c.post_id
        where c.topic_id = :id order by c.number
        """,
        id=topic_id,
    )


async def add(db: Database, step: Step) -> None:
    await db.run(
        """
        insert into city_answer_steps (topic_id, number, act, section_id, due_at, post_id, words, by_id, made_at, sha256)
        values (:topic_id, :number, :act, :section_id, :due_at, :post_id, :words, :by_id, :made_at, :sha256)
        """,
        topic_id=step.topic_id,
        number=step.number,
        act=step.act,
        section_id=step.section_id,
        due_at=step.due_at,
        post_id=step.post_id,
        words=step.words,
        by_id=step.by_id,
        made_at=step.made_at,
        sha256=step.sha256,
    )


async def replies(db: Database, topic_id: int, section_id: int, limit: int) -> list[Reply]:
    """The last replies of a section's staff that are not marked yet, also where a merged topic leads."""
    return await db.records(
        Reply,
        """
        select p.id, p.number, a.pen_name, p.created_at from posts p join accounts a on a.id = p.author_id
        where p.topic_id = (select coalesce(merged_into, id) from topics where id = :topic_id)
            and p.state = 'visible' and not p.city_answer and p.number > 1
            and a.role = 'staff' and a.section_id = :section_id
        order by p.number desc limit :limit
        """,
        topic_id=topic_id,
        section_id=section_id,
        limit=limit,
    )


async def unanswered(db: Database, section_id: int | None, *, after: int, limit: int) -> list[Line]:
    """What waits for the city, of one section or of all, what is due first first; what follows this one, if there is one."""
    return await db.records(
        Line,
        LINE
        + f"""
        where {UNANSWERED} and {OF_SECTION}
            and (cast(:after as bigint) = 0 or ({ANSWER_DUE}, t.id) > (
                select answer_due_at, id from ({LINE} where t.id = :after) last
            ))
        order by answer_due_at, t.id limit :limit
        """,
        section_id=section_id,
        after=after,
        limit=limit,
    )


async def how_many_wait(db: Database, section_id: int | None, now: datetime) -> tuple[int, int]:
    """Of what waits for the city, of one section or of all: (what is late, what is not)."""
    row = await db.row(
        f"""
        select count(*) filter (where answer_due_at <= :now) as late, count(*) filter (where answer_due_at > :now) as ahead
        from ({LINE} where {UNANSWERED} and {OF_SECTION}) waiting
        """,
        section_id=section_id,
        now=now,
    )
    assert row is not None
    return row["late"], row["ahead"]


async def answered(db: Database, section_id: int | None, *, after: int, limit: int) -> list[Line]:
    """What was answered, the newest answer first; what follows this one, if there is one."""
    return await db.records(
        Line,
        LINE
        + f"""
        where t.state = 'visible' and b.kind <> 'staff' and t.answer_state in ('answered', 'reflected') and {OF_SECTION}
            and (cast(:after as bigint) = 0 or (a.answered_at, t.id) < (
                select answered_at, id from ({LINE} where t.id = :after) last
            ))
        order by a.answered_at desc, t.id desc limit :limit
        """,
        section_id=section_id,
        after=after,
        limit=limit,
    )


async def waiting(db: Database, until: datetime) -> list[Waiting]:
    """Everything that is due by then, everywhere."""
    return await db.records(
        Waiting,
        f"""
        select w.*, (
            select max(step) from city_answer_reminders where topic_id = w.id and due_at = w.due_at
        ) as reminded
        from (
            select t.id, p.id as opening_id, t.title, {ANSWER_SECTION} as section_id, {ANSWER_DUE} as due_at, coalesce(
                (select max(made_at) from city_answer_steps where topic_id = t.id), {BEGAN}
            ) as since
            from topics t join boards b on b.id = t.board_id {PROMISE} join posts p on p.id = coalesce(
                (select post_id from signs where topic_id = t.id and number = 1),
                (select id from posts where topic_id = t.id and number = 1)) where {UNANSWERED}
        ) w where w.due_at <= :until order by w.due_at, w.id
        """,
        until=until,
    )


async def add_reminders(
    db: Database, reminders: Sequence[tuple[int, datetime, int, int]], now: datetime
) -> set[int]:
    """Writes down (topic, due, step, people told); the topics of those that nobody else has written at the same moment."""
    rows = await db.rows(
        """
        insert into city_answer_reminders (topic_id, due_at, step, told, reminded_at)
        select topic_id, due_at, step, told, :now
        from unnest(cast(:topics as bigint[]), cast(:dues as timestamptz[]), cast(:steps as int[]), cast(:told as int[]))
            r (topic_id, due_at, step, told)
        on conflict on constraint city_answer_reminders_once do nothing returning topic_id
        """,
        topics=[topic for topic, _due, _step, _told in reminders],
        dues=[due for _topic, due, _step, _told in reminders],
        steps=[step for _topic, _due, step, _told in reminders],
        told=[told for _topic, _due, _step, told in reminders],
        now=now,
    )
    return {row["topic_id"] for row in rows}


async def promise(db: Database, board_id: int, days: int | None, by_id: int, now: datetime) -> None:
    await db.run(
        "insert into answer_promises (board_id, days, by_id, made_at) values (:board_id, :days, :by_id, :now)",
        board_id=board_id,
        days=days,
        by_id=by_id,
        now=now,
    )
