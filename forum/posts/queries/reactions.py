"""Reactions of people to posts."""

from collections.abc import Iterable
from datetime import datetime

from forum.db import Database
from forum.posts.reacting import Kind


async def of_person(db: Database, post_id: int, account_id: int) -> frozenset[Kind]:
    rows = await db.rows(
        "select kind from reactions where post_id = :post_id and account_id = :account_id",
        post_id=post_id,
        account_id=account_id,
    )
    return frozenset(Kind(row["kind"]) for row in rows)


async def take_back(db: Database, post_id: int, account_id: int, kinds: Iterable[Kind]) -> None:
    await db.run(
        "delete from reactions where post_id = :post_id and account_id = :account_id and kind = any(:kinds)",
        post_id=post_id,
        account_id=account_id,
        kinds=list(kinds),
    )


async def add(db: Database, post_id: int, account_id: int, kinds: Iterable[Kind], now: datetime) -> None:
    await db.run(
        """
        insert into reactions (post_id, account_id, kind, reacted_at)
        select :post_id, :account_id, kind, :now from unnest(cast(:kinds as text[])) as added (kind)
        """,
        post_id=post_id,
        account_id=account_id,
        kinds=list(kinds),
        now=now,
    )
