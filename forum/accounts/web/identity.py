"""Changing the pen name and the e-mail address."""

from itsdangerous import BadSignature
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum import clock
from forum.accounts import queries, rules
from forum.accounts.actions import identity as actions
from forum.accounts.actions import open_session
from forum.accounts.jobs import ADDRESS, WAY_BACK
from forum.accounts.queries import factors
from forum.accounts.queries import identity as names
from forum.accounts.web import new_password, own_account, remember, require_own
from forum.errors import NotFound
from forum.i18n import _
from forum.pace.actions import keep_pace
from forum.web import actor_of, database, page, read, redirect, refill, site


async def identity(request: Request) -> Response:
    actor, db = actor_of(request), database(request)
    if actor.id is None:
        return redirect(request, "/login?next=/account/identity")
    own, former = await own_account(request), await names.former_names(db, actor.id)
    return await page(
        request,
        "accounts/identity.html",
        account=own,
        can_rename=rules.can_rename(actor, former[0].until if former else None, clock.now()),
        every=rules.RENAME_EVERY.days,
        held=rules.ADDRESS_HELD.days,
    )


@refill(identity)
async def rename(request: Request) -> Response:
    name = (await read(request, rules.Naming)).pen_name
    require_own(request, name)
    await actions.rename(database(request), actor_of(request), name)
    return redirect(request, "/account", _("ペンネームを「%(name)s」に変えました。", name=name))


@refill(identity)
async def ask_to_move(request: Request) -> Response:
    own = await own_account(request)
    await keep_pace(database(request), "login", own.id)
    move = await read(request, rules.Move)
    await actions.ask_to_move(database(request), own, move)
    notice = _(
        "%(email)s あてにメールを送りました。メールの中のリンクを開くと、変わります。", email=move.email
    )
    return redirect(request, "/account/identity", notice)


async def move_form(request: Request) -> Response:
    own, _mark, email = await _asked(request)
    return await page(request, "accounts/move.html", pen_name=own.pen_name, email=email)


@refill(move_form)
async def move(request: Request) -> Response:
    """Opening the link in a browser is not enough: mail scanners do that. The button is."""
    own, mark, email = await _asked(request)
    await actions.move(database(request), own.id, mark, email)
    notice = _("メールアドレスを変えました。ほかの端末ではログアウトしました。")
    if actor_of(request).id != own.id:
        return redirect(request, "/login", notice)
    response = redirect(request, "/account", notice)
    remember(request, response, await open_session(database(request), own))
    return response


async def back_form(request: Request) -> Response:
    return await page(request, "accounts/move_back.html", email=(await _way_back(request)).email)


@refill(back_form)
async def move_back(request: Request) -> Response:
    change = await _way_back(request)
    own = await queries.account(database(request), change.account_id)
    new_hash = await new_password(request, change.account_id, change.email, own.pen_name if own else "")
    await actions.move_back(database(request), change, new_hash)
    notice = _("メールアドレスを元に戻し、パスワードを変えました。新しいパスワードでログインしてください。")
    return redirect(request, "/login", notice)


async def _asked(request: Request) -> tuple[rules.Account, str, str]:
    """Whose address the link changes, under which password and address it was asked, and to which. Raises NotFound for one
    that is forged, too old or used."""
    signer, lasts = site(request).signer(ADDRESS), int(rules.CONFIRMATION_LASTS.total_seconds())
    try:
        (account_id, mark, email), asked_at = signer.loads(
            request.path_params["token"], max_age=lasts, return_timestamp=True
        )
    except BadSignature as error:
        raise NotFound(_("このリンクは、もう使えません。")) from error
    own = await queries.account(database(request), account_id)
    if own is None or own.left_at or rules.key_mark(own) != mark:
        raise NotFound(_("このリンクは、もう使えません。"))
    factor = await factors.factor(database(request), account_id)
    if factor and factor.since > asked_at:  # with the password alone
        raise NotFound(_("このリンクは、もう使えません。"))
    return own, mark, email


async def _way_back(request: Request) -> rules.AddressChange:
    """The change that the link undoes. Raises NotFound once it does not any more."""
    try:
        change_id = site(request).signer(WAY_BACK).loads(request.path_params["token"])
    except BadSignature as error:
        raise NotFound(_("このリンクは、もう使えません。")) from error
    change = await names.address_change(database(request), change_id)
    if change is None or not change.leads_back(clock.now()):
        raise NotFound(_("このリンクは、もう使えません。"))
    return change


routes = [
    Route("/account/identity", identity),
    Route("/account/identity/name", rename, methods=["POST"]),
    Route("/account/identity/email", ask_to_move, methods=["POST"]),
    Route("/account/email/{token}", move_form),
    Route("/account/email/{token}", move, methods=["POST"]),
    Route("/account/email-back/{token}", back_form),
    Route("/account/email-back/{token}", move_back, methods=["POST"]),
]
