"""The mails of registration, and forgetting."""

from typing import Any
from urllib.parse import urlencode

from forum import mail
from forum.accounts import actions, queries
from forum.accounts.rules import Account
from forum.i18n import _, in_locale
from forum.jobs import Handler
from forum.web import Site, local_path

CONFIRMATION = "confirm"


async def confirmation_mail(site: Site, payload: dict[str, Any]) -> None:
    """The signed link that proves that the address is the person's own."""
    account = await queries.account(site.db, payload["account_id"])
    if account is None or account.confirmed_at:
        return
    with in_locale(account.locale):
        onward = local_path(payload.get("next", "/"))
        query = "?" + urlencode({"next": onward}) if onward != "/" else ""
        link = site.settings.link(f"/confirm/{confirmation_token(site, account)}{query}")
        text = site.renderer.render_text("mail/confirm.txt", {"pen_name": account.pen_name, "link": link})
        await mail.send(site.settings, to=account.email, subject=_("メールアドレスの確認"), text=text)


async def already_registered_mail(site: Site, payload: dict[str, Any]) -> None:
    """Somebody tried to register a known address; only its owner learns that it is known."""
    account = await queries.account(site.db, payload["account_id"])
    if account is None:
        return
    with in_locale(account.locale):
        text = site.renderer.render_text(
            "mail/already_registered.txt",
            {"pen_name": account.pen_name, "link": site.settings.link("/login")},
        )
        await mail.send(site.settings, to=account.email, subject=_("すでに登録されています"), text=text)


async def forget(site: Site, payload: dict[str, Any]) -> None:
    await actions.forget(site.db)


def confirmation_token(site: Site, account: Account) -> str:
    """Signed, and good for this registration only: a later one of the same address makes it worthless."""
    return site.signer(CONFIRMATION).dumps([account.id, account.created_at.isoformat()])


JOBS: dict[str, Handler] = {
    "confirmation_mail": confirmation_mail,
    "already_registered_mail": already_registered_mail,
}
HOURLY: dict[str, Handler] = {"forget_accounts": forget}
