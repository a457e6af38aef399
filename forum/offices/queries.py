"""All SQL of appointments."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from forum.db import Database, columns
from forum.offices.rules import Appointed


@dataclass(frozen=True, slots=True)
class Line(Appointed):
    """With the names of now. `by` is None on the command line, `board` where it is the whole room."""

    name: str
    by: str | None
    board: str | None
    board_en: str | None


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody with an office on a board. `rests`: they are suspended or about to leave, and have it in name alone."""

    account_id: int
    pen_name: str
    board_id: int
    # Of the board.
    kind: str
    office: str
    rests: bool
    has_second_factor: bool


async def officers(db: Database, account_id: int | None = None) -> list[Officer]:
    """Of all boards, or those offices that one person has: who facilitates first."""
    return await db.records(
        Officer,
        """
        select o.account_id, a.pen_name, o.board_id, b.kind, o.role as office,
            a.suspended_at is not null or coalesce(a.leaving, 'posts') <> 'posts' as rests,
            exists (select from second_factors where account_id = a.id) as has_second_factor
        from board_roles o join accounts a on a.id = o.account_id join boards b on b.id = o.board_id
        where a.id = coalesce(cast(:account_id as bigint), a.id) order by o.role, a.id, o.board_id
        """,
        account_id=account_id,
    )


async def add(db: Database, appointed: Appointed) -> None:
    await db.run(
        """
        insert into appointments (account_id, board_id, office, given, section_id, made_by, made_at, sha256)
        values (:account_id, :board_id, :office, :given, :section_id, :made_by, :made_at, :sha256)
        """,
        account_id=appointed.account_id,
        board_id=appointed.board_id,
        office=appointed.office,
        given=appointed.given,
        section_id=appointed.section_id,
        made_by=appointed.made_by,
        made_at=appointed.made_at,
        sha256=appointed.sha256,
    )


async def newest(db: Database, *, before: int, limit: int) -> list[Line]:
    return await db.records(
        Line,
        """
        select o.id, o.account_id, o.board_id, o.office, o.given, o.section_id, o.made_by, o.made_at, o.sha256,
            a.pen_name as name, m.pen_name as by, b.name as board, b.name_en as board_en
        from appointments o join accounts a on a.id = o.account_id left join accounts m on m.id = o.made_by
            left join boards b on b.id = o.board_id
        where o.id < :before order by o.id desc limit :limit
        """,
        before=before,
        limit=limit,
    )


def every(db: Database) -> AsyncIterator[Appointed]:
    return db.each(
        Appointed,
        f"select {columns(Appointed)} from appointments where id > :after order by id limit :batch",
    )
