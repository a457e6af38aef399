"""The rules of the room, as the guide shows them."""

from dataclasses import dataclass

from forum.db import Database


@dataclass(frozen=True, slots=True)
class CharterRule:
    number: int
    version: int
    title: str
    title_en: str
    body: str
    body_en: str


async def rules_in_force(db: Database) -> list[CharterRule]:
    """The newest version of every rule."""
    return await db.records(
        CharterRule,
        """
        select distinct on (number) number, version, title, title_en, body, body_en from charter_rules
        order by number, version desc
        """,
    )
