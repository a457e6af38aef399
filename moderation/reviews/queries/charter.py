"""The charter: numbered rules, each in versions that never change."""

from datetime import datetime

from forum.db import Database


async def add_version(
    db: Database,
    *,
    number: int,
    version: int,
    title: str,
    title_en: str,
    body: str,
    body_en: str,
    in_force_from: datetime,
) -> bool:
    """Whether it was new: two processes may start at once."""
    return bool(
        await db.run(
            """
            insert into charter_rules (number, version, title, title_en, body, body_en, in_force_from)
            values (:number, :version, :title, :title_en, :body, :body_en, :in_force_from) on conflict do nothing
            """,
            number=number,
            version=version,
            title=title,
            title_en=title_en,
            body=body,
            body_en=body_en,
            in_force_from=in_force_from,
        )
    )
