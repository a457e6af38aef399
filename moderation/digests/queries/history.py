"""The history of a work bench: every act, and what two clerks did to the same thing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from forum.db import Database


@dataclass(frozen=True, slots=True)
class Act:
    """An act of the work bench, as its history shows it."""

    version: int
    act: str
    pen_name: str
    groups: list[int]
    opinions: list[int]
    detail: dict[str, Any]
    acted_at: datetime


async def record(
    db: Database,
    digest_id: int,
    *,
    account_id: int,
    act: str,
    groups: list[int],
    opinions: list[int],
    detail: dict[str, Any],
    now: datetime,
) -> None:
    """Counts the act and keeps it in the history."""
    await db.run(
        """
        with acted as (update digests set version = version + 1 where id = :id returning version)
        insert into digest_acts (digest_id, version, account_id, act, groups, opinions, detail, acted_at)
        values (:id, (select version from acted), :account_id, :act, :groups, :opinions, :detail, :now)
        """,
        id=digest_id,
        account_id=account_id,
        act=act,
        groups=groups,
        opinions=opinions,
        detail=detail,
        now=now,
    )


ACT = """
select h.version, h.act, a.pen_name, h.groups, h.opinions, h.detail, h.acted_at
from digest_acts h join accounts a on a.id = h.account_id
"""


async def touched_since(
    db: Database,
    digest_id: int,
    version: int,
    *,
    groups: list[int],
    opinions: list[int],
    acts: list[str] | None,
) -> list[Act]:
    """What was done since `version` to any of these groups or opinions (by one of `acts`, if given)."""
    return await db.records(
        Act,
        ACT
        + """
        where h.digest_id = :id and h.version > :version
            and (h.groups && cast(:groups as bigint[]) or h.opinions && cast(:opinions as bigint[]))
            and (cast(:acts as text[]) is null or h.act = any(:acts))
        order by h.version
        """,
        id=digest_id,
        version=version,
        groups=groups,
        opinions=opinions,
        acts=acts,
    )


async def heading_since(db: Database, digest_id: int, version: int) -> list[Act]:
    """Who wrote title or summary of the whole since `version`."""
    return await db.records(
        Act,
        ACT + "where h.digest_id = :id and h.version > :version and h.act = 'head' order by h.version",
        id=digest_id,
        version=version,
    )


async def history(db: Database, digest_id: int, limit: int) -> list[Act]:
    """The newest acts first."""
    return await db.records(
        Act, ACT + "where h.digest_id = :id order by h.version desc limit :limit", id=digest_id, limit=limit
    )
