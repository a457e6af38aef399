"""Registering, the account page, and the language switch."""

from itsdangerous import BadSignature
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import Route

from forum import clock, sizes
from forum.access import GUEST, Actor, can_be_named
from forum.accounts import actions, passwords, queries, rules
from forum.accounts.factors import as_proven
from forum.accounts.jobs import CONFIRMATION
from forum.accounts.queries.sections import named_sections
from forum.addresses import local_path
from forum.errors import Forbidden, Invalid, NotFound
from forum.furigana import COOKIE as FURIGANA_COOKIE
from forum.i18n import LOCALES, _, by_locale, use_locale
from forum.middleware import LOCALE_COOKIE, client_address
from forum.pace.actions import keep_pace
from forum.text import fold
from forum.typed import typed
from forum.web import actor_of, database, page, read, redirect, refill, site
from forum.zones import offered, zone_name

SESSION_COOKIE = "session"
YEAR = 365 * 86400


async def identify(connection: HTTPConnection) -> Actor:
    """The actor behind the session cookie, or a guest. One statement, none for guests. What a script sends from a page that
    somebody else had opened in this browser is not of whoever is logged in since."""
    if not (token := connection.cookies.get(SESSION_COOKIE)):
        return GUEST
    found = await queries.actor_of_session(site(connection).db, actions.token_hash(token), clock.now())
    opened_by = connection.headers.get("x-viewer")
    if found is None or opened_by not in (None, "", found.pseudonym):
        return GUEST
    return as_proven(found, is_required=site(connection).settings.asks_second_factor)


async def register_form(request: Request) -> Response:
    return await page(request, "accounts/register.html", next=onward(request))


@refill(register_form)
async def register(request: Request) -> Response:
    await keep_pace(database(request), "register", client_address(request))
    registration = await read(request, rules.Registration)
    require_own(request, registration.pen_name)
    require_strong(registration.password, registration.pen_name, registration.email)
    await keep_pace(database(request), "mail", fold(registration.email))
    await actions.register(database(request), registration, await passwords.hashed(registration.password))
    return await page(request, "accounts/check_mail.html", email=registration.email)


async def confirm_form(request: Request) -> Response:
    account = await _confirmed_account(request)
    return await page(request, "accounts/confirm.html", pen_name=account.pen_name)


@refill(confirm_form)
async def confirm(request: Request) -> Response:
    """Opening the link in a browser is not enough: mail scanners do that. The button is."""
    account = await _confirmed_account(request)
    pen_name = (await read(request, rules.Confirmation)).pen_name
    require_own(request, pen_name or account.pen_name)
    first = await actions.confirm(database(request), account, pen_name)
    if not first:
        return redirect(request, "/login", _("メールアドレスは確認済みです。ログインしてください。"))
    response = redirect(request, onward(request), _("登録が完了しました。ようこそ、IT市民会議室へ。"))
    remember(request, response, await actions.open_session(database(request), account))
    return response


async def _confirmed_account(request: Request) -> rules.Account:
    """Whose link it is. Raises NotFound when it is forged, too old, or of a registration that was replaced."""
    signer, lasts = site(request).signer(CONFIRMATION), int(rules.CONFIRMATION_LASTS.total_seconds())
    try:
        account_id, created_at = signer.loads(request.path_params["token"], max_age=lasts)
    except BadSignature as error:
        raise NotFound(_(rules.LEADS_NOWHERE)) from error
    account = await queries.account(database(request), account_id)
    if account is None or account.created_at.isoformat() != created_at:
        raise NotFound(_(rules.LEADS_NOWHERE))
    return account


def onward(request: Request) -> str:
    """Where the person was, and goes on from once they may."""
    return local_path(request.query_params.get("next", "/"))


async def account(request: Request) -> Response:
    actor = actor_of(request)
    if actor.id is None:
        return redirect(request, "/login?next=/account")
    sections = {number: (name, name_en) for number, name, name_en in await named_sections(database(request))}
    section = by_locale(*sections[actor.section_id]) if actor.section_id else None
    own = await queries.account(database(request), actor.id)
    return await page(
        request,
        "accounts/account.html",
        account=own,
        section=section,
        can_be_named=can_be_named(actor),
        zones=offered(),
        towns=zone_name(site(request).settings.time_zone),
    )


