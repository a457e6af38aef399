"""A page of a topic with blanks where its reader stands: made once for all who are shown the same, and filled in.

What is no blank is part of the key, so that nobody is shown what was meant for somebody else: rights, the language, what is
unread. Who is shown posts or links of their own (moderators, authors of what is not visible) gets a page made for them.
"""

import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import fields, replace
from operator import attrgetter
from typing import Any

from markupsafe import escape
from starlette.requests import Request, cookie_parser
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from forum import clock, furigana
from forum.access import Actor
from forum.accounts.actions import token_hash
from forum.accounts.factors import as_proven
from forum.accounts.web import SESSION_COOKIE
from forum.db import AWAY
from forum.guests import PATH, head_of, is_page
from forum.i18n import DEFAULT_LOCALE, current_locale, use_locale
from forum.middleware import LOCALE_COOKIE
from forum.pieces import Pieces
from forum.places.mine import SCRIPTS
from forum.places.rules import Mine
from forum.sizes import display_size
from forum.topics.queries import readers
from forum.topics.rules import POSTS_PER_PAGE, Topic
from forum.web import NOTICES, Site, actor_of, site

# What no text of anybody holds: nobody can guess it. Nobody's account and nobody's place has such a number.
ID, READ = (10**15 + secrets.randbelow(9 * 10**15) for _ in range(2))
PEN_NAME, PSEUDONYM, REACTIONS, DONE = (f"blank-{secrets.token_hex(8)}" for _ in range(4))
BLANKS = [str(blank).encode() for blank in (ID, READ, PEN_NAME, PSEUDONYM, REACTIONS, DONE)]
BLANK = re.compile(b"(" + b"|".join(BLANKS) + b")")

OF_ACTOR: dict[str, Any] = {"id": ID, "pen_name": PEN_NAME, "pseudonym": PSEUDONYM, "session_ends": None}
OF_MINE: dict[str, Any] = {"read": READ, "reactions": REACTIONS, "done": DONE}
_rest_of_actor = attrgetter(*({field.name for field in fields(Actor)} - {"approved_posts", *OF_ACTOR}))
_rest_of_mine = attrgetter(*({field.name for field in fields(Mine)} - {*OF_MINE}))
# Of the answer with one reader's own in it.
OF_ONE_BODY = (b"content-length", b"content-encoding")

# The last page is the one whose number must be asked for first.
PAGE = re.compile(b"(?:page=([1-9][0-9]{0,5}))?")

Address = tuple[str, bytes]
Make = Callable[[Actor, Mine], Awaitable[Response]]


async def alike(request: Request, topic: Topic, mine: Mine, make: Make) -> Response:
    """The page for this reader, from one with blanks."""
    actor, kept, address = actor_of(request), site(request).kept, _address(request.scope)
    key = (topic.changes, *_common(actor, mine), address, current_locale(), *_display(request.cookies))
    shared: Shared | None = kept.find(topic.id, key)
    if shared is None:
        since, answer = kept.moment, await make(*_anybody(actor, mine))
        shared = Shared(Pieces(BLANK.split(bytes(answer.body))))
        kept.keep(topic.id, key, shared, since)
        kept.keep(topic.id, address, True, since)
    request.state.shared = shared
    return HTMLResponse(shared.page.plain(_values(*_own(actor, mine))))


class Shared:
    """A page with blanks, and the headers that whatever stands around this sent with it."""

    def __init__(self, page: Pieces) -> None:
        self.page = page
        self.headers: list[tuple[bytes, bytes]] | None = None

    async def send(self, values: dict[bytes, bytes], *, gzip: bool, send: Send) -> None:
        body = self.page.gzip(values) if gzip else self.page.plain(values)
        headers = [*(self.headers or ()), (b"content-length", str(len(body)).encode())]
        if gzip:
            headers.append((b"content-encoding", b"gzip"))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


