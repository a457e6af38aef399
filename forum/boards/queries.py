"""All SQL of boards."""

from datetime import datetime

from forum.boards.rules import Board
from forum.db import Database

BOARD = """
select b.id, b.slug, b.name, b.name_en, b.about, b.about_en, b.kind, b.section_id,
    s.name as section_name, s.name_en as section_name_en, b.position, (
        select days from answer_promises where board_id = b.id order by made_at desc, id desc limit 1
    ) as answer_days
from boards b left join sections s on s.id = b.section_id
"""
# What the city owes a discussion: what its last step says; before the first, what its board has promised for all.
# A proposed theme begins when it is opened, what waited for a moderator when everybody reads it.
BEGAN = "coalesce(t.opened_at, t.created_at)"
PROMISE = f"""
left join lateral (
    select days from answer_promises where board_id = t.board_id and made_at <= {BEGAN}
    order by made_at desc, id desc limit 1
) promise on true
"""
PROMISED = "t.answer_state is null and t.state = 'visible' and promise.days is not null and not t.proposed"
ANSWER_STATE = f"case when {PROMISED} then 'received' else t.answer_state end"
ANSWER_SECTION = f"case when {PROMISED} then b.section_id else t.answer_section_id end"
ANSWER_DUE = f"case when {PROMISED} then end_of_day({BEGAN} + make_interval(days => promise.days)) else t.answer_due_at end"


async def end_of_day(db: Database, moment: datetime) -> datetime:
    """The midnight with which the day of a moment ends in the town: what is promised for a day holds until then."""
    midnight: datetime = await db.value("select end_of_day(:moment)", moment=moment)
    return midnight


async def board(db: Database, slug: str) -> Board | None:
    return await db.record(Board, BOARD + "where b.slug = :slug", slug=slug)


async def locked(db: Database, slug: str) -> Board | None:
    """Nobody else changes it until the transaction is over."""
    return await db.record(Board, BOARD + "where b.slug = :slug for no key update of b", slug=slug)


async def board_by_id(db: Database, board_id: int) -> Board | None:
    return await db.record(Board, BOARD + "where b.id = :id", id=board_id)


async def has_promised(db: Database, board_id: int) -> bool:
    """Whether topics of the board may be owed an answer, also by a promise that was ended."""
    found: bool = await db.value(
        "select exists (select from answer_promises where board_id = :id and days is not null)", id=board_id
    )
    return found


async def boards(db: Database, kinds: list[str]) -> list[Board]:
    return await db.records(
        Board, BOARD + "where b.kind = any(:kinds) order by b.position, b.id", kinds=kinds
    )


async def add(
    db: Database,
    *,
    slug: str,
    name: str,
    name_en: str,
    about: str,
    about_en: str,
    kind: str,
    section_id: int | None,
    position: int,
) -> int:
    number: int = await db.value(
        """
        insert into boards (slug, name, name_en, about, about_en, kind, section_id, position)
        values (:slug, :name, :name_en, :about, :about_en, :kind, :section_id, :position) returning id
        """,
        slug=slug,
        name=name,
        name_en=name_en,
        about=about,
        about_en=about_en,
        kind=kind,
        section_id=section_id,
        position=position,
    )
    return number


async def give_role(db: Database, board_id: int, account_id: int, role: str) -> bool:
    """Whether they did not have it."""
    given = await db.run(
        """
        insert into board_roles (board_id, account_id, role) values (:board_id, :account_id, :role)
        on conflict do nothing
        """,
        board_id=board_id,
        account_id=account_id,
        role=role,
    )
    return bool(given)


async def take_role(db: Database, board_id: int, account_id: int, role: str) -> bool:
    """Whether there was something to take."""
    taken = await db.run(
        "delete from board_roles where (board_id, account_id, role) = (:board_id, :account_id, :role)",
        board_id=board_id,
        account_id=account_id,
        role=role,
    )
    return bool(taken)


async def change(
    db: Database,
    board_id: int,
    *,
    name: str,
    name_en: str,
    about: str,
    about_en: str,
    section_id: int | None,
    position: int,
) -> None:
    await db.run(
        """
        update boards set name = :name, name_en = :name_en, about = :about, about_en = :about_en,
            section_id = :section_id, position = :position
        where id = :id
        """,
        id=board_id,
        name=name,
        name_en=name_en,
        about=about,
        about_en=about_en,
        section_id=section_id,
        position=position,
    )
