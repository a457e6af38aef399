"""Reminding people of what waits past its time."""

from collections import Counter
from collections.abc import Sequence
from datetime import tzinfo

from forum import clock
from forum.access import Actor
from forum.accounts.queries import office_holders
from forum.boards import queries as boards
from forum.boards import rules as board_rules
from forum.db import Database
from forum.notifications.actions import tell
from moderation.duties.queries import on_duty
from moderation.reminders import queries, rules
from moderation.reminders.rules import Reminder
from moderation.reviews.rules import Kind

PAGE = "/reminders"


async def remind(db: Database, zone: tzinfo) -> int:
    """Tells everybody who should hear of it now, in one notice each; how many things they hear of.

    What is written down is what is told: of two workers at the same moment each tells only what it wrote first.
    """
    async with db.transaction():
        now = clock.now()
        found = await boards.boards(db, [kind.value for kind in board_rules.Kind])
        due = [
            *rules.reminders(
                await queries.late(db, now),
                await office_holders(db),
                {board.id: board for board in found},
                await on_duty(db, now.astimezone(zone).date()),
                now,
            )
        ]
        new = await queries.add(db, due, now) if due else set()
        told = [one for one in due if (one.late.kind, one.late.item_id) in new]
        for person in {someone.id: someone for one in told for someone in one.told}.values():
            await _tell(db, person, [one for one in told if person in one.told])
    return len(told)


async def _tell(db: Database, person: Actor, reminders: Sequence[Reminder]) -> None:
    """Numbers by board, and since when the first is late: no words, no names."""
    counts = Counter((one.board.id, one.late.kind) for one in reminders)
    assert person.id is not None
    await tell(
        db,
        person.id,
        "review_late",
        PAGE,
        number=len(reminders),
        decides=person.is_moderator,
        since=min(one.late.due_at for one in reminders).isoformat(),
        boards=[
            {"name": board.name, "name_en": board.name_en}
            | {kind.value: counts[board.id, kind] for kind in Kind}
            for board in {one.board.id: one.board for one in reminders}.values()
        ],
    )
