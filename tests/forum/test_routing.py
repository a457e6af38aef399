"""Every address leads to where Starlette's own router leads, which tries all patterns one after the other."""

import re
from collections import Counter
from copy import copy
from itertools import cycle

from hypothesis import given
from hypothesis import strategies as st
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Router, WebSocketRoute
from starlette.types import Message, Receive, Scope, Send

from forum.routing import ByFirstWord
from forum.slices import ROUTES

PARAMETER = re.compile("{[^}]*}")
PARTS = st.sampled_from(["", "1", "42", "x", "page", "new", "公園", "a.b", "%2F", "*"])
ENDS = st.sampled_from(["", "", "/", "//", "/more", "\n"])
METHODS = st.sampled_from(["GET", "HEAD", "POST", "DELETE", "OPTIONS"])
ODD = ("", "/", "//", "/\n", "/login\n", "*", "topics/1", "/nowhere", "/static/1/a/b", "/live", "/live/")
NOWHERE = (HTTPException, ((), "404: Not Found"))


class Arrived(Exception):
    """Instead of a page: which one it would be, and what it would be told of the address."""


def marked(route: BaseRoute) -> BaseRoute:
    async def arrive(scope: Scope, receive: Receive, send: Send) -> None:
        raise Arrived(route, scope["path_params"], scope["route"] is found)

    found = copy(route)
    found.handle = arrive
    return found


BESIDE = (WebSocketRoute("/live", Response()), Mount("/static/{version}", Response()))
PAGES = [marked(route) for route in (*ROUTES, *BESIDE)]
PATTERNS = sorted({route.path for route in PAGES})
OURS, PLAIN = ByFirstWord(PAGES), Router(PAGES)


def where(router: Router, path: str, method: str, kind: str) -> tuple[object, object]:
    """What becomes of a request: a page, a refusal, or an answer, as that it stands at another address."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    asked: Scope = {
        "type": kind,
        "path": path,
        "method": method,
        "headers": [],
        "query_string": b"",
        "app": None,
    }
    try:
        router(asked, None, send).send(None)  # it waits for nothing
    except StopIteration:
        return Response, sent
    except (Arrived, HTTPException) as met:
        assert asked["router"] is router
        return type(met), (met.args, str(met))
    raise AssertionError("the router waits for something")


def found(path: str, method: str = "GET") -> tuple[object, object]:
    """Where the address leads, also as the address of a socket."""
    both = [where(OURS, path, method, kind) for kind in ("http", "websocket")]
    assert both == [where(PLAIN, path, method, kind) for kind in ("http", "websocket")], (method, path)
    return both[0]


def test_no_page_stands_behind_another_of_the_same_address() -> None:
    meant = [(PARAMETER.sub("{}", route.path), method) for route in ROUTES for method in route.methods or ()]
    assert [one for one, times in Counter(meant).items() if times > 1] == []


def test_every_page_is_found() -> None:
    for pattern in PATTERNS:
        path = PARAMETER.sub("1", pattern)
        assert [found(path, method) for method in ("GET", "POST")] != [NOWHERE] * 2 or path == "/live"


@given(st.sampled_from(PATTERNS), st.tuples(PARTS, PARTS, PARTS), ENDS, METHODS)
def test_any_other_address_leads_where_it_would(
    pattern: str, parts: tuple[str, ...], end: str, method: str
) -> None:
    turn = cycle(parts)
    found(PARAMETER.sub(lambda _: next(turn), pattern) + end, method)


def test_odd_addresses_too() -> None:
    for path in ODD:
        found(path)
