"""Logging in, with a code where the account asks for one, and out."""

import secrets
from urllib.parse import urlencode

from itsdangerous import BadSignature
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.accounts import actions, queries, rules
from forum.accounts.actions import entering
from forum.accounts.actions.factors import Shown
from forum.accounts.factors import CODE_MINUTES, CodeLogin
from forum.accounts.web import SESSION_COOKIE, keep, onward, remember
from forum.addresses import local_path
from forum.i18n import _
from forum.middleware import client_address
from forum.pace.actions import keep_pace
from forum.text import fold
from forum.typed import typed
from forum.web import actor_of, database, page, read, redirect, refill, site

# Whose password was shown in this browser, until the code follows.
HALF_COOKIE, HALF = "login", "half of a login"


async def login_form(request: Request) -> Response:
    return await page(request, "accounts/login.html", next=onward(request))


@refill(login_form)
async def login(request: Request) -> Response:
    credentials = await read(request, rules.Login)
    await keep_pace(database(request), "login", client_address(request))
    await keep_pace(database(request), "login_as", fold(credentials.email))
    own, token = await entering.log_in(database(request), credentials.email, credentials.password)
    if token is None:
        response = redirect(request, f"/login/code?{urlencode({'next': credentials.next})}")
        # With chance in it: no two browsers have the same one.
        half = site(request).signer(HALF).dumps([own.id, rules.key_mark(own), secrets.token_urlsafe(8)])
        keep(request, response, HALF_COOKIE, half, CODE_MINUTES * 60)
        return response
    response = redirect(request, local_path(credentials.next))
    remember(request, response, token)
    return response


async def code_form(request: Request) -> Response:
    if _half(request) is None:
        return await _from_the_beginning(request)
    return await page(request, "accounts/code.html", next=onward(request))


@refill(code_form)
async def login_with_code(request: Request) -> Response:
    half = _half(request)
    if half is None:
        return await _from_the_beginning(request)
    account_id, mark = half
    form = await read(request, CodeLogin)
    # Not before: whoever knew an old password would keep its owner out.
    entering.still_of(mark, await queries.account(database(request), account_id))
    await keep_pace(database(request), "code", account_id)
    shown = Shown(form.code, request.cookies[HALF_COOKIE])
    token = await entering.log_in_with_code(database(request), site(request).seal, account_id, mark, shown)
    response = redirect(request, local_path(form.next))
    remember(request, response, token)
    response.delete_cookie(HALF_COOKIE)
    return response


def _half(request: Request) -> tuple[int, str] | None:
    """Whose password was shown a moment ago, and the mark of that."""
    signer, half = site(request).signer(HALF), request.cookies.get(HALF_COOKIE, "")
    try:
        account_id, mark, _chance = signer.loads(half, max_age=CODE_MINUTES * 60)
    except BadSignature:
        return None
    return account_id, mark


async def _from_the_beginning(request: Request) -> Response:
    onward = local_path(str((await typed(request)).get("next", "/")))
    where = f"/login?{urlencode({'next': onward})}"
    return redirect(request, where, _("時間がたちました。もう一度、はじめからログインしてください。"))


async def logout(request: Request) -> Response:
    actor, token = actor_of(request), request.cookies.get(SESSION_COOKIE)
    if actor.id is not None and token:
        if (await typed(request)).get("everywhere"):
            await actions.log_out_everywhere(database(request), actor.id)
        else:
            await actions.log_out(database(request), actor.id, token)
    response = redirect(request, "/", _("ログアウトしました。"))
    response.delete_cookie(SESSION_COOKIE)
    return response


routes = [
    Route("/login", login_form),
    Route("/login", login, methods=["POST"]),
    Route("/login/code", code_form),
    Route("/login/code", login_with_code, methods=["POST"]),
    Route("/logout", logout, methods=["POST"]),
]
