"""The charter: numbered rules, each in versions that never change."""

from datetime import datetime

from forum.db import Database


async def lock(db: Database) -> None:
    """One new charter after the other."""
    await db.run("lock table charter_rules in share row exclusive mode")


async def add_version(
    db: Database,
    *,
    number: int,
    version: int,
    title: str,
    title_en: str,
    body: str,
    body_en: str,
    announced_at: datetime,
    in_force_from: datetime,
) -> None:
    """The database makes its hash."""
    await db.run(
        """
        insert into charter_rules (number, version, title, title_en, body, body_en, announced_at, in_force_from)
        values (:number, :version, :title, :title_en, :body, :body_en, :announced_at, :in_force_from)
        """,
        number=number,
        version=version,
        title=title,
        title_en=title_en,
        body=body,
        body_en=body_en,
        announced_at=announced_at,
        in_force_from=in_force_from,
    )
