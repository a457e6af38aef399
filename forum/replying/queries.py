"""All SQL of replies by mail."""

from datetime import datetime

from forum.db import Database


async def take(db: Database, digest: bytes, now: datetime) -> bool:
    """Whether this letter comes for the first time: mail servers deliver again when in doubt."""
    return bool(
        await db.run(
            """
            insert into letters (digest, received_at) values (:digest, :now) on conflict do nothing
            """,
            digest=digest,
            now=now,
        )
    )


async def forget(db: Database, received_before: datetime) -> int:
    """Letters to addresses that hold no more."""
    return await db.run("delete from letters where received_at < :before", before=received_before)
