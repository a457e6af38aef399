"""Which boards ask for two people."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from forum.db import Database, columns
from moderation.reviews.pairs import Switched


@dataclass(frozen=True, slots=True)
class Line(Switched):
    """A switch as everybody reads it, and by which board."""

    name: str
    name_en: str


async def asks(db: Database, board_id: int) -> bool:
    """Whether the board asks for two people."""
    return bool(
        await db.value(
            "select asks from pair_switches where board_id = :board_id order by id desc limit 1",
            board_id=board_id,
        )
    )


async def asks_until_the_end(db: Database, board_id: int) -> bool:
    """The same; nobody switches until the transaction ends."""
    await db.run("select from boards where id = :id for share", id=board_id)
    return await asks(db, board_id)


async def lock_board(db: Database, board_id: int) -> bool:
    """Nobody decides whether the board asks until the transaction ends. Whether there is such a board."""
    return await db.value("select id from boards where id = :id for no key update", id=board_id) is not None


async def moderators(db: Database, board_id: int) -> int:
    """How many people can confirm each other's proposals on a board."""
    number: int = await db.value(
        """
        select count(*) from accounts a join boards b on b.id = :board_id
        where suspended_at is null and (b.kind <> 'staff' or role in ('staff', 'administrator'))
            and (role in ('moderator', 'administrator')
                or exists (select from board_roles where account_id = a.id and board_id = b.id and role = 'moderator'))
        """,
        board_id=board_id,
    )
    return number


async def switch(db: Database, switched: Switched) -> None:
    await db.run(
        """
        insert into pair_switches (board_id, asks, reason, switched_by, switched_at, sha256)
        values (:board_id, :asks, :reason, :switched_by, :switched_at, :sha256)
        """,
        board_id=switched.board_id,
        asks=switched.asks,
        reason=switched.reason,
        switched_by=switched.switched_by,
        switched_at=switched.switched_at,
        sha256=switched.sha256,
    )


async def switches(db: Database, kinds: list[str]) -> list[Line]:
    """On boards of these kinds, the newest first."""
    return await db.records(
        Line,
        """
        select s.id, s.board_id, s.asks, s.reason, s.switched_by, s.switched_at, s.sha256, b.name, b.name_en
        from pair_switches s join boards b on b.id = s.board_id where b.kind = any(:kinds) order by s.id desc
        """,
        kinds=kinds,
    )


def every_switch(db: Database) -> AsyncIterator[Switched]:
    return db.each(
        Switched,
        f"select {columns(Switched)} from pair_switches where id > :after order by id limit :batch",
    )
