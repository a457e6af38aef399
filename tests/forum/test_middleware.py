"""What holds for every request: headers, ids, where it may come from, and whose address it has."""

import re
from ipaddress import ip_network

import httpx
import pytest
from pydantic import AnyHttpUrl
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send
from structlog.testing import capture_logs

from forum import clock
from forum.app import create_app
from forum.db import Database
from forum.files.receiving import sent_file
from forum.middleware import SECURITY_HEADERS, RequestLog, client_address, same_origin
from forum.pace.rules import LIMITS
from forum.rendering import asset
from forum.settings import Settings
from forum.slices import ROUTES
from forum.typed import typed
from tests.asking import FORM
from tests.conftest import Login, visitor
from tests.factories import a_topic, an_account, the_post
from tests.pages import parsed, text_of


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        # What browsers of today say.
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),  # typed into the address bar
        ({"sec-fetch-site": "same-site"}, False),  # another host of the town
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "cross-site", "origin": "http://room.test"}, False),
        # What older ones say.
        ({"origin": "http://room.test"}, True),
        ({"origin": "http://room.test:8000"}, False),
        ({"origin": "http://evil.test"}, False),
        ({"origin": "http://room.test.evil.test"}, False),
        ({"origin": "null"}, False),
        ({"origin": "http://["}, False),
        ({"origin": ""}, True),
        ({"referer": "http://room.test/topics/1"}, True),
        ({"referer": "http://evil.test/?room.test"}, False),
        # A program that has no one's rights may say nothing.
        ({}, True),
        ({"cookie": "session=x"}, False),
    ],
)
def test_a_change_must_come_from_a_page_of_this_site(headers: dict[str, str], allowed: bool) -> None:
    assert same_origin(Headers({"host": "room.test", **headers}), over_https=False) is allowed


@pytest.mark.parametrize("header", ["origin", "referer"])
async def test_a_page_that_came_in_the_clear_changes_nothing_of_a_site_over_https(
    db: Database, settings: Settings, migrated_url: str, header: str
) -> None:
    """Whoever sits between could have written it."""
    https = settings.model_copy(update={"public_url": AnyHttpUrl("https://room.test")})
    async with visitor(create_app(https, db, migrated_url)) as client:
        del client.headers["sec-fetch-site"]
        for scheme, status in (("https", 422), ("http", 403)):
            sent = await client.post("/login", headers={header: f"{scheme}://room.test/"})
            assert sent.status_code == status


async def test_a_change_that_another_site_asks_for_is_refused(
    app: Starlette, db: Database, login: Login
) -> None:
    author = await an_account(db)
    post = await a_topic(db, author)
    async with visitor(app) as client:
        await login(client, author.id or 0)
        page = await client.post(f"/posts/{post.id}/withdraw", headers={"Sec-Fetch-Site": "cross-site"})
        assert page.status_code == 403
        assert "ほかのサイトから送られた操作" in text_of(parsed(page))
        assert (await the_post(db, post.id)).state == "visible"
        page = await client.get(f"/posts/{post.id}/withdraw", headers={"Sec-Fetch-Site": "cross-site"})
        assert page.status_code == 200  # links from elsewhere are welcome


async def test_nothing_that_another_site_sends_is_read_or_shown(app: Starlette) -> None:
    """It has no bound yet, and would stand on a page of ours as what the visitor wrote."""
    said: list[Message] = []

    async def receive() -> Message:
        raise AssertionError("the body was read")

    async def send(message: Message) -> None:
        said.append(message)

    headers = {"host": "room.test", "sec-fetch-site": "cross-site", "content-type": FORM}
    scope = {
        "type": "http", "http_version": "1.1", "method": "POST", "scheme": "http", "path": "/register",
        "query_string": b"", "headers": Headers(headers).raw, "client": ("127.0.0.1", 1), "server": ("room.test", None),
        "root_path": "",
    }  # fmt: skip
    await app(scope, receive, send)
    assert said[0]["status"] == 403


async def gone(sql: str, **values: object) -> None:
    raise ConnectionRefusedError


