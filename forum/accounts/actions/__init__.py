"""Registering, confirming, sessions, and what an account may do."""

import hashlib
import secrets
from datetime import datetime

from forum import clock
from forum.access import Role
from forum.accounts import passwords, queries
from forum.accounts.actions.identity import holder, taking
from forum.accounts.queries.identity import drop_addresses, locked
from forum.accounts.rules import (
    ADDRESS_HELD,
    LEADS_NOWHERE,
    SESSION_LASTS,
    UNCONFIRMED_LASTS,
    Account,
    Registration,
)
from forum.db import Database
from forum.errors import Conflict, Invalid, NotFound
from forum.events import RightsChanged, publish
from forum.i18n import _, current_locale
from forum.jobs import enqueue
from forum.text import fold


async def register(db: Database, registration: Registration, password_hash: str) -> int | None:
    """Opens an account and mails a link to confirm it; the id, or None if the e-mail has one already.

    The visitor is told the same in both cases; the owner of a known address is told by mail that somebody tried.
    Until an address is confirmed its newest registration counts: nobody keeps its owner out.
    """
    async with db.transaction():
        async with taking(db, registration.pen_name):
            known = await holder(db, registration.email)
            account_id = (
                None if known else await _add(db, registration.pen_name, registration.email, password_hash)
            )
        if account_id is None:
            known = known or await queries.account_of_email(db, fold(registration.email))
            assert known is not None
            await enqueue(db, "already_registered_mail", {"account_id": known.id})
            return None
        await enqueue(db, "confirmation_mail", {"account_id": account_id, "next": registration.next})
    return account_id


async def appoint(
    db: Database,
    *,
    pen_name: str,
    email: str,
    password_hash: str,
    role: Role,
    section_id: int | None = None,
) -> int:
    """Opens a confirmed account with a role: administrators, staff and moderators are made by the town."""
    account_id = None
    async with db.transaction(), taking(db, pen_name):
        if await holder(db, email) is None:
            account_id = await _add(
                db, pen_name, email, password_hash, role=role, section_id=section_id, confirmed=True
            )
    if account_id is None:
        raise Invalid(email=_("このメールアドレスはすでに登録されています。"))
    return account_id


async def admit_without_door(db: Database, pen_name: str) -> int:
    """Somebody whose words others enter: with a pseudonym of their own, and neither an address nor a password, so that
    nobody ever logs in. The name is shared with others like them, and its key, which nobody can type, is not."""
    key = f"\n{secrets.token_hex(16)}"
    account_id = await queries.add(
        db,
        pen_name=pen_name,
        pen_name_key=key,
        pseudonym=f"p-{secrets.token_hex(8)}",
        email="",
        email_key=key,
        password_hash="",
        role=Role.RESIDENT.value,
        section_id=None,
        locale=current_locale(),
        now=clock.now(),
        confirmed_at=clock.now(),
    )
    assert account_id is not None
    return account_id


async def _add(
    db: Database,
    pen_name: str,
    email: str,
    password_hash: str,
    *,
    role: Role = Role.RESIDENT,
    section_id: int | None = None,
    confirmed: bool = False,
) -> int | None:
    return await queries.add(
        db,
        pen_name=pen_name,
        pen_name_key=fold(pen_name),
        pseudonym=f"p-{secrets.token_hex(8)}",
        email=email,
        email_key=fold(email),
        password_hash=password_hash,
        role=role.value,
        section_id=section_id,
        locale=current_locale(),
        now=clock.now(),
        confirmed_at=clock.now() if confirmed else None,
    )


async def confirm(db: Database, account: Account, pen_name: str | None = None) -> bool:
    """The owner opened the mailed link, and may choose another name. Whether this was the first time. Raises NotFound when the
    registration was replaced meanwhile: the password is another person's."""
    if account.confirmed_at is not None:
        return False
    name = pen_name or account.pen_name
    async with db.transaction():
        current = await locked(db, account.id)
        if current is None or current.created_at != account.created_at:
            raise NotFound(_(LEADS_NOWHERE))
        async with taking(db, name):
            key = fold(name)
            first = await queries.confirm(db, account.id, pen_name=name, pen_name_key=key, now=clock.now())
        await publish(db, RightsChanged(account.id))
    return first


