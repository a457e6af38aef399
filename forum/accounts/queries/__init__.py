"""All SQL of accounts and sessions."""

from datetime import datetime
from typing import Any

from forum import clock
from forum.access import Actor, Role
from forum.accounts.rules import Account
from forum.db import Database, columns

ACTOR = """
select a.id, a.pen_name, a.pseudonym, a.role, a.section_id, a.locale, a.time_zone, a.approved_posts,
    a.named_while_reading, a.confirmed_at is not null as confirmed, a.suspended_at is not null as suspended,
    a.silenced_until, (a.left_at is not null or coalesce(a.leaving, 'posts') <> 'posts') as leaving,
    array(select board_id from board_roles where account_id = a.id and role = 'facilitator') as facilitates_boards,
    array(select board_id from board_roles where account_id = a.id and role = 'moderator') as moderates_boards,
    exists (select from residences where account_id = a.id and ended_at is null) as verified,
    exists (select from second_factors where account_id = a.id) as has_second_factor,
    (select count(*) from
        (select from notifications where account_id = a.id and read_at is null and in_room limit 100) n)
        as unread,
    exists (select from drafts where account_id = a.id) as has_drafts
"""

OFFICES = ("facilitates_boards", "moderates_boards")


async def actor_of_session(db: Database, token_hash: bytes, now: datetime) -> Actor | None:
    return await _actor(
        db,
        f"""
        {ACTOR}, s.expires_at as session_ends from accounts a join sessions s on s.account_id = a.id
        where s.token_hash = :token_hash and s.expires_at > :now
        """,
        token_hash=token_hash,
        now=now,
    )


async def actor(db: Database, account_id: int) -> Actor | None:
    return await _actor(db, ACTOR + "from accounts a where a.id = :account_id", account_id=account_id)


async def office_holders(db: Database) -> list[Actor]:
    """Everybody with an office in the town or on a board."""
    rows = await db.rows(
        f"""
        {ACTOR} from accounts a where a.confirmed_at is not null and a.suspended_at is null
            and (a.role <> 'resident' or exists (select from board_roles where account_id = a.id)) order by a.id
        """
    )
    return [as_actor(dict(row)) for row in rows]


async def _actor(db: Database, sql: str, **values: object) -> Actor | None:
    row = await db.row(sql, **values)
    return None if row is None else as_actor(dict(row))


def as_actor(row: dict[str, Any]) -> Actor:
    """From what ACTOR selects."""
    fields = row | {name: frozenset(row[name]) for name in OFFICES} | {"role": Role(row["role"])}
    if fields["suspended"] or fields["leaving"]:  # keeps the name, and no office
        fields |= {"role": Role.RESIDENT, "section_id": None} | dict.fromkeys(OFFICES, frozenset())
    # A suspension has no end that could be told.
    if fields["silenced_until"] and (fields["suspended"] or fields["silenced_until"] <= clock.now()):
        fields["silenced_until"] = None
    return Actor(**fields)


async def account(db: Database, account_id: int) -> Account | None:
    return await db.record(Account, f"select {columns(Account)} from accounts where id = :id", id=account_id)


async def account_of_email(db: Database, email_key: str) -> Account | None:
    return await db.record(
        Account,
        f"select {columns(Account)} from accounts where email_key = :email_key and left_at is null",
        email_key=email_key,
    )


async def account_of_name(db: Database, pen_name_key: str) -> Account | None:
    return await db.record(
        Account,
        f"""
        select {columns(Account)} from accounts
        where pen_name_key = :key and left_at is null and confirmed_at is not null
        """,
        key=pen_name_key,
    )


