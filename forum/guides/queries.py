"""The rules of the room, as the guide shows them."""

from dataclasses import dataclass

from forum import clock
from forum.db import Database, columns
from forum.guides.rules import RuleVersion


@dataclass(frozen=True, slots=True)
class CharterRule:
    number: int
    version: int
    title: str
    title_en: str
    body: str
    body_en: str


async def rules_in_force(db: Database) -> list[CharterRule]:
    """Every rule in the version that holds now; what is only announced is not among them."""
    return await db.records(
        CharterRule,
        """
        select distinct on (number) number, version, title, title_en, body, body_en from charter_rules
        where in_force_from <= :now order by number, version desc
        """,
        now=clock.now(),
    )


async def cited_rule(db: Database, number: int, version: int) -> CharterRule | None:
    """A rule as it was when it was cited."""
    return await db.record(
        CharterRule,
        """
        select number, version, title, title_en, body, body_en from charter_rules
        where (number, version) = (:number, :version)
        """,
        number=number,
        version=version,
    )


async def rule_versions(db: Database) -> list[RuleVersion]:
    """Every version of every rule, in order of number and version."""
    return await db.records(
        RuleVersion, f"select {columns(RuleVersion)} from charter_rules order by number, version"
    )
