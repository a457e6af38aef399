"""All SQL of duties."""

from collections.abc import Sequence
from datetime import date

from forum.access import Actor
from forum.boards.rules import moderated
from forum.db import Database
from moderation.duties.rules import Duty

# A duty counts as long as its holder is a moderator there.
DUTY = """
select d.id, d.account_id, a.pen_name, d.board_id, b.name as board_name, b.name_en as board_name_en, d.day
from duties d
    join accounts a on a.id = d.account_id and a.suspended_at is null and (
        a.role in ('moderator', 'administrator') or exists (select from board_roles
            where account_id = a.id and role = 'moderator' and board_id = d.board_id))
    left join boards b on b.id = d.board_id
"""


async def between(db: Database, actor: Actor, start: date, end: date) -> list[Duty]:
    """On the boards of this moderator and on all of them, both days included."""
    return await db.records(
        Duty,
        f"""
        {DUTY} where d.day between :start and :end
            and (d.board_id is null or b.kind = any(:kinds) and (:everywhere or b.id = any(:board_ids)))
        order by d.day, b.position nulls first, d.id
        """,
        start=start,
        end=end,
        **moderated(actor),
    )


async def of_person(db: Database, account_id: int, since: date) -> list[Duty]:
    return await db.records(
        Duty,
        f"{DUTY} where d.account_id = :account_id and d.day >= :since order by d.day, d.id",
        account_id=account_id,
        since=since,
    )


async def on_duty(db: Database, day: date) -> list[tuple[int, int]]:
    """Account and board, for every board that there is."""
    rows = await db.rows(
        """
        select d.account_id, b.id as board_id from duties d join boards b on d.board_id is null or b.id = d.board_id
        where d.day = :day
        """,
        day=day,
    )
    return [(row["account_id"], row["board_id"]) for row in rows]


async def locked(db: Database, duty_id: int) -> Duty | None:
    """For this transaction alone."""
    return await db.record(Duty, f"{DUTY} where d.id = :id for update of d", id=duty_id)


async def add(db: Database, account_id: int, board_id: int | None, days: Sequence[date]) -> int:
    """How many days are new."""
    return await db.run(
        """
        insert into duties (account_id, board_id, day)
        select :account_id, :board_id, day from unnest(cast(:days as date[])) day
        on conflict on constraint duties_once do nothing
        """,
        account_id=account_id,
        board_id=board_id,
        days=days,
    )


async def remove(db: Database, duty_id: int) -> None:
    await db.run("delete from duties where id = :id", id=duty_id)


async def nonce(db: Database, account_id: int) -> str | None:
    found: str | None = await db.value(
        "select nonce from duty_calendars where account_id = :account_id", account_id=account_id
    )
    return found


async def set_nonce(db: Database, account_id: int, nonce: str) -> None:
    await db.run(
        """
        insert into duty_calendars (account_id, nonce) values (:account_id, :nonce)
        on conflict (account_id) do update set nonce = excluded.nonce
        """,
        account_id=account_id,
        nonce=nonce,
    )


async def forget_calendar(db: Database, account_id: int) -> None:
    """Of somebody who has left."""
    await db.run("delete from duty_calendars where account_id = :id", id=account_id)
