"""Logging in: with the password, and with a code where the account asks for one."""

from dataclasses import replace

from forum.accounts import passwords, queries
from forum.accounts.actions import has_still, open_session
from forum.accounts.actions.factors import Shown, prove
from forum.accounts.queries import factors
from forum.accounts.queries.identity import locked
from forum.accounts.rules import Account, key_mark
from forum.db import Database
from forum.errors import Conflict, Invalid
from forum.i18n import _
from forum.sealed import Seal
from forum.text import fold


async def log_in(db: Database, email: str, password: str) -> tuple[Account, str | None]:
    """Whose password it is, and a new session's token; none where a code has to follow. Raises Invalid with the same sentence
    whether or not the account exists."""
    wrong = Invalid(password=_("メールアドレスかパスワードが違います。"))
    account = await queries.account_of_email(db, fold(email))
    if not await passwords.matches(password, account.password_hash if account else None) or account is None:
        raise wrong
    newer = await passwords.hashed(password) if passwords.is_outdated(account.password_hash) else None
    async with db.transaction():
        if not await has_still(db, account):
            raise wrong
        if newer is not None:
            await queries.set_password(db, account.id, newer)
            account = replace(account, password_hash=newer)
        if await factors.has_one(db, account.id):
            return account, None
        return account, await open_session(db, account)


async def log_in_with_code(db: Database, seal: Seal, account_id: int, mark: str, shown: Shown) -> str:
    """A new session's token for whoever has just shown the password. Raises Conflict when it was changed since."""
    async with db.transaction():
        account = still_of(mark, await locked(db, account_id))
        await prove(db, seal, account_id, shown)
        return await open_session(db, account)


def still_of(mark: str, account: Account | None) -> Account:
    """The account, whose password was shown. Raises Conflict when it was changed since."""
    if account is None or key_mark(account) != mark:
        raise Conflict(_("もう一度、はじめからログインしてください。"))
    return account
