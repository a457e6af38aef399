"""All SQL of the sections of the city."""

from forum.accounts.rules import Section
from forum.db import Database


async def every(db: Database) -> list[Section]:
    return await db.records(Section, "select id, name, name_en from sections order by id")


async def section(db: Database, section_id: int) -> Section | None:
    return await db.record(Section, "select id, name, name_en from sections where id = :id", id=section_id)


async def locked(db: Database, section_id: int) -> Section | None:
    """Nobody else changes it until the transaction is over."""
    found = "select id, name, name_en from sections where id = :id for no key update"
    return await db.record(Section, found, id=section_id)


async def named_sections(db: Database) -> list[tuple[int, str, str]]:
    """Number, name and English name of each."""
    return [(one.id, one.name, one.name_en) for one in await every(db)]


async def add_section(db: Database, name: str, name_en: str) -> int:
    number: int = await db.value(
        "insert into sections (name, name_en) values (:name, :name_en) returning id",
        name=name,
        name_en=name_en,
    )
    return number


async def change_section(db: Database, section_id: int, name: str, name_en: str) -> None:
    await db.run(
        "update sections set name = :name, name_en = :name_en where id = :id",
        id=section_id,
        name=name,
        name_en=name_en,
    )