async def has_still(db: Database, account: Account) -> bool:
    """Whether the password is the one that was compared. That takes a while, in which somebody may change it, and end every
    session there is."""
    current = await locked(db, account.id)
    return current is not None and current.password_hash == account.password_hash


async def open_session(db: Database, account: Account) -> str:
    """The token goes to the person's cookie; only its hash is kept."""
    token, now = secrets.token_urlsafe(32), clock.now()
    await queries.open_session(
        db, token_hash=token_hash(token), account_id=account.id, now=now, expires_at=now + SESSION_LASTS
    )
    return token


async def log_out(db: Database, account_id: int, token: str) -> None:
    async with db.transaction():
        await queries.close_session(db, token_hash(token))
        await publish(db, RightsChanged(account_id))


async def log_out_everywhere(db: Database, account_id: int) -> None:
    async with db.transaction():
        await queries.close_sessions(db, account_id)
        await publish(db, RightsChanged(account_id))


async def change_password(db: Database, account: Account, current: str, new_hash: str, token: str) -> str:
    """Sets a new password and ends every session; the token of a new one, for whoever has that of one. Raises Conflict where it
    has ended meanwhile: a second factor may be asked for since."""
    wrong = Invalid(current=_("いまのパスワードが違います。"))
    if not await passwords.matches(current, account.password_hash):
        raise wrong
    async with db.transaction():
        if not await has_still(db, account):
            raise wrong
        if not await queries.close_session(db, token_hash(token)):
            raise Conflict(_("もう一度、はじめからログインしてください。"))
        await replace_password(db, account.id, new_hash)
        return await open_session(db, account)


async def replace_password(db: Database, account_id: int, new_hash: str) -> None:
    """Within a transaction: whoever knew the old one is out."""
    await queries.set_password(db, account_id, new_hash)
    await log_out_everywhere(db, account_id)


async def name_while_reading(db: Database, account_id: int, *, named: bool) -> None:
    """Lets other readers see the pen name, or no longer: open pages come back under the name they may show."""
    async with db.transaction():
        await queries.name_while_reading(db, account_id, named=named)
        await publish(db, RightsChanged(account_id))


async def read_times_in(db: Database, account_id: int, time_zone: str, towns: str) -> None:
    """From the next page on; the zone of the town is that of everybody who chose none."""
    async with db.transaction():
        await queries.set_time_zone(db, account_id, time_zone if time_zone != towns else None)


async def restrict(
    db: Database,
    account_id: int,
    *,
    silenced_until: datetime | None = None,
    suspended_at: datetime | None = None,
) -> None:
    """What is in force of the sanctions against an account. A suspended one takes part in nothing and reads what everybody
    reads; open pages are judged anew at once."""
    async with db.transaction():
        await queries.restrict(db, account_id, silenced_until=silenced_until, suspended_at=suspended_at)
        await publish(db, RightsChanged(account_id))


async def change_role(db: Database, account_id: int, role: Role, section_id: int | None = None) -> None:
    """Another office, or none. The section is that of staff."""
    async with db.transaction():
        await queries.set_role(db, account_id, role=role.value, section_id=section_id)
        await publish(db, RightsChanged(account_id))


async def send_confirmation_again(db: Database, account_id: int) -> None:
    async with db.transaction():
        await enqueue(db, "confirmation_mail", {"account_id": account_id})


async def forget(db: Database) -> None:
    """What nobody needs any more: ended sessions, addresses that were never confirmed, and those that were left."""
    async with db.transaction():
        await queries.forget_sessions(db, clock.now())
        await drop_addresses(db, clock.now() - ADDRESS_HELD)
        for account_id in await queries.forget_unconfirmed(db, clock.now() - UNCONFIRMED_LASTS):
            await publish(db, RightsChanged(account_id))


def token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