class Remembered:
    """Answers whoever is logged in from a page with blanks, if one is there: before anything asks who they are, as the same
    statement asks what has changed."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self.app = app
        self.site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = PATH.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if path is None or scope["method"] != "GET":
            return await self.app(scope, receive, send)
        head = head_of(scope)
        if found := await self._find(scope, head, int(path[1])):
            shared, values = found
            return await shared.send(values, gzip=b"gzip" in head.get(b"accept-encoding", b""), send=send)

        async def send_and_note(message: Message) -> None:
            shared: Shared | None = scope["state"].get("shared")
            if shared and message["type"] == "http.response.start" and is_page(message):
                shared.headers = [pair for pair in message["headers"] if pair[0] not in OF_ONE_BODY]
            await send(message)

        await self.app(scope, receive, send_and_note)

    async def _find(
        self, scope: Scope, head: dict[bytes, bytes], topic_id: int
    ) -> tuple[Shared, dict[bytes, bytes]] | None:
        kept, address = self.site.kept, _address(scope)
        number = PAGE.fullmatch(scope["query_string"])
        if not (number and kept.find(topic_id, address)):
            return None
        cookies = cookie_parser(head.get(b"cookie", b"").decode("latin-1"))
        if not (SCRIPTS in cookies and SESSION_COOKIE in cookies and NOTICES not in cookies):
            return None
        first = (int(number[1] or 1) - 1) * POSTS_PER_PAGE + 1
        token, last = token_hash(cookies[SESSION_COOKIE]), first + POSTS_PER_PAGE - 1
        since = kept.moment
        try:
            reader = await readers.reader(self.site.db, token, topic_id, first, last, clock.now())
        except AWAY:
            return None  # which the page that is asked for instead says in its way
        if reader is None:
            return None
        # What led to a page once leads there again.
        way = (*reader.common, address, cookies.get(LOCALE_COOKIE), *_display(cookies))
        shared: Shared | None = kept.find(topic_id, way)
        if shared is None:
            shared = self._page(reader, topic_id, address, cookies)
            if shared is None:
                return None
            kept.keep(topic_id, way, shared, since)
        return shared, _values(*reader.own)

    def _page(
        self, reader: readers.Reader, topic_id: int, address: Address, cookies: Mapping[str, str]
    ) -> Shared | None:
        found, mine, changes = reader.apart()
        actor = as_proven(found, is_required=self.site.settings.asks_second_factor)
        if not is_like_others(actor, mine):
            return None
        use_locale(cookies.get(LOCALE_COOKIE, actor.locale or DEFAULT_LOCALE))
        key = (changes, *_common(actor, mine), address, current_locale(), *_display(cookies))
        shared: Shared | None = self.site.kept.find(topic_id, key)
        return shared if shared and shared.headers else None


def _address(scope: Scope) -> Address:
    return scope["path"], scope["query_string"]


def _display(cookies: Mapping[str, str]) -> tuple[bool, str]:
    return furigana.asked_for(cookies), display_size(cookies)


def _common(actor: Actor, mine: Mine) -> tuple[object, ...]:
    """All that two who share a page have in common: whatever is no blank."""
    return *_rest_of_actor(actor), actor.approved_posts > 0, *_rest_of_mine(mine)


def _anybody(actor: Actor, mine: Mine) -> tuple[Actor, Mine]:
    """For whom their page is made."""
    return replace(actor, approved_posts=min(actor.approved_posts, 1), **OF_ACTOR), replace(mine, **OF_MINE)


def _own(actor: Actor, mine: Mine) -> tuple[object, ...]:
    """What this reader has in the blanks."""
    return actor.id, mine.read, actor.pen_name, actor.pseudonym, mine.reactions, mine.done


def _values(*own: object) -> dict[bytes, bytes]:
    """By their blanks; 0 for what somebody has not read yet."""
    return {
        blank: str(escape(0 if value is None else value)).encode()
        for blank, value in zip(BLANKS, own, strict=True)
    }


def is_like_others(actor: Actor, mine: Mine) -> bool:
    """Whether this person is shown what others are, but for the blanks."""
    return not (mine.sees_more or actor.is_moderator or actor.has_drafts)


def asks_for_a_page(request: Request) -> bool:
    """And nothing else, so that nothing typed or told is on it."""
    return (
        request.method == "GET" and not {*request.query_params} - {"page"} and NOTICES not in request.cookies
    )
