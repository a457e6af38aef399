"""Leaving the room, taking that back, and carrying it out."""

from collections.abc import Awaitable, Callable, Iterable

from forum import clock
from forum.access import Actor, require
from forum.accounts import actions as accounts
from forum.accounts import passwords
from forum.accounts.rules import Account
from forum.db import Database
from forum.errors import Invalid
from forum.i18n import _
from forum.jobs import enqueue
from forum.people.rules import REVERSIBLE, Goes, Leaving, can_leave
from forum.topics.actions.discussing import withdraw_all

# Deletes what one slice keeps for nobody but this person; inside a transaction.
Farewell = Callable[[Database, int], Awaitable[None]]


async def ask_to_leave(db: Database, actor: Actor, own: Account, form: Leaving) -> None:
    """An account that goes is closed at once; all of it is carried out after some days, unless it is taken back."""
    require(can_leave(actor))
    if not await passwords.matches(form.password, own.password_hash):
        raise Invalid(password=_("パスワードが違います。"))
    async with db.transaction():
        await accounts.plan_to_leave(
            db, own.id, form.goes, clock.now() + REVERSIBLE, closes=form.goes != Goes.POSTS
        )
        await enqueue(db, "leaving_mail", {"account_id": own.id})


async def carry_out(db: Database, farewells: Iterable[Farewell]) -> None:
    """What is due. Posts go one by one, the account last: what is cut off is taken up again."""
    for account_id, goes in await accounts.due_to_leave(db, clock.now()):
        if goes != Goes.ACCOUNT:
            await withdraw_all(db, account_id)
        async with db.transaction():
            if goes == Goes.POSTS:
                await accounts.stay(db, account_id)
                continue
            for farewell in farewells:
                await farewell(db, account_id)
            await accounts.leave(db, account_id)