async def add(
    db: Database,
    *,
    pen_name: str,
    pen_name_key: str,
    pseudonym: str,
    email: str,
    email_key: str,
    password_hash: str,
    role: str,
    section_id: int | None,
    locale: str,
    now: datetime,
    confirmed_at: datetime | None,
) -> int | None:
    """The id, or None when a confirmed account has the e-mail. One that was never confirmed is replaced."""
    number: int | None = await db.value(
        """
        insert into accounts (pen_name, pen_name_key, pseudonym, email, email_key, password_hash, role, section_id,
            locale, created_at, confirmed_at)
        values (:pen_name, :pen_name_key, :pseudonym, :email, :email_key, :password_hash, :role, :section_id,
            :locale, :now, :confirmed_at)
        on conflict (email_key) do update set
            pen_name = excluded.pen_name, pen_name_key = excluded.pen_name_key, pseudonym = excluded.pseudonym,
            email = excluded.email, password_hash = excluded.password_hash, role = excluded.role,
            section_id = excluded.section_id, locale = excluded.locale, created_at = excluded.created_at,
            confirmed_at = excluded.confirmed_at
        where accounts.confirmed_at is null
        returning id
        """,
        pen_name=pen_name,
        pen_name_key=pen_name_key,
        pseudonym=pseudonym,
        email=email,
        email_key=email_key,
        password_hash=password_hash,
        role=role,
        section_id=section_id,
        locale=locale,
        now=now,
        confirmed_at=confirmed_at,
    )
    return number


async def confirm(db: Database, account_id: int, *, pen_name: str, pen_name_key: str, now: datetime) -> bool:
    """Whether this was the first time."""
    return bool(
        await db.run(
            """
            update accounts set confirmed_at = :now, pen_name = :pen_name, pen_name_key = :pen_name_key
            where id = :id and confirmed_at is null
            """,
            id=account_id,
            pen_name=pen_name,
            pen_name_key=pen_name_key,
            now=now,
        )
    )


async def set_password(db: Database, account_id: int, password_hash: str) -> None:
    await db.run(
        "update accounts set password_hash = :hash where id = :id", id=account_id, hash=password_hash
    )


async def set_locale(db: Database, account_id: int, locale: str) -> None:
    await db.run("update accounts set locale = :locale where id = :id", id=account_id, locale=locale)


async def set_time_zone(db: Database, account_id: int, time_zone: str | None) -> None:
    await db.run("update accounts set time_zone = :zone where id = :id", id=account_id, zone=time_zone)


async def name_while_reading(db: Database, account_id: int, *, named: bool) -> None:
    await db.run(
        "update accounts set named_while_reading = :named where id = :id", id=account_id, named=named
    )


async def restrict(
    db: Database, account_id: int, *, silenced_until: datetime | None, suspended_at: datetime | None
) -> None:
    await db.run(
        "update accounts set silenced_until = :silenced_until, suspended_at = :suspended_at where id = :id",
        id=account_id,
        silenced_until=silenced_until,
        suspended_at=suspended_at,
    )


async def set_role(db: Database, account_id: int, *, role: str, section_id: int | None) -> None:
    await db.run(
        "update accounts set role = :role, section_id = :section_id where id = :id",
        id=account_id,
        role=role,
        section_id=section_id,
    )


async def count_approved(db: Database, account_id: int) -> None:
    await db.run("update accounts set approved_posts = approved_posts + 1 where id = :id", id=account_id)


async def open_session(
    db: Database, *, token_hash: bytes, account_id: int, now: datetime, expires_at: datetime
) -> None:
    await db.run(
        """
        insert into sessions (token_hash, account_id, created_at, expires_at)
        values (:token_hash, :account_id, :now, :expires_at)
        """,
        token_hash=token_hash,
        account_id=account_id,
        now=now,
        expires_at=expires_at,
    )


async def close_session(db: Database, token_hash: bytes) -> bool:
    """Whether it was open."""
    return bool(await db.run("delete from sessions where token_hash = :token_hash", token_hash=token_hash))


async def close_sessions(db: Database, account_id: int) -> int:
    return await db.run("delete from sessions where account_id = :account_id", account_id=account_id)


async def close_other_sessions(db: Database, account_id: int, token_hash: bytes) -> int:
    return await db.run(
        "delete from sessions where account_id = :account_id and token_hash <> :token_hash",
        account_id=account_id,
        token_hash=token_hash,
    )


async def forget_sessions(db: Database, now: datetime) -> int:
    """Drops sessions that have ended by themselves."""
    return await db.run("delete from sessions where expires_at < :now", now=now)


async def forget_unconfirmed(db: Database, registered_before: datetime) -> list[int]:
    """Drops accounts that nobody confirmed with all that hangs on them, unless something was submitted under them; which."""
    rows = await db.rows(
        """
        delete from accounts a where confirmed_at is null and created_at < :before
            and not exists (select from submissions where account_id = a.id)
        returning a.id
        """,
        before=registered_before,
    )
    return [row["id"] for row in rows]
