"""Leaving the room, taking that back, and carrying it out; and taking along everything about oneself."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from uuid import uuid4

from forum import clock
from forum.access import Actor, require
from forum.accounts import passwords
from forum.accounts import queries as accounts
from forum.accounts.actions import has_still, leaving
from forum.accounts.rules import Account
from forum.db import Database
from forum.errors import Invalid
from forum.i18n import _
from forum.jobs import enqueue
from forum.notifications.actions import tell
from forum.people.queries import takeouts
from forum.people.rules import (
    REVERSIBLE,
    TAKEOUT_WAITS,
    Goes,
    Leaving,
    Takeout,
    can_leave,
    can_take_out,
)
from forum.storage import Storage
from forum.topics.actions.discussing import withdraw_all

# Deletes what one slice keeps for nobody but this person; inside a transaction.
Farewell = Callable[[Database, int], Awaitable[object]]


async def ask_to_leave(db: Database, actor: Actor, own: Account, form: Leaving) -> None:
    """An account that goes is closed at once; all of it is carried out after some days, unless it is taken back."""
    require(can_leave(actor))
    wrong = Invalid(password=_("パスワードが違います。"))
    if not await passwords.matches(form.password, own.password_hash):
        raise wrong
    async with db.transaction():
        if not await has_still(db, own):
            raise wrong
        # Asked twice at once, or given an office meanwhile.
        require(can_leave(await accounts.actor(db, own.id) or actor))
        await leaving.plan_to_leave(
            db, own.id, form.goes, clock.now() + REVERSIBLE, closes=form.goes != Goes.POSTS
        )
        await enqueue(db, "leaving_mail", {"account_id": own.id})


async def carry_out(db: Database, farewells: Iterable[Farewell]) -> None:
    """What is due. Nobody waits for somebody else's that fails; what failed is tried again, and raised once all had their
    turn."""
    now, failures = clock.now(), list[Exception]()
    for account_id, goes in await leaving.due_to_leave(db, now):
        try:
            await _carry_out(db, farewells, account_id, goes, now)
        except Exception as error:  # raised below, with the others
            failures.append(error)
    if failures:
        raise ExceptionGroup("leaving", failures)


async def _carry_out(
    db: Database, farewells: Iterable[Farewell], account_id: int, goes: str, now: datetime
) -> None:
    """Posts go one by one, the account last: what is cut off is taken up again. Somebody may take it back while others, or
    their own posts, go."""
    if goes != Goes.ACCOUNT and await leaving.still_due(db, account_id, now) == goes:
        await withdraw_all(db, account_id)
    async with db.transaction():
        if await leaving.still_due(db, account_id, now) != goes:
            return None
        if goes == Goes.POSTS:
            return await leaving.stay(db, account_id)
        for farewell in farewells:
            await farewell(db, account_id)
        await leaving.leave(db, account_id)


async def ask_for_takeout(db: Database, actor: Actor) -> None:
    """A job makes the file; until then and as long as it waits, it is this person's alone."""
    require(can_take_out(actor, None, now := clock.now()))
    account_id = actor.id or 0
    async with db.transaction():
        await takeouts.lock(db, account_id)
        require(can_take_out(actor, await takeouts.latest(db, account_id), now))
        # Known before there is a byte: whatever happens, the hour after its end deletes it.
        takeout_id = await takeouts.add(
            db, account_id, key=f"takeouts/{uuid4().hex}", now=now, expires_at=now + TAKEOUT_WAITS
        )
        await enqueue(db, "takeout", {"takeout_id": takeout_id})


async def hand_over(db: Database, storage: Storage, takeout: Takeout, size: int) -> None:
    """The file is there: the person is told. Whoever left while it was made is told nothing, and nothing of them stays."""
    now = clock.now()
    until = now + TAKEOUT_WAITS
    async with db.transaction():
        if await takeouts.ready(db, takeout.id, size=size, now=now, expires_at=until):
            await tell(db, takeout.account_id, "takeout_ready", "/account/records", until=until.isoformat())
            return
    current = await takeouts.takeout(db, takeout.id)
    if current is None or current.expires_at <= now:
        await storage.delete(takeout.key)


async def forget_takeouts(db: Database, storage: Storage) -> None:
    """First the bytes, then that they were there: what is cut off is taken up again."""
    for takeout in await takeouts.ended(db, clock.now()):
        await storage.delete(takeout.key)
        await takeouts.drop(db, takeout.id)
