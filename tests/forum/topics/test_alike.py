"""Residents share a page of a topic but for the blanks in it: nobody is shown what is somebody else's, nor a blank."""

import re
from contextlib import AsyncExitStack
from dataclasses import fields, replace

import httpx
import pytest
from starlette.applications import Starlette
from starlette.types import Message, Receive, Scope, Send

from forum.access import Actor
from forum.accounts import actions as accounts
from forum.accounts.queries import OFFICES
from forum.boards import actions as boards
from forum.db import Database
from forum.drafts import actions as drafts
from forum.drafts.rules import Place
from forum.following import actions as following
from forum.following.rules import Level
from forum.pieces import Pieces
from forum.places import actions as places
from forum.places.rules import Mine, Note
from forum.posts.reacting import Kind, Press
from forum.posts.rules import Draft, Post
from forum.topics.actions import discussing, responding
from forum.topics.queries import readers
from forum.topics.web.alike import (
    BLANK,
    OF_ACTOR,
    OF_MINE,
    PEN_NAME,
    Remembered,
    Shared,
    _anybody,
    _common,
    _own,
    _values,
)
from tests import judging
from tests.conftest import Budget, Login, visitor
from tests.factories import a_board, a_facilitator, a_moderator, a_newcomer, a_topic, an_account

OF_ONE_ANSWER = {"x-request-id", "content-length", "content-encoding"}
WORDS = {
    "abroad": "小金井市の時刻",
    "hidden": "消される言葉",
    "waiting": "まだ見えない言葉",
    "drafting": "書きかけの言葉",
}


async def test_everybody_gets_the_page_that_would_be_made_for_them(
    app: Starlette, db: Database, login: Login
) -> None:
    author = await an_account(db)
    board = await a_board(db)
    topic = await a_topic(db, author, board=board)
    people = await _readers(db, topic, author)
    people["facilitator"] = await a_facilitator(db, board)
    kept, address = app.state.site.kept, f"/topics/{topic.topic_id}"
    async with AsyncExitStack() as stack:
        clients: dict[str, httpx.AsyncClient] = {}
        for name, reader in people.items():
            clients[name] = await stack.enter_async_context(visitor(app))
            clients[name].cookies.set("scripts", "1")
            await login(clients[name], reader.id or 0)
        clients["english"].cookies.set("locale", "en")
        clients["with readings"].cookies.set("furigana", "on")
        clients["with large letters"].cookies.set("size", "larger")
        # Whoever may have a notice to read gets a page of their own.
        alone = {}
        for name, client in clients.items():
            client.cookies.set("notices", "none")
            alone[name] = (await client.get(address)).text
            client.cookies.delete("notices")
        kept.hears = lambda: True
        sent: dict[str, dict[str, str]] = {}
        for encoding in ("gzip", "gzip", "identity"):
            for name, client in clients.items():
                answer = await client.get(address, headers={"Accept-Encoding": encoding})
                assert answer.text == alone[name], name
                headers = {key: value for key, value in answer.headers.items() if key not in OF_ONE_ANSWER}
                assert sent.setdefault(name, headers) == headers
                assert ("content-encoding" in answer.headers) is (encoding == "gzip")
    for name, page in alone.items():
        assert not BLANK.search(page.encode())
        assert re.search(rf'<span class="who" data-verbatim[^>]*>{people[name].pen_name}</span>', page)
    shown = {name: {other for other, page in alone.items() if words in page} for name, words in WORDS.items()}
    assert shown == {
        "abroad": {"abroad"},
        "hidden": {"hidden", "moderator"},
        "waiting": {"waiting", "moderator"},
        "drafting": {"drafting"},
    }


async def _readers(db: Database, topic: Post, author: Actor) -> dict[str, Actor]:
    """People who are shown different things, and some who are not."""
    moderator, hidden, waiting = await a_moderator(db), await an_account(db), await a_newcomer(db)
    reply = await discussing.reply(db, hidden, topic.topic_id, Draft(body=WORDS["hidden"]))
    await judging.hide(db, moderator, reply)
    await discussing.reply(db, waiting, topic.topic_id, Draft(body=WORDS["waiting"]))
    reacting, following_it, behind, drafting = [await an_account(db) for _ in range(4)]
    await responding.react(db, reacting, topic.id, Press(kind=Kind.THANKS))
    await places.keep(db, reacting, topic.id, Note(note="あとで"))
    await following.follow_topic(db, following_it.id or 0, topic.topic_id, Level.MUTE)
    await places.move_mark(db, behind.id or 0, topic.topic_id, 1)
    place = Place(place=f"reply:{topic.topic_id}", at=f"/topics/{topic.topic_id}")
    await drafts.keep(db, drafting, place, {"body": [WORDS["drafting"]]})
    return {
        "author": author,
        "drafting": drafting,
        "moderator": moderator,
        "hidden": hidden,
        "waiting": waiting,
        "reacting": reacting,
        "following": following_it,
        "behind": behind,
        "one": await an_account(db),
        "another": await an_account(db),
        "newcomer": await a_newcomer(db),
        "english": await an_account(db),
        "abroad": await _abroad(db),
        "with readings": await an_account(db),
        "with large letters": await an_account(db),
    }


