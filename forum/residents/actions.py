"""Verifying that somebody lives in the town: a number, a look at a card, and that it holds no longer."""

import secrets

import asyncpg

from forum import clock
from forum.access import Actor, require
from forum.accounts import queries as accounts
from forum.accounts.queries.identity import locked
from forum.accounts.rules import Account
from forum.db import Database
from forum.errors import Conflict, Invalid, NotFound
from forum.events import RightsChanged, publish
from forum.i18n import _
from forum.notifications.actions import tell
from forum.residents import queries
from forum.residents.rules import (
    NUMBER_DIGITS,
    NUMBER_LASTS,
    Ending,
    Number,
    Verification,
    can_ask,
    can_verify,
)

HOME = "/account/residence"
# Of a hundred million numbers, few are somebody's.
TRIES = 5


async def ask_for_number(db: Database, actor: Actor) -> Number:
    """One to show at the counter, in place of the one of before."""
    require(can_ask(actor))
    for _try in range(TRIES):
        digits = f"{secrets.randbelow(10**NUMBER_DIGITS):0{NUMBER_DIGITS}}"
        number = Number(actor.id or 0, digits, clock.now() + NUMBER_LASTS)
        try:
            async with db.transaction():
                await queries.set_number(db, number)
        except asyncpg.UniqueViolationError:
            continue
        return number
    raise Conflict(_("もう一度お試しください。"))


async def shown_by(db: Database, actor: Actor, number: str) -> Account:
    """Who shows it. Raises Invalid for one that nobody has, and for the clerk's own."""
    require(can_verify(actor))
    account_id = await queries.account_of(db, number, clock.now())
    account = await accounts.account(db, account_id) if account_id else None
    if account is None or account.left_at:
        raise Invalid(
            number=_("この番号の人は見つかりません。番号は%(n)s日で切れます。", n=NUMBER_LASTS.days)
        )
    if account.id == actor.id:
        raise Invalid(number=_("自分のことは、ほかの職員に確認してもらってください。"))
    return account


async def verify(db: Database, actor: Actor, form: Verification) -> Account:
    """The clerk has seen it. Raises Conflict when a colleague was faster."""
    require(can_verify(actor))
    async with db.transaction():
        await locked(db, (await shown_by(db, actor, form.number)).id)
        # Nobody leaves from here on, and nobody takes it back.
        account = await shown_by(db, actor, form.number)
        if not await queries.add(db, account.id, by=actor.id or 0, now=clock.now()):
            held = await queries.of_account(db, account.id)
            if held is None or held.by_id != actor.id:
                raise Conflict(_("この人は、すでに確認されています。"))
            return account  # pressed twice
        await publish(db, RightsChanged(account.id))
        await tell(db, account.id, "residence_verified", HOME)
    return account


async def end(db: Database, actor: Actor, residence_id: int, form: Ending) -> None:
    """It does not hold any more: they have moved away, or it was a mistake. Nor does their number: a page from before would
    verify them again."""
    require(can_verify(actor))
    async with db.transaction():
        held = await queries.residence(db, residence_id)
        if held is None:
            raise NotFound
        await locked(db, held.account_id)
        whose = await queries.end(db, residence_id, by=actor.id or 0, reason=form.reason, now=clock.now())
        if whose is None:
            raise Conflict(_("すでに取り消されています。"))
        await queries.drop_number(db, whose)
        await publish(db, RightsChanged(whose))
        await tell(db, whose, "residence_ended", HOME, reason=form.reason)


async def forget_numbers(db: Database) -> None:
    """Those that nobody showed in time."""
    async with db.transaction():
        await queries.forget_numbers(db, clock.now())
