"""Every guest gets the same page of a topic: the whole answer is kept and sent again until something on it changes.

It stands outside of nearly everything else that happens to a request, which takes longer than sending a page.
"""

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from forum.furigana import COOKIE as FURIGANA
from forum.kept import Kept
from forum.middleware import LOCALE_COOKIE
from forum.sizes import COOKIE as SIZE

PATH = re.compile("/topics/([0-9]{1,18})")
QUERY = re.compile(b"(?:page=(?:last|[0-9]{1,6}))?")
# All that such a page takes from cookies.
CHOICES = (LOCALE_COOKIE, FURIGANA, SIZE)
COOKIE_HEADS_KEPT = 1024

Key = tuple[str, bytes, tuple[str | None, ...], bool]


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer: what is sent to whoever does not have it yet."""

    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    tag: bytes

    async def send(self, known: bytes, send: Send) -> None:
        """To a browser that holds the version `known`, or says nothing of any."""
        if self.tag in known:
            headers = [pair for pair in self.headers if not pair[0].startswith(b"content-")]
            await send({"type": "http.response.start", "status": 304, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
        else:
            await send({"type": "http.response.start", "status": 200, "headers": [*self.headers]})
            await send({"type": "http.response.body", "body": self.body})


class Recorder:
    """Holds a page back and lets everything else pass: errors, redirects, what comes in pieces, what sets a cookie."""

    def __init__(self, send: Send) -> None:
        self.answer: Answer | None = None
        self._send = send
        self._start: Message | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and is_page(message):
            self._start = message
            return
        start, self._start = self._start, None
        if start and not message.get("more_body"):
            self.answer = _answer(start["headers"], message.get("body", b""))
            return
        if start:
            await self._send(start)
        await self._send(message)


class GuestsAlike:
    """`others` are the cookies of those who get a page of their own."""

    def __init__(self, app: ASGIApp, kept: Kept, others: Collection[str]) -> None:
        self.app = app
        self.kept = kept
        self.others = frozenset(others)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not (asked := self._asked(scope)):
            return await self.app(scope, receive, send)
        topic_id, key, known = asked
        found: Answer | None = self.kept.find(topic_id, key)
        if found is None:
            since, recorder = self.kept.moment, Recorder(send)
            await self.app(scope, receive, recorder)
            found = recorder.answer
            if found is None:
                return None
            self.kept.keep(topic_id, key, found, since)
        await found.send(known, send)

    def _asked(self, scope: Scope) -> tuple[int, Key, bytes] | None:
        """The topic, everything else that the page depends on, and the version that the browser holds; None for any
        other page, and whoever is not simply a guest."""
        path = PATH.fullmatch(scope["path"])
        if path is None or scope["method"] != "GET" or not QUERY.fullmatch(scope["query_string"]):
            return None
        headers = head_of(scope)
        choices = _choices(headers.get(b"cookie", b""), self.others)
        if choices is None:
            return None
        takes_gzip = b"gzip" in headers.get(b"accept-encoding", b"")
        key = (path[0], scope["query_string"], choices, takes_gzip)
        return int(path[1]), key, headers.get(b"if-none-match", b"")


def head_of(scope: Scope) -> dict[bytes, bytes]:
    """The headers of a request; what several say under one name as if one said it."""
    headers: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        headers[name] = headers[name] + b"; " + value if name in headers else value
    return headers


@lru_cache(COOKIE_HEADS_KEPT)
def _choices(cookies: bytes, others: frozenset[str]) -> tuple[str | None, ...] | None:
    """What a guest has chosen; None for somebody else."""
    found = cookie_parser(cookies.decode("latin-1"))
    return None if others & found.keys() else tuple(found.get(name) for name in CHOICES)


def is_page(start: Message) -> bool:
    """Whether it may be sent to somebody else, as far as its head tells."""
    return start["status"] == 200 and all(name != b"set-cookie" for name, _ in start["headers"])


def _answer(headers: list[tuple[bytes, bytes]], body: bytes) -> Answer:
    # Weak: a proxy may compress it on the way.
    tag = b'"' + hashlib.sha256(body).hexdigest()[:24].encode() + b'"'
    return Answer((*headers, (b"etag", b"W/" + tag)), body, tag)
