"""A new password for whoever forgot theirs and reads the mail of their account."""

from forum.accounts.actions import replace_password
from forum.accounts.queries.identity import locked
from forum.accounts.rules import key_mark
from forum.db import Database
from forum.errors import Conflict
from forum.i18n import _
from forum.jobs import enqueue


async def ask(db: Database, email: str) -> None:
    """Mails a link to whoever has this address. Whose it is, if anybody's, the job finds out: whoever asks cannot tell."""
    async with db.transaction():
        await enqueue(db, "password_mail", {"email": email})


async def reset(db: Database, account_id: int, mark: str, new_hash: str) -> None:
    """Sets the password and ends every session, unless the password or the address changed since the link was mailed."""
    async with db.transaction():
        own = await locked(db, account_id)
        if own is None or key_mark(own) != mark:
            raise Conflict(_("このリンクは、もう使えません。"))
        await replace_password(db, own.id, new_hash)
