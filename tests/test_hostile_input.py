"""Whatever is put into an address or a form: a page that says what is wrong, never a failure of ours.

The tests ask every route the application has, so they cover what is added later. Each route meets a third of the
texts, its neighbours the others; with `HOSTILE_EVERYTHING=1` each meets all of them.
"""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

import pytest
from starlette import requests
from starlette.applications import Starlette
from starlette.datastructures import QueryParams
from starlette.routing import Route

from forum.access import Role
from forum.boards import queries as boards
from forum.db import Database
from forum.settings import ROOT
from tests.asking import Asker
from tests.conftest import Login, undone
from tests.factories import a_topic, an_account

# Thousands of requests, on a busy machine.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

# Numbers that no column holds, bytes that are no text, text that is no name, broken positions in lists.
ADDRESSES = [
    "0", "-1", "9" * 18, "9223372036854775808", "9" * 5000, "000000001" + "9" * 30, "１", "1e309",
    "%00", "%FF", "%ED%A0%80", "%E2%80%AE", "..%2F..%2Fetc%2Fpasswd", "%22%3E%3Cscript%3E", "%0D%0AX-Evil:1", "a" * 2000,
    "1_nan_1", "1_1e300_5", "0_99999999999.000000_999999999999999999", "0_-62135596800_1",
]  # fmt: skip
# Text with which forms are filled, as it is sent: percent-encoded where it would be something else.
TEXTS = [
    b"", b"+", b"0", b"-1", b"9" * 18, b"9223372036854775808", b"9" * 5000, b"null", b"%00", b"%FF%FE", b"%ED%A0%80", b"\xff",
    *map(str.encode, ["１", "\u202eevil", "x" + "\u0301" * 1000, "a" * 5000]),
    *(quote(text).encode() for text in ("%s %(x)s {x}", "\r\nX-Evil: 1")),
]  # fmt: skip
T = TypeVar("T")
FORM = "application/x-www-form-urlencoded"
FILE = b'--x\r\nContent-Disposition: form-data; name="body"; filename="a.txt"\r\n\r\nabc\r\n--x--\r\n'
# Bodies that no form of ours sends: (content type, bytes).
BODIES = [
    ("", b"body=abc"),
    ("text/plain", b"body=abc"),
    ("application/json", b'{"body": "abc"}'),
    (FORM, b"&" * 100_000),
    (FORM, b"body=abc&" * 6000),
    (FORM, b"=" * 1000),
    (f"{FORM}; charset=utf-16", "body=abc".encode("utf-16")),
    ("multipart/form-data", FILE),
    ("multipart/form-data; boundary=x", FILE),
    ("multipart/form-data; boundary=x", b"garbage"),
    ("multipart/form-data; boundary=x", FILE[:50]),
    ("multipart/form-data; boundary=x; charset=punycode", FILE.replace(b'; filename="a.txt"', b"")),
    ("multipart/form-data; boundary=" + "x" * 10_000, FILE),
]
# Every so manieth text for a route.
STEP = 1 if "HOSTILE_EVERYTHING" in os.environ else 3
NAME = re.compile(r"""\bname="(\w+)"|(?:field|textarea|select|choices|checkbox)\("(\w+)\"""")


class Attack:
    """Requests whose effects are undone; remembers those that ended in a failure of ours."""

    def __init__(self, asker: Asker, db: Database) -> None:
        self.asker = asker
        self.db = db
        self.failures: list[str] = []

    async def get(self, urls: Iterable[str]) -> None:
        async with undone(self.db):
            for url in urls:
                await self.send("GET", url)

    async def post(self, url: str, body: bytes, content_type: str) -> None:
        async with undone(self.db):
            await self.send("POST", url, body, content_type)

    async def send(self, method: str, url: str, body: bytes = b"", content_type: str = "") -> None:
        response = await self.asker.ask(method, url, body, content_type)
        if response.status_code >= 500:
            self.failures.append(f"{method} {url[:80]} {body[:80]!r}")


@pytest.fixture
async def attack(app: Starlette, db: Database, login: Login) -> Attack:
    """By somebody for whom every door is open: nobody reaches more."""
    asker = Asker(app, raises=False)
    await login(asker, (await an_account(db, Role.ADMINISTRATOR)).id or 0)
    return Attack(asker, db)


@pytest.fixture
async def places(db: Database) -> dict[str, str]:
    """Parts of addresses, and what stands there for things that exist."""
    topic = await a_topic(db)
    board = await boards.board_by_id(db, topic.board_id)
    assert board is not None
    return {"/topics/{id:int}": f"/topics/{topic.topic_id}", "{id:int}": str(topic.id), "{slug}": board.slug}


@pytest.fixture
def read() -> Iterator[set[str]]:
    """The names of the parameters of addresses that are read."""
    found = set[str]()

    class Noting(QueryParams):
        def __getitem__(self, name: str) -> str:
            found.add(name)
            return super().__getitem__(name)

        def __contains__(self, name: object) -> bool:
            found.add(str(name))
            return super().__contains__(name)

        def getlist(self, name: str) -> list[str]:
            found.add(name)
            return super().getlist(name)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(requests, "QueryParams", Noting)
        yield found


async def test_hostile_addresses_are_refused(attack: Attack, app: Starlette) -> None:
    routes = [route for route in _routes(app, "GET") if route.param_convertors]
    for number, route in enumerate(routes):
        await attack.get(re.sub(r"{[^}]*}", text, route.path) for text in _some(ADDRESSES, number))
    await attack.get(f"{folder}/{text}" for text in ADDRESSES for folder in ("", "/static"))
    assert attack.failures == []


async def test_hostile_queries_are_refused(
    attack: Attack, app: Starlette, places: dict[str, str], read: set[str]
) -> None:
    """Of every route all parameters that it reads; another one says nothing to it."""
    number = 0
    for route in _routes(app, "GET"):
        url = _real(route, places)
        read.clear()
        async with undone(attack.db):
            await attack.send("GET", url)
            names = sorted(read)
            for name in names:
                for text in _some(ADDRESSES, number):
                    await attack.send("GET", f"{url}?{name}={text}")
                # Some are read beside others only.
                names += sorted(read - {*names})
                number += 1
    assert number > 100
    assert attack.failures == []


async def test_hostile_forms_are_refused(attack: Attack, app: Starlette, places: dict[str, str]) -> None:
    names = _fields()
    for number, route in enumerate(_routes(app, "POST")):
        for text in _some(TEXTS, number):
            form = b"&".join(name.encode() + b"=" + text for name in names)
            await attack.post(_real(route, places), form, FORM)
    assert attack.failures == []


async def test_bodies_that_are_no_forms_are_refused(attack: Attack, db: Database) -> None:
    for url in ("/login", f"/topics/{(await a_topic(db)).topic_id}/replies", "/consultations/new"):
        for content_type, body in BODIES:
            await attack.post(url, body, content_type)
    assert attack.failures == []


def _some(texts: list[T], number: int) -> list[T]:
    """The share of the texts that falls to the route of this number."""
    return texts[number % STEP :: STEP]


def _routes(app: Starlette, method: str) -> Iterator[Route]:
    for route in app.routes:
        if isinstance(route, Route) and route.path != "/readyz" and method in (route.methods or ()):
            yield route


def _real(route: Route, places: dict[str, str]) -> str:
    path = route.path
    for part, real in places.items():
        path = path.replace(part, real)
    return path


def _fields() -> set[str]:
    """The names of all fields of all forms."""
    pages: Iterator[Path] = (ROOT / "templates").rglob("*.html")
    return {name for page in pages for pair in NAME.findall(page.read_text()) for name in pair if name}