@refill(account)
async def change_password(request: Request) -> Response:
    own = await own_account(request)
    change = await read(request, rules.PasswordChange)
    await keep_pace(database(request), "login", own.id)
    require_strong(change.password, own.pen_name, own.email)
    new_hash, token = await passwords.hashed(change.password), request.cookies[SESSION_COOKIE]
    token = await actions.change_password(database(request), own, change.current, new_hash, token)
    response = redirect(request, "/account", _("パスワードを変えました。ほかの端末ではログアウトしました。"))
    remember(request, response, token)
    return response


@refill(account)
async def name_while_reading(request: Request) -> Response:
    own, named = await own_account(request), (await read(request, rules.Reading)).named
    await actions.name_while_reading(database(request), own.id, named=named)
    notice = _("閲覧中に名前が出るようにしました。") if named else _("閲覧中に名前が出ないようにしました。")
    return redirect(request, "/account", notice)


@refill(account)
async def choose_zone(request: Request) -> Response:
    own, chosen = await own_account(request), (await read(request, rules.Zone)).time_zone
    await actions.read_times_in(database(request), own.id, chosen, site(request).settings.time_zone)
    return redirect(request, "/account#display")


@refill(account)
async def confirm_again(request: Request) -> Response:
    own = await own_account(request)
    await keep_pace(database(request), "mail", own.id)
    await actions.send_confirmation_again(database(request), own.id)
    return redirect(request, "/account", _("確認のメールを送りました。"))


def require_strong(password: str, *about_the_person: str) -> None:
    if rules.is_guessable(password, *about_the_person):
        raise Invalid(password=_("推測されやすいパスワードです。ほかの言葉を足して長くしてください。"))


async def new_password(request: Request, account_id: int, *about_the_person: str) -> str:
    """The hash of the password that somebody chooses by a mailed link."""
    password = (await read(request, rules.NewPassword)).password
    await keep_pace(database(request), "login", account_id)
    require_strong(password, *about_the_person)
    return await passwords.hashed(password)


def require_own(request: Request, pen_name: str) -> None:
    if rules.is_the_towns(pen_name, site(request).settings.city):
        raise Invalid(pen_name=_(rules.NOT_OWN))


async def own_account(request: Request) -> rules.Account:
    own = await queries.account(database(request), actor_of(request).id or 0)
    if own is None:
        raise Forbidden(_("ログインしてください。"))
    return own


async def choose_locale(request: Request) -> Response:
    form = await typed(request)
    locale, actor = str(form.get("locale", "")), actor_of(request)
    if locale not in LOCALES:
        raise NotFound
    if actor.id is not None:
        await queries.set_locale(database(request), actor.id, locale)
    use_locale(locale)
    response = redirect(request, local_path(str(form.get("next", "/"))))
    keep(request, response, LOCALE_COOKIE, locale, YEAR)
    return response


async def choose_furigana(request: Request) -> Response:
    """Readings over kanji, on this device."""
    form = await typed(request)
    response = redirect(request, local_path(str(form.get("next", "/"))))
    if form.get("furigana") == "on":
        keep(request, response, FURIGANA_COOKIE, "on", YEAR)
    else:
        response.delete_cookie(FURIGANA_COOKIE)
    return response


async def choose_size(request: Request) -> Response:
    """How big everything is, on this device."""
    form = await typed(request)
    response, size = redirect(request, local_path(str(form.get("next", "/")))), str(form.get("size", ""))
    if size in sizes.SIZES:
        keep(request, response, sizes.COOKIE, size, YEAR)
    else:
        response.delete_cookie(sizes.COOKIE)
    return response


def remember(request: Request, response: Response, token: str) -> None:
    keep(request, response, SESSION_COOKIE, token, int(rules.SESSION_LASTS.total_seconds()))


def keep(request: Request, response: Response, cookie: str, value: str, seconds: int) -> None:
    """On this device, for this site alone and not for scripts."""
    secure = site(request).settings.served_over_https
    response.set_cookie(cookie, value, max_age=seconds, samesite="lax", httponly=True, secure=secure)


routes = [
    Route("/register", register_form),
    Route("/register", register, methods=["POST"]),
    Route("/confirm/{token}", confirm_form),
    Route("/confirm/{token}", confirm, methods=["POST"]),
    Route("/account", account),
    Route("/account/password", change_password, methods=["POST"]),
    Route("/account/reading", name_while_reading, methods=["POST"]),
    Route("/account/zone", choose_zone, methods=["POST"]),
    Route("/account/confirmation", confirm_again, methods=["POST"]),
    Route("/locale", choose_locale, methods=["POST"]),
    Route("/furigana", choose_furigana, methods=["POST"]),
    Route("/size", choose_size, methods=["POST"]),
]
