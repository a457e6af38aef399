"""A page of a topic with blanks where its reader stands: made once for all who are shown the same, and filled in.

What is no blank is part of the key, so that nobody is shown what was meant for somebody else: rights, the language, what is
unread. Who is shown posts or links of their own (moderators, authors of what is not visible) gets a page made for them.
"""

import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace

from markupsafe import escape
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from forum import clock
from forum.access import Actor
from forum.accounts.actions import token_hash
from forum.accounts.web import SESSION_COOKIE
from forum.furigana import COOKIE as FURIGANA
from forum.guests import PATH
from forum.i18n import DEFAULT_LOCALE, current_locale, use_locale
from forum.middleware import LOCALE_COOKIE
from forum.places.mine import SCRIPTS
from forum.places.rules import Mine
from forum.sizes import display_size
from forum.topics.queries import readers
from forum.topics.rules import POSTS_PER_PAGE, Topic
from forum.web import NOTICES, Site, actor_of, site

# What no text of anybody holds: nobody can guess it. Nobody's account and nobody's place has such a number.
ID, READ = (10**15 + secrets.randbelow(9 * 10**15) for _ in range(2))
PEN_NAME, PSEUDONYM, REACTIONS, BOOKMARKS = (f"blank-{secrets.token_hex(8)}" for _ in range(4))
BLANK = re.compile(f"({ID}|{READ}|{PEN_NAME}|{PSEUDONYM}|{REACTIONS}|{BOOKMARKS})".encode())

# The last page is the one whose number must be asked for first.
PAGE = re.compile(b"(?:page=([1-9][0-9]{0,5}))?")

Make = Callable[[Actor, Mine], Awaitable[Response]]


async def alike(request: Request, topic: Topic, mine: Mine, make: Make) -> Response:
    """The page for this reader, from one with blanks."""
    actor, kept, address = actor_of(request), site(request).kept, _address(request)
    anybody, theirs = _blanked(actor, mine)
    key = (topic.changes, anybody, theirs, address, current_locale(), _display(request))
    pieces: list[bytes] | None = kept.find(topic.id, key)
    if pieces is None:
        since = kept.moment
        pieces = BLANK.split(bytes((await make(anybody, theirs)).body))
        kept.keep(topic.id, key, pieces, since)
        kept.keep(topic.id, address, True, since)
    return HTMLResponse(_filled(pieces, actor, mine))


class Remembered:
    """Answers whoever is logged in from a page with blanks, if one is there: before anything asks who they are, as the same
    statement asks what has changed."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self.app = app
        self.site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = PATH.fullmatch(scope["path"]) if scope["type"] == "http" else None
        found = (
            await self._find(HTTPConnection(scope), int(path[1]))
            if path and scope["method"] == "GET"
            else None
        )
        await (found or self.app)(scope, receive, send)

    async def _find(self, asked: HTTPConnection, topic_id: int) -> Response | None:
        kept, cookies, address = self.site.kept, asked.cookies, _address(asked)
        number = PAGE.fullmatch(address[1])
        tells = SCRIPTS in cookies and SESSION_COOKIE in cookies and NOTICES not in cookies
        if not (number and tells and kept.find(topic_id, address)):
            return None
        first = (int(number[1] or 1) - 1) * POSTS_PER_PAGE + 1
        token, last = token_hash(cookies[SESSION_COOKIE]), first + POSTS_PER_PAGE - 1
        reader = await readers.reader(self.site.db, token, topic_id, first, last, clock.now())
        if reader is None or not is_like_others(reader.actor, reader.mine):
            return None
        use_locale(cookies.get(LOCALE_COOKIE, reader.actor.locale or DEFAULT_LOCALE))
        key = (
            reader.changes,
            *_blanked(reader.actor, reader.mine),
            address,
            current_locale(),
            _display(asked),
        )
        pieces = kept.find(topic_id, key)
        return HTMLResponse(_filled(pieces, reader.actor, reader.mine)) if pieces else None


def _address(asked: HTTPConnection) -> tuple[str, bytes]:
    return asked.scope["path"], asked.scope["query_string"]


def _display(asked: HTTPConnection) -> tuple[bool, str]:
    return asked.cookies.get(FURIGANA) == "on", display_size(asked)


def _blanked(actor: Actor, mine: Mine) -> tuple[Actor, Mine]:
    anybody = replace(
        actor,
        id=ID,
        pen_name=PEN_NAME,
        pseudonym=PSEUDONYM,
        approved_posts=min(actor.approved_posts, 1),
        session_ends=None,
    )
    return anybody, replace(mine, read=READ, reactions=REACTIONS, bookmarks=BOOKMARKS)


def _filled(pieces: list[bytes], actor: Actor, mine: Mine) -> bytes:
    """Between any two pieces of the page stands a blank."""
    values = {
        ID: actor.id,
        READ: mine.read or 0,
        PEN_NAME: actor.pen_name,
        PSEUDONYM: actor.pseudonym,
        REACTIONS: mine.reactions,
        BOOKMARKS: mine.bookmarks,
    }
    texts = {str(blank).encode(): str(escape(value)).encode() for blank, value in values.items()}
    filled = [*pieces]
    filled[1::2] = [texts[blank] for blank in pieces[1::2]]
    return b"".join(filled)


def is_like_others(actor: Actor, mine: Mine) -> bool:
    """Whether this person is shown what others are, but for the blanks."""
    return not (mine.sees_more or actor.is_moderator or actor.has_drafts)


def asks_for_a_page(request: Request) -> bool:
    """And nothing else, so that nothing typed or told is on it."""
    return (
        request.method == "GET" and not {*request.query_params} - {"page"} and NOTICES not in request.cookies
    )
