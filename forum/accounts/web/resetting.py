"""A forgotten password: asking for a link, and choosing a new one."""

from itsdangerous import BadSignature
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.accounts import queries, rules
from forum.accounts.actions import resetting as actions
from forum.accounts.jobs import RESET
from forum.accounts.web import new_password
from forum.errors import NotFound
from forum.i18n import _
from forum.middleware import client_address
from forum.pace.actions import keep_pace
from forum.text import fold
from forum.web import database, page, read, redirect, refill, site


async def ask_form(request: Request) -> Response:
    return await page(request, "accounts/forgotten.html", hours=rules.RESET_HOURS)


@refill(ask_form)
async def ask(request: Request) -> Response:
    """The answer is the same whether or not the address is known."""
    email = (await read(request, rules.Forgotten)).email
    await keep_pace(database(request), "login", client_address(request))
    await keep_pace(database(request), "mail", fold(email))
    await actions.ask(database(request), email)
    notice = _("%(email)s で登録されていれば、メールが届きます。中のリンクを開いてください。", email=email)
    return redirect(request, "/login", notice)


async def reset_form(request: Request) -> Response:
    own, _mark = await _asked(request)
    return await page(request, "accounts/reset.html", pen_name=own.pen_name, email=own.email)


@refill(reset_form)
async def reset(request: Request) -> Response:
    own, mark = await _asked(request)
    new_hash = await new_password(request, own.id, own.pen_name, own.email)
    await actions.reset(database(request), own.id, mark, new_hash)
    return redirect(request, "/login", _("パスワードを変えました。新しいパスワードでログインしてください。"))


async def _asked(request: Request) -> tuple[rules.Account, str]:
    """Whose password the link changes, and under which it was mailed. Raises NotFound for one that is forged, too old or used."""
    signer, lasts = site(request).signer(RESET), rules.RESET_HOURS * 3600
    try:
        account_id, mark = signer.loads(request.path_params["token"], max_age=lasts)
    except BadSignature as error:
        raise NotFound(_("このリンクは、もう使えません。")) from error
    own = await queries.account(database(request), account_id)
    if own is None or own.left_at or rules.key_mark(own) != mark:
        raise NotFound(_("このリンクは、もう使えません。"))
    return own, mark


routes = [
    Route("/password", ask_form),
    Route("/password", ask, methods=["POST"]),
    Route("/password/{token}", reset_form),
    Route("/password/{token}", reset, methods=["POST"]),
]
