"""The second factor: whoever has one logs in with a code besides the password."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from forum import clock
from forum.accounts import codes, passwords, queries
from forum.accounts.actions import has_still, replace_password, token_hash
from forum.accounts.factors import FactorNews, SecondFactor
from forum.accounts.queries import factors
from forum.accounts.queries.identity import locked
from forum.accounts.rules import Account
from forum.db import Database
from forum.errors import Conflict, Invalid
from forum.events import RightsChanged, publish
from forum.i18n import _
from forum.jobs import enqueue
from forum.sealed import Seal


@dataclass(frozen=True, slots=True)
class Shown:
    """A code, and the token of who showed it: of a session, or of a login that waits for it."""

    code: str
    token: str

    @property
    def use(self) -> bytes:
        return hashlib.sha256(f"{self.token}\0{self.code}".encode()).digest()


async def set_up(
    db: Database, seal: Seal, own: Account, shown: Shown, *, key: str, password: str
) -> list[str]:
    """From now on the account asks for codes of the app that has the key; who is logged in elsewhere, with the password alone,
    is out. The spare codes. Raises Conflict where there is another factor."""
    wrong = Invalid(current=_("いまのパスワードが違います。"))
    if not await passwords.matches(password, own.password_hash):
        raise wrong
    now = clock.now()
    step = codes.matching_step(key, shown.code, now)
    if step is None:
        raise _wrong_code()
    async with db.transaction():
        if not await has_still(db, own):
            raise wrong
        if factor := await factors.factor(db, own.id):
            return _spare_of_the_same(seal.unseal(factor.sealed), key)
        spare = codes.new_spare_codes()
        sealed = seal.seal({"key": key, "spare": spare})
        await factors.add(db, SecondFactor(own.id, sealed, now, step))
        await _changed(db, own.id, shown)
        await _tell(db, own.id, FactorNews.SET_UP)
    return spare


def _spare_of_the_same(kept: dict[str, Any], key: str) -> list[str]:
    """Of the factor that was just set up: whoever presses twice sends it twice."""
    if kept["key"] != key:
        raise Conflict(_("二要素認証は、もう設定されています。"))
    return list(kept["spare"])


async def prove(db: Database, seal: Seal, account_id: int, shown: Shown) -> SecondFactor | None:
    """Takes a code of the app, or a spare one, each of which works once. Call it inside a transaction that has locked the
    account. The factor; nothing is asked of who has none. Raises Invalid for any other code."""
    factor, now = await factors.factor(db, account_id), clock.now()
    if factor is None or factor.has_taken(shown.use, now):
        return factor
    used = replace(factor, last_use=shown.use, used_at=now)
    kept = seal.unseal(factor.sealed)
    if shown.code in kept["spare"]:
        left = [code for code in kept["spare"] if code != shown.code]
        used = replace(used, sealed=seal.seal(kept | {"spare": left}))
        await _tell(db, account_id, FactorNews.SPARE_USED, left=len(left))
    elif step := codes.matching_step(kept["key"], shown.code, now, after=factor.last_step):
        used = replace(used, last_step=step)
    elif codes.matching_step(kept["key"], shown.code, now):
        raise Invalid(code=_("このコードは、もう使われました。次のコードが出るのを待ってください。"))
    else:
        raise _wrong_code()
    await factors.use(db, used)
    return used


async def renew_spare_codes(db: Database, seal: Seal, account_id: int, shown: Shown) -> list[str]:
    """Those of before work no more."""
    async with _proven(db, seal, account_id, shown) as factor:
        if factor is None:
            raise Conflict(_("二要素認証は、設定されていません。"))
        spare = codes.new_spare_codes()
        await factors.seal_anew(db, account_id, seal.seal(seal.unseal(factor.sealed) | {"spare": spare}))
        await _tell(db, account_id, FactorNews.RENEWED)
    return spare


async def give_up(db: Database, seal: Seal, account_id: int, shown: Shown) -> None:
    """The password is enough from now on."""
    async with _proven(db, seal, account_id, shown) as factor:
        if factor:
            await factors.drop(db, account_id)
            await _changed(db, account_id, shown)
            await _tell(db, account_id, FactorNews.DROPPED)


async def undo(db: Database, factor: SecondFactor, new_hash: str) -> None:
    """The owner of the address did not set it up: it goes, and so does whoever knew the password. Raises Conflict where it is
    gone already, or another."""
    async with db.transaction():
        await locked(db, factor.account_id)
        current = await factors.factor(db, factor.account_id)
        if current is None or current.since != factor.since:
            raise Conflict(_("このリンクは、もう使えません。"))
        await factors.drop(db, factor.account_id)
        await replace_password(db, factor.account_id, new_hash)
        await _tell(db, factor.account_id, FactorNews.DROPPED)


async def take_away(db: Database, account_id: int) -> bool:
    """For whoever has lost the app and the spare codes, once the town knows that it is them. Whether there was a factor."""
    async with db.transaction():
        await locked(db, account_id)
        had = await factors.drop(db, account_id)
        if had:
            await queries.close_sessions(db, account_id)
            await publish(db, RightsChanged(account_id))
            await _tell(db, account_id, FactorNews.DROPPED)
    return had


@asynccontextmanager
async def _proven(
    db: Database, seal: Seal, account_id: int, shown: Shown
) -> AsyncIterator[SecondFactor | None]:
    async with db.transaction():
        await locked(db, account_id)
        yield await prove(db, seal, account_id, shown)


async def _changed(db: Database, account_id: int, shown: Shown) -> None:
    """What the account asks for: whoever showed the code stays, everybody else logs in anew."""
    await queries.close_other_sessions(db, account_id, token_hash(shown.token))
    await publish(db, RightsChanged(account_id))


async def _tell(db: Database, account_id: int, news: FactorNews, left: int = 0) -> None:
    """Always by mail: whoever did it may be somebody else."""
    await enqueue(db, "factor_mail", {"account_id": account_id, "news": news, "left": left})


def _wrong_code() -> Invalid:
    return Invalid(code=_("コードが違います。アプリに出ている、いまのコードを入力してください。"))
