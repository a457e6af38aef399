"""All SQL of reminders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from forum.access import Actor
from forum.boards.rules import moderated
from forum.db import Database
from moderation.reminders.rules import Late, Reminder
from moderation.rights.rules import Filed

# A rights request is late when its period is over, at a midnight, which is a matter of rules: these come from outside.
Overdue = Sequence[tuple[Filed, datetime]]

LATE = """
with late as (
    select i.kind, coalesce(i.appeal_id, i.id) as target_id, i.board_id, i.due_at, i.author_id || i.barred as barred
    from review_items i where i.open and i.due_at <= :now and i.kind <> 'request'
    union all
    select 'request', id, board_id, due_at, array[author_id] from unnest(cast(:requests as bigint[]),
        cast(:boards as bigint[]), cast(:dues as timestamptz[]), cast(:authors as bigint[])) r (id, board_id, due_at, author_id)
)
"""
# On the boards of a moderator, or of the section of somebody on the staff.
MINE = "b.kind = any(:kinds) and (:everywhere or b.id = any(:board_ids) or b.section_id = cast(:section_id as bigint))"


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is late on a board, by kind."""

    name: str
    name_en: str
    held: int
    reported: int
    proposed: int
    appeal: int
    request: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """Of how many things on a board people were reminded at one moment."""

    reminded_at: datetime
    name: str
    name_en: str
    step: int
    things: int
    told: int


async def late(db: Database, requests: Overdue, now: datetime) -> list[Late]:
    """Everywhere, the longest waiting first."""
    return await db.records(
        Late,
        f"""
        {LATE} select late.*, (
            select max(step) from reminders r
            where r.kind = late.kind and r.target_id = late.target_id and r.due_at = late.due_at
        ) as reminded
        from late order by due_at, kind, target_id
        """,
        **_given(requests, now),
    )


async def add(db: Database, reminders: Sequence[Reminder], now: datetime) -> set[tuple[str, int]]:
    """Writes them down; kind and id of those that nobody else has written at the same moment."""
    rows = await db.rows(
        """
        insert into reminders (kind, target_id, due_at, step, board_id, told, reminded_at)
        select kind, target_id, due_at, step, board_id, told, :now
        from unnest(cast(:kinds as text[]), cast(:targets as bigint[]), cast(:dues as timestamptz[]),
            cast(:steps as int[]), cast(:boards as bigint[]), cast(:told as int[]))
            r (kind, target_id, due_at, step, board_id, told)
        on conflict on constraint reminders_once do nothing returning kind, target_id
        """,
        kinds=[one.late.kind for one in reminders],
        targets=[one.late.target_id for one in reminders],
        dues=[one.late.due_at for one in reminders],
        steps=[one.step for one in reminders],
        boards=[one.board.id for one in reminders],
        told=[len(one.told) for one in reminders],
        now=now,
    )
    return {(row["kind"], row["target_id"]) for row in rows}


async def waiting(db: Database, actor: Actor, requests: Overdue, now: datetime) -> list[Waiting]:
    """Every board on which something is late, as far as it concerns this person."""
    return await db.records(
        Waiting,
        f"""
        {LATE} select b.name, b.name_en, count(*) filter (where late.kind = 'held') as held,
            count(*) filter (where late.kind = 'reported') as reported,
            count(*) filter (where late.kind = 'proposed') as proposed,
            count(*) filter (where late.kind = 'appeal') as appeal,
            count(*) filter (where late.kind = 'request') as request, min(due_at) as oldest
        from late join boards b on b.id = late.board_id
        where {MINE} group by b.id order by b.position, b.id
        """,
        **_given(requests, now),
        **_concerned(actor),
    )


async def newest(db: Database, actor: Actor, limit: int) -> list[Line]:
    """What was reminded of when, as far as it concerns this person."""
    return await db.records(
        Line,
        f"""
        select r.reminded_at, b.name, b.name_en, r.step, count(*) as things, max(r.told) as told
        from reminders r join boards b on b.id = r.board_id
        where {MINE} group by r.reminded_at, b.id, r.step order by r.reminded_at desc, b.position, b.id, r.step limit :limit
        """,
        limit=limit,
        **_concerned(actor),
    )


def _given(requests: Overdue, now: datetime) -> dict[str, object]:
    return {
        "now": now,
        "requests": [filed.id for filed, _ in requests],
        "boards": [filed.board_id for filed, _ in requests],
        "dues": [due_at for _, due_at in requests],
        "authors": [filed.author_id for filed, _ in requests],
    }


def _concerned(actor: Actor) -> dict[str, object]:
    return {**moderated(actor), "section_id": actor.section_id}