WORDS = {"body": "野川の緑を守りたい。", "password": "合い言葉は、ひみつです。"}


@pytest.mark.parametrize(
    ("site", "status", "shown"), [("same-origin", 503, True), ("cross-site", 403, False)]
)
async def test_words_come_back_while_nobody_can_be_identified(
    app: Starlette, db: Database, site: str, status: int, shown: bool
) -> None:
    async with visitor(app) as client:
        client.cookies["session"] = "hers"
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(db, "row", gone)
            sent = await client.post("/topics/1/replies", data=WORDS, headers={"Sec-Fetch-Site": site})
    assert (sent.status_code, WORDS["body"] in sent.text) == (status, shown)
    assert WORDS["password"] not in sent.text


@pytest.mark.parametrize("reads", ["nothing", "a form", "a file"])
async def test_words_that_were_read_come_back_after_a_mistake_of_ours(app: Starlette, reads: str) -> None:
    async def broken(request: Request) -> Response:
        if reads == "a file":
            await sent_file(request, "file")
        elif reads == "a form":
            await typed(request)
        raise RuntimeError("a mistake of ours")

    app.router.routes.append(Route("/broken", broken, methods=["POST"]))
    files = {"file": ("写真.jpg", b"bytes")} if reads == "a file" else None
    async with visitor(app, raises=False) as client:
        sent = await client.post("/broken", data=WORDS, files=files)
    assert (sent.status_code, WORDS["body"] in sent.text) == (500, reads != "nothing")
    assert WORDS["password"] not in sent.text
    assert "写真" not in sent.text


async def test_every_answer_carries_the_protective_headers(app: Starlette, db: Database) -> None:
    async def broken(request: Request) -> Response:
        raise RuntimeError("a mistake of ours")

    app.router.routes.append(Route("/broken", broken))
    topic = await a_topic(db)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    ids = set()
    async with httpx.AsyncClient(transport=transport, base_url="http://room.test") as client:
        for method, url, status in (
            ("GET", "/", 200),
            ("HEAD", "/", 200),
            ("GET", f"/topics/{topic.topic_id}", 200),
            ("GET", "/account", 303),
            ("GET", f"/posts/{topic.id}/edit", 403),
            ("GET", "/nowhere", 404),
            ("GET", "/%00", 404),
            ("DELETE", "/", 405),
            ("POST", "/login", 422),
            ("GET", "/broken", 500),
            ("GET", asset("site.css"), 200),
            ("GET", "/static/older/nothing.css", 404),
            ("GET", "/healthz", 200),
            ("GET", "/readyz", 503),
        ):
            answer = await client.request(method, url)
            assert answer.status_code == status, url
            missing = {name for name, value in SECURITY_HEADERS.items() if answer.headers.get(name) != value}
            assert not missing, url
            assert "server" not in answer.headers
            ids.add(answer.headers["x-request-id"])
            if status == 500:
                assert answer.headers["x-request-id"] in text_of(parsed(answer))
                assert "a mistake of ours" not in answer.text
    assert len(ids) == 14


