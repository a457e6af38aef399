"""Between HTTP and the actions: reading forms, showing pages, sending people on."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import TypeVar, get_origin

from itsdangerous import BadSignature, URLSafeSerializer, URLSafeTimedSerializer
from pydantic import BaseModel
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from forum import furigana
from forum.access import GUEST, Actor
from forum.addresses import local_path, this_page
from forum.db import Database
from forum.errors import Conflict, Forbidden, Invalid, NotFound, Refusal, TooSoon
from forum.kept import Kept
from forum.rendering import Renderer
from forum.sealed import Seal
from forum.settings import Settings
from forum.signing import Dated
from forum.sizes import display_size
from forum.storage import Storage
from forum.text import visible, written
from forum.typed import texts, typed
from forum.validating import validated

M = TypeVar("M", bound=BaseModel)
View = Callable[[Request], Awaitable[Response]]

# The one table from the words of the domain to status codes.
STATUS: dict[type[Refusal], int] = {Invalid: 422, NotFound: 404, Forbidden: 403, Conflict: 409, TooSoon: 429}

NOTICES = "notices"
# Every number of so many digits is a bigint.
DIGITS_MAX = 18
# Of a page, which is multiplied, and of what is counted in four bytes.
COUNT_DIGITS_MAX = 9


@dataclass(frozen=True, slots=True)
class Site:
    """What every request of one running application shares."""

    settings: Settings
    db: Database
    renderer: Renderer
    seal: Seal
    storage: Storage  # the bytes of pictures and files
    # How many items wait for this moderator; given by the review queue, shown in every header.
    waiting: Callable[[Database, Actor], Awaitable[object]]
    kept: Kept = field(default_factory=Kept)

    def signer(self, purpose: str) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self.settings.secret(), salt=purpose, signer=Dated)


@dataclass(frozen=True, slots=True)
class Form:
    """What was typed, and one sentence for each field that cannot be accepted."""

    values: Mapping[str, list[str]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    refusal: Refusal | None = None  # what is wrong with the whole, not one field

    def value(self, name: str, default: object = "") -> str:
        """What was typed into the field, or else the default."""
        typed = self.values.get(name)
        if typed:
            return visible(typed[0])
        return "" if self.values or default is None else str(default)

    def chosen(self, name: str, option: object, default: bool = False) -> bool:
        """Whether the option of a check box, radio or select was chosen."""
        return str(option) in self.values.get(name, ()) if self.values else default

    def error(self, name: str) -> str | None:
        return self.errors.get(name)


def site(connection: HTTPConnection) -> Site:
    """What the application shares; also for websockets."""
    shared: Site = connection.app.state.site
    return shared


def database(request: Request) -> Database:
    return site(request).db


def actor_of(connection: HTTPConnection) -> Actor:
    actor: Actor = getattr(connection.state, "actor", GUEST)
    return actor


async def page(request: Request, template: str, status: int = 200, **context: object) -> HTMLResponse:
    """A whole page. Every template may use actor, form, asked (what forum/screening/web.py asked about the form), unsent
    (the draft with which it starts), preview (how its text will look), notices, path, this_page, status, unread,
    waiting and has_furigana and size beside `context`."""
    shared, actor = site(request), actor_of(request)
    if actor.is_moderator and "waiting" not in context:
        context["waiting"] = await shared.waiting(shared.db, actor)
    notices = _notices(request)
    html = shared.renderer.render(
        template,
        {
            "request": request,
            "path": request.url.path,
            "this_page": this_page(request),
            "actor": actor,
            "form": getattr(request.state, "form", None) or Form(),
            "asked": getattr(request.state, "asked", None),
            "unsent": getattr(request.state, "unsent", None),
            "preview": getattr(request.state, "preview", None),
            "notices": notices,
            "has_furigana": furigana.asked_for(request.cookies),
            "size": display_size(request.cookies),
            "status": status,
            "unread": actor.unread,
            "waiting": None,
            **context,
        },
    )
    response = HTMLResponse(await _own(request, html), status)
    if notices:
        response.delete_cookie(NOTICES)
    return response


async def fragment(request: Request, template: str, status: int = 200, **context: object) -> HTMLResponse:
    """A viewer-neutral piece of a page, for scripts."""
    html = site(request).renderer.render(template, context)
    return HTMLResponse(await _own(request, html), status)


async def _own(request: Request, html: str) -> str:
    has_furigana = furigana.asked_for(request.cookies)
    return await site(request).renderer.own(html, has_furigana=has_furigana)


def wants_fragment(request: Request) -> bool:
    """Whether a script of ours asks and will place the answer itself."""
    return request.headers.get("x-requested-with") == "fetch"


def redirect(request: Request, url: str, notice: str | None = None) -> RedirectResponse:
    """On to another page of this site, which shows the notice once."""
    response = RedirectResponse(local_path(url), 303)
    if notice:
        text, secure = _notice_signer(request).dumps([notice]), site(request).settings.served_over_https
        response.set_cookie(NOTICES, text, max_age=60, httponly=True, samesite="lax", secure=secure)
    return response


async def read(request: Request, model: type[M]) -> M:
    """The submitted form as a model. Raises Invalid with one sentence for each bad field."""
    form = await typed(request)
    values: dict[str, object] = {}
    for name, described in model.model_fields.items():
        many = get_origin(described.annotation) in (list, tuple, set, frozenset)
        texts = [text for text in form.getlist(name) if isinstance(text, str)]
        if many:
            values[name] = texts
        elif texts:
            values[name] = texts[0]
    return validated(model, values)


def refill(view: View, *, for_guests: bool = False) -> Callable[[View], View]:
    """Decorates the handler of a form: a refusal shows `view` again, as typed, with the reason and its status.

    Where `view` leads elsewhere by now, words are given back on the page of the refusal; also those of whom the login has ended,
    unless `view` shows them `for_guests`."""

    def decorate(act: View) -> View:
        @wraps(act)
        async def handler(request: Request) -> Response:
            try:
                return await act(request)
            except (Invalid, TooSoon, Conflict, Forbidden) as refusal:
                values = await texts(request)
                is_forbidden = isinstance(refusal, Forbidden) and actor_of(request).is_guest
                if is_forbidden and written(values) and not for_guests:
                    raise
                errors = refusal.fields if isinstance(refusal, Invalid) else {}
                request.state.form = Form(values, errors, None if errors else refusal)
                response = await view(request)
                if response.status_code == 200:
                    response.status_code = STATUS[type(refusal)]
                elif written(values):
                    raise
                if isinstance(refusal, TooSoon):
                    response.headers["Retry-After"] = str(refusal.seconds)
                return response

        return handler

    return decorate


class _Number(Convertor[int]):
    """`{id:int}` of a route: as many digits as the database can hold, where Starlette's own reads any number."""

    regex = f"[0-9]{{1,{DIGITS_MAX}}}"

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


register_url_convertor("int", _Number())


def path_id(request: Request, name: str = "id") -> int:
    return int(request.path_params[name])


def query_number(request: Request, name: str, otherwise: int = 0, digits: int = DIGITS_MAX) -> int:
    """A number of the query that the database can hold, `otherwise` if there is none. Raises NotFound for garbage."""
    text = request.query_params.get(name, "")
    if not text:
        return otherwise
    if not (text.isascii() and text.isdecimal() and len(text) <= digits):
        raise NotFound
    return int(text)


def _notice_signer(request: Request) -> URLSafeSerializer:
    return URLSafeSerializer(site(request).settings.secret(), salt=NOTICES)


def _notices(request: Request) -> list[str]:
    told = request.cookies.get(NOTICES)
    try:
        return list(_notice_signer(request).loads(told)) if told else []
    except BadSignature:
        return []
