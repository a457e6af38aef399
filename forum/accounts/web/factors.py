"""The page on which somebody sets up a second factor, renews its spare codes, and gives it up."""

from collections.abc import Iterable

import segno
from itsdangerous import BadSignature
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum import clock
from forum.access import require
from forum.accounts import codes, queries, rules
from forum.accounts.actions import factors as actions
from forum.accounts.actions.factors import Shown
from forum.accounts.factors import SETTING_UP_MINUTES, Code, SecondFactor, SettingUp, can_have_second_factor
from forum.accounts.jobs import FACTOR_BACK
from forum.accounts.queries import factors
from forum.accounts.web import SESSION_COOKIE, identify, new_password, own_account
from forum.errors import Invalid, NotFound
from forum.i18n import _, by_locale
from forum.pace.actions import keep_pace
from forum.typed import texts
from forum.web import actor_of, database, page, read, redirect, refill, site

HOME = "/account/second-factor"
SETUP = "second factor"
# Letters of a key and digits of a spare code that are read at once.
GROUP = 4


async def overview(request: Request) -> Response:
    if actor_of(request).is_guest:
        return redirect(request, f"/login?next={HOME}")
    require(can_have_second_factor(actor_of(request)))
    own = await own_account(request)
    factor = await factors.factor(database(request), own.id)
    if factor is None:
        return await _setting_up(request, own)
    spare = site(request).seal.unseal(factor.sealed)["spare"]
    return await page(request, "accounts/second_factor.html", since=factor.since, spare=len(spare))


async def _setting_up(request: Request, own: rules.Account) -> Response:
    """With the key that was shown before, if one was: the app has read it."""
    setup = (await texts(request)).get("setup", [""])[0] if request.method == "POST" else ""
    key = _key(request, own, setup)
    if key is None:
        key = codes.new_key()
        setup = site(request).signer(SETUP).dumps([own.id, key])
    # Short, as every letter of it makes nine of the address and the picture finer.
    settings = site(request).settings
    town = _("%(city)sの会議室", city=by_locale(settings.city, settings.city_en))
    address = codes.app_address(key, holder=own.email, town=town)
    return _kept_nowhere(
        await page(
            request,
            "accounts/setting_up.html",
            setup=setup,
            key=_grouped(key),
            address=address,
            picture=segno.make_qr(address, error="l").svg_data_uri(scale=4, light="#fff"),
        )
    )


@refill(overview)
async def set_up(request: Request) -> Response:
    own, form = await own_account(request), await read(request, SettingUp)
    require(can_have_second_factor(actor_of(request)))
    await keep_pace(database(request), "login", own.id)
    key = _key(request, own, form.setup)
    if key is None:
        raise Invalid(code=_("時間がたちました。新しいQRコードを、もう一度アプリで読み取ってください。"))
    shown = Shown(form.code, request.cookies[SESSION_COOKIE])
    spare = await actions.set_up(
        database(request), site(request).seal, own, shown, key=key, password=form.current
    )
    # From here on with all the rights that they have.
    request.state.actor = await identify(request)
    return await _spare_codes(request, spare, is_new=True)


@refill(overview)
async def renew(request: Request) -> Response:
    own, shown = await _shown(request)
    spare = await actions.renew_spare_codes(database(request), site(request).seal, own.id, shown)
    return await _spare_codes(request, spare, is_new=False)


@refill(overview)
async def give_up(request: Request) -> Response:
    own, shown = await _shown(request)
    await actions.give_up(database(request), site(request).seal, own.id, shown)
    notice = _("二要素認証をやめました。ほかの端末ではログアウトしました。")
    return redirect(request, "/account#password", notice)


async def back_form(request: Request) -> Response:
    own, _factor = await _way_back(request)
    return await page(request, "accounts/factor_back.html", pen_name=own.pen_name, email=own.email)


@refill(back_form)
async def go_back(request: Request) -> Response:
    own, factor = await _way_back(request)
    new_hash = await new_password(request, own.id, own.pen_name, own.email)
    await actions.undo(database(request), factor, new_hash)
    notice = _("二要素認証をなくし、パスワードを変えました。新しいパスワードでログインしてください。")
    return redirect(request, "/login", notice)


async def _way_back(request: Request) -> tuple[rules.Account, SecondFactor]:
    """What the mailed link undoes. Raises NotFound for one that is forged, too old, or of a factor that is gone."""
    try:
        account_id, since = site(request).signer(FACTOR_BACK).loads(request.path_params["token"])
    except BadSignature as error:
        raise NotFound(_("このリンクは、もう使えません。")) from error
    own, factor = (
        await queries.account(database(request), account_id),
        await factors.factor(database(request), account_id),
    )
    is_good = factor and factor.since.isoformat() == since and factor.leads_back(clock.now())
    if own is None or factor is None or not is_good:
        raise NotFound(_("このリンクは、もう使えません。"))
    return own, factor


async def _shown(request: Request) -> tuple[rules.Account, Shown]:
    own, form = await own_account(request), await read(request, Code)
    await keep_pace(database(request), "code", own.id)
    return own, Shown(form.code, request.cookies[SESSION_COOKIE])


async def _spare_codes(request: Request, spare: Iterable[str], *, is_new: bool) -> Response:
    """Once."""
    spare = [_grouped(code) for code in spare]
    return _kept_nowhere(await page(request, "accounts/spare_codes.html", spare=spare, is_new=is_new))


def _kept_nowhere(response: Response) -> Response:
    """What it shows lets somebody in: no browser keeps it."""
    response.headers["Cache-Control"] = "no-store"
    return response


def _key(request: Request, own: rules.Account, setup: str) -> str | None:
    """What this account was shown, not long ago."""
    try:
        account_id, key = site(request).signer(SETUP).loads(setup, max_age=SETTING_UP_MINUTES * 60)
    except BadSignature:
        return None
    return str(key) if account_id == own.id else None


def _grouped(text: str) -> str:
    return " ".join(text[start : start + GROUP] for start in range(0, len(text), GROUP))


routes = [
    Route(HOME, overview),
    Route(HOME, set_up, methods=["POST"]),
    Route(f"{HOME}/codes", renew, methods=["POST"]),
    Route(f"{HOME}/end", give_up, methods=["POST"]),
    Route(f"{HOME}/back/{{token}}", back_form),
    Route(f"{HOME}/back/{{token}}", go_back, methods=["POST"]),
]