def test_no_page_runs_or_loads_what_is_not_ours() -> None:
    policy = dict(part.split(" ", 1) for part in SECURITY_HEADERS["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in str(policy)


async def test_files_with_a_version_are_kept_and_pages_are_not(client: httpx.AsyncClient) -> None:
    versioned, plain, page = [
        await client.get(url) for url in (asset("site.js"), "/static/older/site.js", "/")
    ]
    assert versioned.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert plain.headers["cache-control"] == page.headers["cache-control"] == "private, no-cache"


async def test_static_files_stay_in_their_folder(client: httpx.AsyncClient) -> None:
    for path in (
        "../settings.py",
        "..%2fsettings.py",
        "%2e%2e/settings.py",
        "....//settings.py",
        "/etc/passwd",
        "%00",
    ):
        for folder in ("/static", "/static/older"):
            answer = await client.get(f"{folder}/{path}", follow_redirects=True)
            assert answer.status_code in (404, 405), path


PROXIES = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("198.51.100.7", [], "198.51.100.7"),
        ("198.51.100.7", ["203.0.113.9"], "198.51.100.7"),  # anybody can write a header
        ("10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["1.1.1.1, 203.0.113.9"], "203.0.113.9"),  # what the visitor wrote stands further left
        ("10.0.0.1", ["1.1.1.1", "203.0.113.9"], "203.0.113.9"),  # or in a header of its own, further up
        ("10.0.0.1", ["203.0.113.9, 10.0.0.2"], "203.0.113.9"),
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", [", ,"], "10.0.0.1"),
        ("10.0.0.1", ["garbage"], "garbage"),  # the proxy's own words
        ("fd00::1", ["2001:db8::1"], "2001:db8::/64"),
        ("2001:db8:0:0:1:2:3:4", [], "2001:db8::/64"),  # a household has as many addresses as it likes
        ("unknown", ["203.0.113.9"], "unknown"),
    ],
)
async def test_only_a_proxy_of_ours_says_for_whom_it_asks(
    settings: Settings, peer: str, forwarded: list[str], address: str
) -> None:
    seen: list[str] = []

    async def endpoint(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(client_address(Request(scope)))

    settings = settings.model_copy(update={"trusted_proxies": PROXIES})
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    scope = {"type": "http", "method": "GET", "path": "/static/x", "headers": headers, "client": (peer, 1)}
    await RequestLog(endpoint, settings, measure=lambda status, seconds: None)(
        scope, Request(scope).receive, Request(scope)._send
    )
    assert seen == [address]


@pytest.mark.parametrize(("trusted", "status"), [((), 429), ((ip_network("127.0.0.1"),), 422)])
async def test_a_made_up_address_does_not_escape_the_pace(
    settings: Settings, db: Database, migrated_url: str, trusted: tuple[object, ...], status: int
) -> None:
    settings = settings.model_copy(update={"trusted_proxies": trusted})
    async with visitor(create_app(settings, db, migrated_url)) as client:
        with clock.at(clock.now()):
            for n in range(LIMITS["login"].burst + 1):
                page = await client.post(
                    "/login",
                    data={"email": f"a{n}@example.jp", "password": "当てずっぽうの言葉"},
                    headers={"X-Forwarded-For": f"198.51.100.{n}"},
                )
        assert page.status_code == status


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("/topics/7", "/topics/7"),
        ("/boards/midori", "/boards/midori"),
        ("/confirm/WzEsICIyMDI2.abc", "/confirm/***"),
        ("/confirm/WzEsICIyMDI2.abc/", "/confirm/***"),  # as mail programs spoil it: still the token
        ("/consultations/3/submissions/K7QXM-44TRW", "/consultations/3/submissions/***"),
        ("/consultations/3/submissions", "/consultations/3/submissions"),
        (
            "/x\n2026-04-01 [info] all is well\x1b[2J",
            "/x%0A2026-04-01%20%5Binfo%5D%20all%20is%20well%1B%5B2J",
        ),
    ],
)
async def test_the_log_keeps_no_secret_and_takes_no_orders(
    settings: Settings, path: str, logged: str
) -> None:
    assert await logged_path(settings, path) == logged


async def test_the_log_keeps_no_address_that_opens_something(settings: Settings) -> None:
    """Whatever a route calls a token, a secret or a receipt."""
    opening = [
        re.sub(r"\{[^}]*\}", "7", re.sub(r"\{(?:token|secret|receipt)\}", "WzEsICIyMDI2", route.path))
        for route in ROUTES
        if isinstance(route, Route)
    ]
    found = [path for path in opening if "WzEs" in path]
    assert len(found) > 10
    assert [path for path in found if "WzEs" in await logged_path(settings, path)] == []


async def logged_path(settings: Settings, path: str) -> str:
    async def endpoint(scope: Scope, receive: Receive, send: Send) -> None:
        """Answers nothing."""

    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"q=secret", "headers": []}
    with capture_logs() as lines:
        await RequestLog(endpoint, settings, lambda status, seconds: None)(
            scope, Request(scope).receive, Request(scope)._send
        )
    [line] = lines
    assert "secret" not in repr(line)
    return str(line["path"])
