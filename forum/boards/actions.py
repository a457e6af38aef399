"""Opening boards and giving people roles on them."""

from typing import Literal

from forum.boards import queries
from forum.db import Database
from forum.events import RightsChanged, publish


async def open_board(
    db: Database,
    *,
    slug: str,
    name: str,
    name_en: str,
    about: str,
    about_en: str,
    kind: str,
    section_id: int | None = None,
    position: int = 0,
) -> int:
    """A new board; its id."""
    return await queries.add(
        db,
        slug=slug,
        name=name,
        name_en=name_en,
        about=about,
        about_en=about_en,
        kind=kind,
        section_id=section_id,
        position=position,
    )


async def give_role(
    db: Database, board_id: int, account_id: int, role: Literal["facilitator", "moderator"]
) -> bool:
    """Makes somebody facilitator or moderator of one board. Whether they were not."""
    async with db.transaction():
        given = await queries.give_role(db, board_id, account_id, role)
        await publish(db, RightsChanged(account_id))
    return given


async def take_role(db: Database, board_id: int, account_id: int, role: str) -> bool:
    """The inverse; open pages are judged anew at once. Whether there was something to take."""
    async with db.transaction():
        taken = await queries.take_role(db, board_id, account_id, role)
        await publish(db, RightsChanged(account_id))
    return taken
