"""All SQL of reminders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from forum.access import Actor
from forum.boards.rules import moderated
from forum.db import Database
from forum.paging import NEWEST
from moderation.reminders.rules import Late, Reminder

# On the boards of a moderator, or of the section of somebody on the staff.
MINE = "b.kind = any(:kinds) and (:everywhere or b.id = any(:board_ids) or b.section_id = cast(:section_id as bigint))"


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is late on a board, by kind."""

    board_id: int
    slug: str
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
    """Of how many things on a board people were reminded at one moment; the id is that of the last of them."""

    id: int
    reminded_at: datetime
    name: str
    name_en: str
    step: int
    things: int
    told: int


async def late(db: Database, now: datetime) -> list[Late]:
    """Everywhere, the longest waiting first."""
    return await db.records(
        Late,
        """
        select i.kind, i.id as item_id, i.board_id, i.due_at, i.author_id || i.barred as barred,
            (select max(step) from reminders where kind = i.kind and target_id = i.id and due_at = i.due_at) as reminded
        from review_items i where i.open and i.due_at <= :now and i.board_id is not null order by i.due_at, i.id
        """,
        now=now,
    )


async def add(db: Database, reminders: Sequence[Reminder], now: datetime) -> set[tuple[str, int]]:
    """Writes them down; kind and item of those that nobody else has written at the same moment."""
    rows = await db.rows(
        """
        insert into reminders (kind, target_id, due_at, step, board_id, told, reminded_at)
        select kind, target_id, due_at, step, board_id, told, :now
        from unnest(cast(:kinds as text[]), cast(:items as bigint[]), cast(:dues as timestamptz[]), cast(:steps as int[]),
            cast(:boards as bigint[]), cast(:told as int[])) r (kind, target_id, due_at, step, board_id, told)
        on conflict on constraint reminders_once do nothing returning kind, target_id
        """,
        kinds=[one.late.kind for one in reminders],
        items=[one.late.item_id for one in reminders],
        dues=[one.late.due_at for one in reminders],
        steps=[one.step for one in reminders],
        boards=[one.board.id for one in reminders],
        told=[len(one.told) for one in reminders],
        now=now,
    )
    return {(row["kind"], row["target_id"]) for row in rows}


async def waiting(db: Database, actor: Actor, now: datetime) -> list[Waiting]:
    """Every board on which something is late, as far as it concerns this person."""
    return await db.records(
        Waiting,
        f"""
        select b.id as board_id, b.slug, b.name, b.name_en, count(*) filter (where i.kind = 'held') as held,
            count(*) filter (where i.kind = 'reported') as reported,
            count(*) filter (where i.kind = 'proposed') as proposed,
            count(*) filter (where i.kind = 'appeal') as appeal,
            count(*) filter (where i.kind = 'request') as request, min(i.due_at) as oldest
        from review_items i join boards b on b.id = i.board_id
        where i.open and i.due_at <= :now and {MINE} group by b.id order by b.position, b.id
        """,
        now=now,
        **_concerned(actor),
    )


async def newest(db: Database, actor: Actor, limit: int, before: int = NEWEST) -> list[Line]:
    """What was reminded of when, as far as it concerns this person."""
    return await db.records(
        Line,
        f"""
        select max(r.id) as id, r.reminded_at, b.name, b.name_en, r.step, count(*) as things, max(r.told) as told
        from reminders r join boards b on b.id = r.board_id
        where {MINE} group by r.reminded_at, b.id, r.step having max(r.id) < :before order by 1 desc limit :limit
        """,
        before=before,
        limit=limit,
        **_concerned(actor),
    )


def _concerned(actor: Actor) -> dict[str, object]:
    return {**moderated(actor), "section_id": actor.section_id}
