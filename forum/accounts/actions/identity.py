"""Another name, another address, and the way back from an address that somebody else has set."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import asyncpg

from forum import clock
from forum.access import Actor, require
from forum.accounts import passwords, queries
from forum.accounts.queries import factors, identity, leaving
from forum.accounts.rules import NAME_RESERVED, Account, AddressChange, Move, can_rename, key_mark
from forum.db import Database
from forum.errors import Conflict, Forbidden, Invalid
from forum.events import RightsChanged, publish
from forum.i18n import _
from forum.jobs import enqueue
from forum.pace.actions import keep_pace
from forum.text import fold


@asynccontextmanager
async def taking(db: Database, pen_name: str, *, besides: int = 0) -> AsyncIterator[None]:
    """The block gives somebody the name. Nobody takes one that somebody else has, had until not long ago, or takes in the
    same instant."""
    taken = Invalid(pen_name=_("このペンネームはすでに使われています。別の名前にしてください。"))
    since = clock.now() - NAME_RESERVED
    if await identity.name_taken(db, fold(pen_name), besides=besides, since=since):
        raise taken
    try:
        yield
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name != "accounts_pen_name_unique":
            raise
        raise taken from None


async def holder(db: Database, email: str) -> Account | None:
    """Whose the address is. Whoever only registered it makes way, and what was done under it is not handed on: it may be
    somebody else who comes now. Call it inside a transaction."""
    found = await queries.account_of_email(db, fold(email))
    if found is None or found.confirmed_at is not None:
        return found
    await _close(db, await identity.make_way(db, fold(email), besides=0, now=clock.now()))
    return None


async def rename(db: Database, actor: Actor, pen_name: str) -> None:
    """All that the person wrote stands under the new name; what it hashes is the pseudonym, which stays."""
    async with db.transaction():
        own = await _locked(db, actor.id or 0)
        former = await identity.former_names(db, own.id)
        require(can_rename(actor, former[0].until if former else None, clock.now()))
        if pen_name == own.pen_name:
            raise Invalid(pen_name=_("いまと同じ名前です。"))
        async with taking(db, pen_name, besides=own.id):
            await identity.rename(db, own.id, pen_name, fold(pen_name), clock.now())
        await publish(db, RightsChanged(own.id))


async def ask_to_move(db: Database, own: Account, move: Move) -> None:
    """Mails a link to the new address. Whose address it is already is told to its owner alone."""
    if not await passwords.matches(move.current, own.password_hash):
        raise Invalid(current=_("いまのパスワードが違います。"))
    if fold(move.email) == fold(own.email):
        raise Invalid(email=_("いまと同じアドレスです。"))
    # Not before: who mistypes the password sends no mail.
    await keep_pace(db, "mail", own.id)
    async with db.transaction():
        known = await queries.account_of_email(db, fold(move.email))
        if known is not None and known.confirmed_at:
            await enqueue(db, "already_registered_mail", {"account_id": known.id})
        else:
            await enqueue(
                db, "address_mail", {"account_id": own.id, "email": move.email, "mark": key_mark(own)}
            )


async def move(db: Database, account_id: int, mark: str, email: str) -> Account:
    """The owner of the new address has opened the link: every session ends, and the old address is told, with the way back. Not
    one that was never confirmed: it may be a stranger's, mistyped, who would get the account."""
    async with db.transaction():
        own = await _locked(db, account_id)
        if key_mark(own) != mark:
            raise Conflict(_("このリンクは、もう使えません。"))
        if own.confirmed_at is not None:
            change = await identity.keep_address(db, own.id, own.email, clock.now())
            await enqueue(db, "address_changed_mail", {"change_id": change})
        else:  # the link that they have leads nowhere any more
            await enqueue(db, "confirmation_mail", {"account_id": own.id})
        await _settle(db, own.id, email)
    return own


async def move_back(db: Database, change: AddressChange, new_hash: str) -> None:
    """The owner of the address from before takes the account back, with a password that nobody else knows; what came after
    leads nowhere any more, a second factor neither, and nothing goes that was to go: only the other address was told."""
    async with db.transaction():
        own = await _locked(db, change.account_id)
        current = await identity.address_change(db, change.id)
        if current is None or not current.leads_back(clock.now()):
            raise Conflict(_("このリンクは、もう使えません。"))
        await identity.undo(db, own.id, change.id, clock.now())
        await queries.set_password(db, own.id, new_hash)
        await leaving.stay(db, own.id)
        await factors.drop(db, own.id, since=change.changed_at)
        await _settle(db, own.id, change.email)


async def _locked(db: Database, account_id: int) -> Account:
    own = await identity.locked(db, account_id)
    if own is None:
        raise Forbidden(_("ログインしてください。"))
    return own


async def _settle(db: Database, account_id: int, email: str) -> None:
    """The address is the account's from now on, unless somebody else has it or takes it in the same instant. Whoever knew the
    account before is out, and so is whoever only registered the address."""
    others = await identity.make_way(db, fold(email), besides=account_id, now=clock.now())
    try:
        await identity.move(db, account_id, email, fold(email), clock.now())
    except asyncpg.UniqueViolationError:
        raise Conflict(_("このアドレスは、ほかの登録で使われています。")) from None
    await _close(db, [account_id, *others])


async def _close(db: Database, account_ids: Iterable[int]) -> None:
    for account_id in account_ids:
        await queries.close_sessions(db, account_id)
        await publish(db, RightsChanged(account_id))
