"""All SQL of phases."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from forum.db import Database, columns
from forum.topics.phasing import Timetable
from forum.topics.queries.columns import ROW
from forum.topics.rules import TopicRow

TIMETABLE = f"select {columns(Timetable)} from timetables"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the history."""

    act: str
    words: str
    made_at: datetime
    sha256: str
    pen_name: str
    role: str


async def newest(db: Database, topic_id: int) -> Timetable | None:
    return await db.record(
        Timetable, TIMETABLE + " where topic_id = :id order by number desc limit 1", id=topic_id
    )


async def history(db: Database, topic_id: int) -> list[Entry]:
    """The newest first."""
    return await db.records(
        Entry,
        """
        select t.act, t.words, t.made_at, t.sha256, a.pen_name, a.role from timetables t join accounts a on a.id = t.by_id
        where t.topic_id = :id order by t.number desc
        """,
        id=topic_id,
    )


def every(db: Database) -> AsyncIterator[Timetable]:
    """Topic by topic, as they follow each other there: they are added one after the other."""
    return db.each(Timetable, TIMETABLE + " where id > :after order by id limit :batch")


async def astray(db: Database) -> list[int]:
    """Topics that show other phases than their newest timetable."""
    rows = await db.rows(
        """
        select t.id from topics t left join lateral (
            select phases from timetables where topic_id = t.id order by number desc limit 1
        ) n on true where t.timetable is distinct from n.phases
            or t.closes_at is distinct from cast(n.phases -> -1 ->> 'ends' as timestamptz) order by t.id
        """
    )
    return [row["id"] for row in rows]


async def add(db: Database, made: Timetable) -> None:
    await db.run(
        """
        insert into timetables (topic_id, number, act, phases, words, by_id, made_at, sha256)
        values (:topic_id, :number, :act, :phases, :words, :by_id, :made_at, :sha256)
        """,
        topic_id=made.topic_id,
        number=made.number,
        act=made.act,
        phases=made.phases,
        words=made.words,
        by_id=made.by_id,
        made_at=made.made_at,
        sha256=made.sha256,
    )


async def set_timetable(db: Database, topic_id: int, phases: list[dict[str, str]], end: datetime) -> int:
    """What the topic shows from now on; the change number of that."""
    change: int = await db.value(
        """
        update topics set changes = changes + 1, head_change = changes + 1, timetable = :phases, closes_at = :end
        where id = :id returning changes
        """,
        id=topic_id,
        phases=phases,
        end=end,
    )
    return change


async def to_turn(db: Database, now: datetime) -> list[int]:
    """Topics in which a phase began or the last one ended, and nobody was told."""
    rows = await db.rows(
        """
        select t.id from topics t cross join lateral (
            select max(moment) as at from jsonb_array_elements(t.timetable) phase
            cross join lateral (values (cast(phase ->> 'begins' as timestamptz)), (cast(phase ->> 'ends' as timestamptz)))
                as turn (moment) where moment <= :now
        ) last where t.closes_at is not null and t.turned_at is distinct from t.closes_at
            and last.at is distinct from t.turned_at order by t.id
        """,
        now=now,
    )
    return [row["id"] for row in rows]


async def turn(db: Database, topic_id: int, at: datetime) -> bool:
    """It is told of this moment; False if it was."""
    return bool(
        await db.run(
            "update topics set turned_at = :at where id = :id and turned_at is distinct from :at",
            id=topic_id,
            at=at,
        )
    )


async def running(db: Database, now: datetime, limit: int) -> list[TopicRow]:
    """What is being discussed for a time, by what ends first, as everybody may read it."""
    return await db.records(
        TopicRow,
        ROW
        + """
        where t.closes_at > :now and t.state = 'visible' and not t.locked and t.merged_into is null
            and b.kind <> 'staff'
        order by t.closes_at, t.id limit :limit
        """,
        now=now,
        limit=limit,
    )