async def _abroad(db: Database) -> Actor:
    reader = await an_account(db)
    await accounts.read_times_in(db, reader.id or 0, "Europe/London", towns="Asia/Tokyo")
    return reader


async def test_only_the_first_resident_has_the_page_made(
    app: Starlette, db: Database, login: Login, queries: Budget
) -> None:
    board, first, second = await a_board(db), await an_account(db), await an_account(db)
    topic = await a_topic(db, board=board)
    app.state.site.kept.hears = lambda: True
    address = f"/topics/{topic.topic_id}"
    async with visitor(app) as one, visitor(app) as other:
        for client, reader in ((one, first), (other, second)):
            client.cookies.set("scripts", "1")
            await login(client, reader.id or 0)
        async with queries(6):
            await one.get(address)
        for _ in range(2):
            async with queries(1):
                page = (await other.get(address)).text
            assert second.pen_name in page
            assert first.pen_name not in page
        # No event has come yet: what a person did is on the next page that they see, in whatever process.
        await discussing.reply(db, await an_account(db), topic.topic_id, Draft(body="新しい言葉"))
        assert "新しい言葉" in (await other.get(address)).text
        await boards.give_role(db, board.id, second.id or 0, "moderator")
        assert "data-moderates" in (await other.get(address)).text
        assert "data-moderates" not in (await one.get(address)).text
        await one.post("/logout", headers={"Cookie": f"session={one.cookies['session']}"})
        assert first.pen_name not in (await one.get(address)).text


async def test_without_scripts_a_page_that_was_sent_counts_as_read(
    app: Starlette, db: Database, login: Login
) -> None:
    topic, people = await a_topic(db), [await an_account(db), await an_account(db)]
    app.state.site.kept.hears = lambda: True
    for reader, scripts in ((people[0], True), (people[1], False)):
        async with visitor(app) as client:
            if scripts:
                client.cookies.set("scripts", "1")
            await login(client, reader.id or 0)
            for _ in range(2):
                page = (await client.get(f"/topics/{topic.topic_id}")).text
        assert f'data-read="{0 if scripts else 1}"' in page


def test_a_name_is_escaped_where_it_is_filled_in() -> None:
    page = Pieces([b"<p>", PEN_NAME.encode(), b"</p>"])
    assert page.plain(_values(*_own(Actor(pen_name="<b>&"), Mine()))) == b"<p>&lt;b&gt;&amp;</p>"


def test_a_page_is_shared_by_those_for_whom_the_same_would_be_made() -> None:
    """Whatever is different about a person is a blank, or makes their page another one."""
    someone, theirs = Actor(id=1), Mine()
    for field in fields(Actor):
        other = replace(someone, **{field.name: 2})
        for one in (someone, replace(someone, approved_posts=1)):
            same = _anybody(one, theirs) == _anybody(other, theirs)
            assert (_common(one, theirs) == _common(other, theirs)) is same, field.name
    for field in fields(Mine):
        other_marks = replace(theirs, **{field.name: 2})
        same = _anybody(someone, theirs) == _anybody(someone, other_marks)
        assert (_common(someone, theirs) == _common(someone, other_marks)) is same, field.name


def test_what_the_database_tells_of_a_reader_is_a_blank_or_in_common() -> None:
    blank = {*OF_ACTOR, "approved_posts", *(f"mine_{name}" for name in OF_MINE)}
    assert set(readers.OWN) == blank
    everything = {*(field.name for field in fields(Actor)), *(f"mine_{field.name}" for field in fields(Mine))}
    assert everything - blank == {*readers.COMMON, *OFFICES, *readers.DERIVED}


@pytest.mark.parametrize(
    ("status", "header", "noted"),
    [
        (200, (b"cache-control", b"private"), [(b"cache-control", b"private")]),
        (200, (b"content-length", b"9"), []),
        (200, (b"set-cookie", b"somebody's=own"), None),
        (500, (b"cache-control", b"private"), None),
    ],
)
async def test_only_the_head_of_a_page_for_everybody_is_kept(
    app: Starlette, status: int, header: tuple[bytes, bytes], noted: list[tuple[bytes, bytes]] | None
) -> None:
    shared = Shared(Pieces([b""]))

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"]["shared"] = shared
        await send({"type": "http.response.start", "status": status, "headers": [header]})

    async def send(message: Message) -> None:
        assert message["headers"] == [header]

    asked: Scope = {"type": "http", "method": "GET", "path": "/topics/1", "query_string": b"", "headers": []}
    await Remembered(answer, app.state.site)({**asked, "state": {}}, answer, send)
    assert shared.headers == noted


async def test_without_a_database_a_page_says_so(app: Starlette, db: Database, login: Login) -> None:
    topic, reader = await a_topic(db), await an_account(db)
    app.state.site.kept.hears = lambda: True
    async with visitor(app) as client:
        client.cookies.set("scripts", "1")
        await login(client, reader.id or 0)
        for _ in range(2):
            assert (await client.get(f"/topics/{topic.topic_id}")).status_code == 200
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(db, "row", gone)
            answer = await client.get(f"/topics/{topic.topic_id}")
        assert answer.status_code == 503
        assert "データベースとつながりません" in answer.text


async def gone(sql: str, **values: object) -> None:
    raise ConnectionRefusedError
