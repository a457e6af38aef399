"""The history of a work bench: every act, and what two clerks did to the same thing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from forum.db import Database
from moderation.digests.changes import Changes


@dataclass(frozen=True, slots=True)
class Act:
    """An act of the work bench, as its history shows it."""

    version: int
    act: str
    # None where a resident took their own words back.
    pen_name: str | None
    groups: list[int]
    opinions: list[int]
    detail: dict[str, Any]
    acted_at: datetime
    # Whether what it changed was kept, and not put back since.
    standing: bool


async def record(
    db: Database,
    digest_id: int,
    *,
    account_id: int | None,
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
select h.version, h.act, a.pen_name, h.groups, h.opinions, h.detail, h.acted_at,
    h.changes is not null and not exists (
        select from digest_acts u where u.digest_id = h.digest_id and u.act = 'undo'
            and u.detail -> 'of' = to_jsonb(h.version) and not exists (
                select from digest_acts w where w.digest_id = h.digest_id and w.act = 'undo'
                    and w.detail -> 'of' = to_jsonb(u.version))) as standing
from digest_acts h left join accounts a on a.id = h.account_id
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


async def history(db: Database, digest_id: int, limit: int, offset: int = 0) -> list[Act]:
    """The newest acts first."""
    return await db.records(
        Act,
        ACT + "where h.digest_id = :id order by h.version desc offset :offset limit :limit",
        id=digest_id,
        offset=offset,
        limit=limit,
    )


async def keep(db: Database, digest_id: int, after: int, changes: Changes) -> None:
    """What the newest act, if there was one after this version, changed."""
    await db.run(
        """
        update digest_acts set changes = :changes where digest_id = :id and version > :after
            and version = (select max(version) from digest_acts where digest_id = :id)
        """,
        id=digest_id,
        after=after,
        changes=changes,
    )


async def changed(db: Database, digest_id: int, version: int) -> tuple[Act | None, Changes | None]:
    """An act, and what it changed."""
    act = await db.record(
        Act, ACT + "where h.digest_id = :id and h.version = :version", id=digest_id, version=version
    )
    return act, await db.value(
        "select changes from digest_acts where digest_id = :id and version = :version",
        id=digest_id,
        version=version,
    )


async def all_changes(db: Database, digest_id: int) -> list[tuple[int, Changes]]:
    """What every act changed, by the version it made, the oldest first; without the acts before this was kept."""
    rows = await db.rows(
        "select version, changes from digest_acts where digest_id = :id and changes is not null order by version",
        id=digest_id,
    )
    return [(row["version"], row["changes"]) for row in rows]
