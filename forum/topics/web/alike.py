"""A page of a topic with blanks where its reader stands: made once for all who are shown the same, and filled in.

What is no blank is part of the key, so that nobody is shown what was meant for somebody else: rights, the language, what is
unread. Who is shown posts or links of their own (moderators, authors of what is not visible) gets a page made for them.
"""

import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace

from markupsafe import escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from forum.access import Actor
from forum.furigana import COOKIE as FURIGANA
from forum.i18n import current_locale
from forum.places.rules import Mine
from forum.sizes import display_size
from forum.topics.rules import Topic
from forum.web import NOTICES, actor_of, site

# What no text of anybody holds: nobody can guess it. Nobody's account and nobody's place has such a number.
ID, READ = (10**15 + secrets.randbelow(9 * 10**15) for _ in range(2))
PEN_NAME, PSEUDONYM, REACTIONS, BOOKMARKS = (f"blank-{secrets.token_hex(8)}" for _ in range(4))
BLANK = re.compile(f"({ID}|{READ}|{PEN_NAME}|{PSEUDONYM}|{REACTIONS}|{BOOKMARKS})".encode())

Make = Callable[[Actor, Mine], Awaitable[Response]]


async def alike(request: Request, topic: Topic, mine: Mine, make: Make) -> Response:
    """The page for this reader, from one with blanks. The topic is as it stands now."""
    actor, kept = actor_of(request), site(request).kept
    anybody = replace(
        actor,
        id=ID,
        pen_name=PEN_NAME,
        pseudonym=PSEUDONYM,
        approved_posts=min(actor.approved_posts, 1),
        session_ends=None,
    )
    theirs = replace(mine, read=READ, reactions=REACTIONS, bookmarks=BOOKMARKS)
    has_furigana = request.cookies.get(FURIGANA) == "on"
    url, locale, size = request.url, current_locale(), display_size(request)
    key = (topic, anybody, theirs, url.path, url.query, locale, has_furigana, size)
    pieces: list[bytes] | None = kept.find(topic.id, key)
    if pieces is None:
        since = kept.moment
        pieces = BLANK.split(bytes((await make(anybody, theirs)).body))
        kept.keep(topic.id, key, pieces, since)
    return HTMLResponse(_filled(pieces, actor, mine))


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


def is_like_others(request: Request, topic: Topic, mine: Mine) -> bool:
    """Whether this person is shown what others are, but for the blanks."""
    actor = actor_of(request)
    return (
        not mine.has_unseen
        and not actor.wrote(topic.author_id)
        and not actor.is_moderator
        and not actor.has_drafts
        and request.method == "GET"
        and not {*request.query_params} - {"page"}
        and NOTICES not in request.cookies
    )
