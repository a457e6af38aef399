"""Sanctions as they are kept, with the decisions that they are."""

from dataclasses import dataclass
from datetime import datetime

from forum.db import Database
from moderation.reviews.sanctions import Restrictions, Sanction


@dataclass(frozen=True, slots=True)
class Listed:
    """A sanction as moderators see it."""

    act: str
    sanctioned_at: datetime
    until: datetime | None
    number: int | None
    board_id: int | None
    post_id: int | None
    rule_number: int | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Kept(Sanction):
    """A sanction with what it must agree with."""

    decided_act: str | None
    decided_at: datetime | None
    author_id: int | None
    decision_sha256: str | None


@dataclass(frozen=True, slots=True)
class Restricted(Restrictions):
    """What an account says of itself."""

    id: int = 0


async def lock(db: Database, account_id: int) -> None:
    """Nobody else sanctions the account until the transaction ends."""
    await db.run("select from accounts where id = :id for update", id=account_id)


async def administrators(db: Database, account_id: int) -> list[int]:
    """All who can act as one, if the account is one of them: none is suspended or loses the role until the transaction ends."""
    rows = await db.rows(
        """
        select id from accounts
        where role = 'administrator' and confirmed_at is not null and suspended_at is null
            and coalesce(leaving, 'posts') = 'posts' and left_at is null
            and exists (select from accounts where id = :id and role = 'administrator')
        order by id for update
        """,
        id=account_id,
    )
    return [row["id"] for row in rows]


async def holds_office(db: Database, account_id: int) -> bool:
    """Whether somebody is more than a resident."""
    return bool(
        await db.value(
            """
            select role <> 'resident' or exists (select from board_roles where account_id = a.id)
            from accounts a where id = :id
            """,
            id=account_id,
        )
    )


async def of_account(db: Database, account_id: int) -> list[Sanction]:
    """In the order of the log."""
    return await db.records(
        Sanction,
        """
        select s.id, s.decision_id, s.account_id, s.act, s.until, s.lifts, s.sanctioned_at, s.sha256
        from sanctions s left join decisions d on d.id = s.decision_id
        where s.account_id = :account_id order by d.number nulls first
        """,
        account_id=account_id,
    )


async def listed(db: Database, account_id: int, kinds: list[str]) -> list[Listed]:
    """The newest first; what they rest on only where it is on a board of these kinds."""
    return await db.records(
        Listed,
        """
        select s.act, s.sanctioned_at, s.until, d.number, d.board_id, d.post_id, d.rule_number, d.reason
        from sanctions s left join (decisions d join boards b on b.id = d.board_id and b.kind = any(:kinds))
            on d.id = s.decision_id
        where s.account_id = :account_id order by s.id desc
        """,
        account_id=account_id,
        kinds=kinds,
    )


async def add(db: Database, sanction: Sanction) -> None:
    await db.run(
        """
        insert into sanctions (decision_id, account_id, act, until, lifts, sanctioned_at, sha256)
        values (:decision_id, :account_id, :act, :until, :lifts, :sanctioned_at, :sha256)
        """,
        decision_id=sanction.decision_id,
        account_id=sanction.account_id,
        act=sanction.act,
        until=sanction.until,
        lifts=sanction.lifts,
        sanctioned_at=sanction.sanctioned_at,
        sha256=sanction.sha256,
    )


async def kept(db: Database) -> list[Kept]:
    """All there are, in the order of the log."""
    return await db.records(
        Kept,
        """
        select s.id, s.decision_id, s.account_id, s.act, s.until, s.lifts, s.sanctioned_at, s.sha256,
            d.act as decided_act, d.decided_at, p.author_id, d.sha256 as decision_sha256
        from sanctions s left join decisions d on d.id = s.decision_id left join posts p on p.id = d.post_id
        order by d.number nulls first
        """,
    )


async def restricted(db: Database) -> list[Restricted]:
    """Every account that somebody ever sanctioned, or that is restricted without it."""
    return await db.records(
        Restricted,
        """
        select id, silenced_until, suspended_at from accounts a
        where silenced_until is not null or suspended_at is not null
            or exists (select from sanctions where account_id = a.id)
        order by id
        """,
    )


async def missing(db: Database) -> list[str]:
    """One line for every decision about an account that sanctions nobody."""
    rows = await db.rows(
        """
        select format('decision %s: is about an account, and sanctions nobody', d.id) as line
        from decisions d join acts using (act) left join sanctions s on s.decision_id = d.id
        where about = 'account' and s.id is null order by d.id
        """
    )
    return [row["line"] for row in rows]
