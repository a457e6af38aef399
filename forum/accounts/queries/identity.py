"""Under which name and address an account is known, and was before."""

from datetime import datetime

from forum.accounts.rules import Account, AddressChange, FormerName
from forum.db import Database, columns


async def locked(db: Database, account_id: int) -> Account | None:
    """Names and addresses of one account change one after another."""
    return await db.record(
        Account,
        f"select {columns(Account)} from accounts where id = :id and left_at is null for update",
        id=account_id,
    )


async def name_taken(db: Database, key: str, *, besides: int, since: datetime) -> bool:
    """Whether a confirmed account has the name, or had it until not long ago. Who has not confirmed an address has no name
    to lose."""
    return bool(
        await db.value(
            """
            select exists (
                select from accounts where pen_name_key = :key and confirmed_at is not null and id <> :besides
            ) or exists (
                select from former_names where pen_name_key = :key and until > :since and account_id <> :besides
            )
            """,
            key=key,
            besides=besides,
            since=since,
        )
    )


async def names_among(db: Database, keys: list[str]) -> list[str]:
    """Those of the folded names that somebody has."""
    rows = await db.rows(
        "select pen_name_key from accounts where pen_name_key = any(:keys) and confirmed_at is not null order by 1",
        keys=keys,
    )
    return [row["pen_name_key"] for row in rows]


async def former_names(db: Database, account_id: int) -> list[FormerName]:
    """The latest first."""
    return await db.records(
        FormerName,
        "select pen_name, until from former_names where account_id = :id order by id desc",
        id=account_id,
    )


async def rename(db: Database, account_id: int, pen_name: str, key: str, now: datetime) -> None:
    await db.run(
        """
        with before as (
            insert into former_names (account_id, pen_name, pen_name_key, until)
            select id, pen_name, pen_name_key, :now from accounts where id = :id
        )
        update accounts set pen_name = :pen_name, pen_name_key = :key where id = :id
        """,
        id=account_id,
        pen_name=pen_name,
        key=key,
        now=now,
    )


async def make_way(db: Database, email_key: str, *, besides: int, now: datetime) -> list[int]:
    """Whose the address was who never confirmed it: a registration like that has no right to it. Its link, which names the
    moment, leads nowhere from now on."""
    rows = await db.rows(
        """
        update accounts set email = '', email_key = 'left ' || pseudonym, created_at = :now
        where email_key = :key and confirmed_at is null and id <> :besides
        returning id
        """,
        key=email_key,
        besides=besides,
        now=now,
    )
    return [row["id"] for row in rows]


async def move(db: Database, account_id: int, email: str, email_key: str, now: datetime) -> None:
    """A link that would confirm the address of before leads nowhere from now on, either."""
    await db.run(
        """
        update accounts set email = :email, email_key = :key,
            created_at = case when confirmed_at is null then :now else created_at end
        where id = :id
        """,
        id=account_id,
        email=email,
        key=email_key,
        now=now,
    )


async def keep_address(db: Database, account_id: int, email: str, now: datetime) -> int:
    number: int = await db.value(
        """
        insert into address_changes (account_id, email, changed_at) values (:account_id, :email, :now) returning id
        """,
        account_id=account_id,
        email=email,
        now=now,
    )
    return number


async def address_change(db: Database, change_id: int) -> AddressChange | None:
    return await db.record(
        AddressChange, f"select {columns(AddressChange)} from address_changes where id = :id", id=change_id
    )


async def undo(db: Database, account_id: int, change_id: int, now: datetime) -> None:
    """The change, and all that came after it."""
    await db.run(
        """
        update address_changes set undone_at = :now
        where account_id = :account_id and id >= :change_id and undone_at is null
        """,
        account_id=account_id,
        change_id=change_id,
        now=now,
    )


async def drop_addresses(db: Database, before: datetime) -> None:
    """To which no way leads back any more."""
    await db.run("delete from address_changes where changed_at < :before", before=before)


async def forget(db: Database, account_id: int) -> None:
    """What somebody was called, and where they were reached, who has left."""
    await db.run("delete from former_names where account_id = :id", id=account_id)
    await db.run("delete from address_changes where account_id = :id", id=account_id)
