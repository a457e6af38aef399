"""Where a browser asks for notices and ends them, and the little script that shows them."""

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from forum.accounts.actions import token_hash
from forum.accounts.web import SESSION_COOKIE
from forum.devices import actions
from forum.devices.rules import Subscription, device_name
from forum.devices.sending import public_key
from forum.errors import NotFound
from forum.i18n import _, by_locale, language
from forum.pace.actions import keep_pace
from forum.rendering import STATIC, asset
from forum.web import actor_of, database, path_id, read, redirect, site

SETTINGS = "/inbox/settings"


def session_of(request: Request) -> bytes:
    """What the devices of this very browser are known by."""
    return token_hash(request.cookies.get(SESSION_COOKIE, ""))


async def add(request: Request) -> Response:
    actor = actor_of(request)
    if actor.id is None:
        return redirect(request, f"/login?next={SETTINGS}")
    await keep_pace(database(request), "device", actor.id)
    await actions.add(
        database(request),
        site(request).settings,
        actor,
        session_of(request),
        device_name(request.headers.get("user-agent", "")),
        await read(request, Subscription),
    )
    return redirect(request, SETTINGS, _("この端末に知らせるようにしました。"))


async def remove(request: Request) -> Response:
    actor = actor_of(request)
    if actor.id is None:
        return redirect(request, f"/login?next={SETTINGS}")
    await actions.remove(database(request), actor.id, path_id(request))
    return redirect(request, SETTINGS, _("その端末には、もう知らせません。"))


async def worker(request: Request) -> Response:
    """Always under one address: browsers look there for a newer one."""
    if public_key(site(request).settings) is None:
        raise NotFound
    return FileResponse(STATIC / "push/worker.js", media_type="text/javascript")


async def manifest(request: Request) -> Response:
    """iPhones and iPads let only what stands on their home screen as an app show notices; this makes it one."""
    town = site(request).settings
    if public_key(town) is None:
        raise NotFound
    about = {
        "name": _("%(city)s IT市民会議室", city=by_locale(town.city, town.city_en)),
        "short_name": _("市民会議室"),
        "lang": language(),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "icons": [{"src": asset("icon.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }
    return JSONResponse(about, media_type="application/manifest+json")


routes = [
    Route("/inbox/devices", add, methods=["POST"]),
    Route("/inbox/devices/{id:int}/remove", remove, methods=["POST"]),
    Route("/inbox/worker.js", worker),
    Route("/inbox/app.webmanifest", manifest),
]
