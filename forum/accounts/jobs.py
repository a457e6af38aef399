"""The mails of registration, and forgetting. Whoever left meanwhile, or made way to the owner of an address, has none."""

from typing import Any
from urllib.parse import urlencode

from forum import clock, mail
from forum.accounts import actions, queries
from forum.accounts.factors import FactorNews
from forum.accounts.queries.factors import factor
from forum.accounts.queries.identity import address_change
from forum.accounts.rules import ADDRESS_HELD, RESET_HOURS, Account, key_mark
from forum.addresses import local_path
from forum.i18n import _, in_locale
from forum.jobs import Handler
from forum.text import fold
from forum.web import Site

CONFIRMATION = "confirm"
ADDRESS = "address"
WAY_BACK = "way back"
RESET = "reset"
FACTOR_BACK = "way back from a second factor"


async def confirmation_mail(site: Site, payload: dict[str, Any]) -> None:
    """The signed link that proves that the address is the person's own."""
    account = await queries.account(site.db, payload["account_id"])
    if account is None or account.confirmed_at or not account.email:
        return
    with in_locale(account.locale):
        onward = local_path(payload.get("next", "/"))
        query = "?" + urlencode({"next": onward}) if onward != "/" else ""
        link = site.settings.link(f"/confirm/{confirmation_token(site, account)}{query}")
        text = site.renderer.render("mail/confirm.txt", {"pen_name": account.pen_name, "link": link})
        await mail.send(site.settings, to=account.email, subject=_("メールアドレスの確認"), text=text)


async def already_registered_mail(site: Site, payload: dict[str, Any]) -> None:
    """Somebody tried to register a known address, or to move to it; only its owner learns that it is known."""
    account = await queries.account(site.db, payload["account_id"])
    if account is None or not account.email:
        return
    with in_locale(account.locale):
        text = site.renderer.render(
            "mail/already_registered.txt",
            {"pen_name": account.pen_name, "link": site.settings.link("/login")},
        )
        await mail.send(site.settings, to=account.email, subject=_("すでに登録されています"), text=text)


async def address_mail(site: Site, payload: dict[str, Any]) -> None:
    """The signed link that proves that the new address is the person's own; none once the password is another than the one
    that was asked for."""
    account = await queries.account(site.db, payload["account_id"])
    if account is None or account.left_at or key_mark(account) != payload["mark"]:
        return
    token = site.signer(ADDRESS).dumps([account.id, payload["mark"], payload["email"]])
    said = {"pen_name": account.pen_name, "link": site.settings.link(f"/account/email/{token}")}
    with in_locale(account.locale):
        text = site.renderer.render("mail/address.txt", said)
        await mail.send(
            site.settings, to=payload["email"], subject=_("メールアドレスの変更の確認"), text=text
        )


async def address_changed_mail(site: Site, payload: dict[str, Any]) -> None:
    """To the address that was left, with the way back."""
    change = await address_change(site.db, payload["change_id"])
    account = await queries.account(site.db, change.account_id) if change else None
    if change is None or account is None or not change.leads_back(clock.now()):
        return
    link = site.settings.link(f"/account/email-back/{site.signer(WAY_BACK).dumps(change.id)}")
    said = {"pen_name": account.pen_name, "link": link, "days": ADDRESS_HELD.days}
    with in_locale(account.locale):
        text = site.renderer.render("mail/address_changed.txt", said)
        await mail.send(site.settings, to=change.email, subject=_("メールアドレスが変わりました"), text=text)


async def password_mail(site: Site, payload: dict[str, Any]) -> None:
    """The signed link to choose a new password, to whoever has the address; to nobody where nobody has."""
    account = await queries.account_of_email(site.db, fold(payload["email"]))
    if account is None or account.left_at:
        return
    token = site.signer(RESET).dumps([account.id, key_mark(account)])
    said = {
        "pen_name": account.pen_name,
        "link": site.settings.link(f"/password/{token}"),
        "hours": RESET_HOURS,
    }
    with in_locale(account.locale):
        text = site.renderer.render("mail/password.txt", said)
        await mail.send(site.settings, to=account.email, subject=_("新しいパスワードを決める"), text=text)


async def forget(site: Site, payload: dict[str, Any]) -> None:
    await actions.forget(site.db)


def confirmation_token(site: Site, account: Account) -> str:
    """Signed, and good for this registration only: a later one of the same address makes it worthless."""
    return site.signer(CONFIRMATION).dumps([account.id, account.created_at.isoformat()])


async def factor_mail(site: Site, payload: dict[str, Any]) -> None:
    """To the owner of a second factor, also where it was somebody else who did that."""
    account = await queries.account(site.db, payload["account_id"])
    if account is None or account.left_at or not account.email:
        return
    news = FactorNews(payload["news"])
    said = {
        "pen_name": account.pen_name,
        "news": news,
        "left": payload["left"],
        "days": ADDRESS_HELD.days,
        "link": site.settings.link(await _after(site, account.id, news)),
    }
    with in_locale(account.locale):
        text = site.renderer.render("mail/second_factor.txt", said)
        await mail.send(site.settings, to=account.email, subject=_("二要素認証についてのお知らせ"), text=text)


async def _after(site: Site, account_id: int, news: FactorNews) -> str:
    """Where somebody goes on who is told that: where the factor is new, back from it, as another may have set it up."""
    found = await factor(site.db, account_id)
    if found is None:
        return "/password"
    if news is not FactorNews.SET_UP:
        return "/account/second-factor"
    token = site.signer(FACTOR_BACK).dumps([account_id, found.since.isoformat()])
    return f"/account/second-factor/back/{token}"


JOBS: dict[str, Handler] = {
    "confirmation_mail": confirmation_mail,
    "already_registered_mail": already_registered_mail,
    "address_mail": address_mail,
    "address_changed_mail": address_changed_mail,
    "password_mail": password_mail,
    "factor_mail": factor_mail,
}
HOURLY: dict[str, Handler] = {"forget_accounts": forget}
