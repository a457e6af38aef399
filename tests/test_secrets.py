"""Words that a person may not read are on no page, at no address, in no answer to a question."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from html import unescape
from urllib.parse import urldefrag

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from forum.access import GUEST, Actor
from forum.boards import queries as boards
from forum.boards.rules import Board
from forum.db import Database
from forum.live import Viewer
from forum.posts.rules import Edit, Post
from forum.topics.actions import discussing, judging
from forum.topics.actions.locking import post_for
from forum.topics.live import may_hear_board, may_hear_topic, past_of_topic
from tests.conftest import Login, visitor
from tests.factories import a_board, a_moderator, a_newcomer, a_post, a_staff_member, a_topic, an_account

# In everything that this test hides, and in nothing else.
SECRET = "ないしょ"
# Where a number may be a topic's or a revision's too; elsewhere it is at most a post's.
OF_POSTS = ("/boards/", "/topics/", "/posts/", "/queue/")
# More pages than a crawl can meet here.
PAGES_MAX = 300
# Posts look the same to everyone: their menus link to what only some may do (the links are shown to those alone).
NOT_FOR_ALL = re.compile(r"/posts/\d+/(edit|withdraw|report|revisions)|/queue|/wordings/answer/")


@dataclass(frozen=True, slots=True)
class Secrets:
    """Posts that strangers may not read, in topics whose titles some of them may not read, and whom they answer."""

    posts: list[Post]
    asked: Actor


@pytest.fixture
async def secrets(db: Database) -> Secrets:
    author, newcomer, moderator = await an_account(db), await a_newcomer(db), await a_moderator(db)
    asked, staff = await an_account(db), await a_staff_member(db)
    board, staff_room = await a_board(db), await a_board(db, "staff")
    question = await a_topic(db, asked, board=board)

    async def topic(by: Actor, on: Board = board) -> Post:
        return await a_topic(db, by, board=on, title=f"{SECRET}の話題", body=f"{SECRET}の本文")

    async def answer(by: Actor) -> Post:
        return await a_post(db, by, topic=question, body=f"{SECRET}の返信", reply_to_id=question.id)

    held = [await topic(newcomer), await answer(newcomer)]
    hidden = [await topic(author), await answer(author)]
    withdrawn = [await topic(author), await answer(author)]
    internal = await topic(staff, staff_room)
    # Under openings that go, visible replies stay.
    replies = []
    for opening in (hidden[0], withdrawn[0]):
        reply = await a_post(db, asked, topic=opening, body="続きです。", reply_to_id=opening.id)
        replies += [reply, await a_post(db, author, topic=opening, body="そうですね。", reply_to_id=reply.id)]
    for post in hidden:
        await discussing.edit(db, author, post.id, Edit(body=f"{SECRET}を直す", version=post.version))
        await judging.hide(db, *await post_for(db, moderator, post.id))
    for post in withdrawn:
        await discussing.withdraw(db, author, post.id)
    return Secrets([*held, *hidden, *withdrawn, internal, *replies], asked)


@pytest.fixture(params=["guest", "asked"])
async def stranger(
    request: pytest.FixtureRequest, app: Starlette, login: Login, secrets: Secrets
) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who may not read the secrets, even where they answer that very person."""
    async with visitor(app) as client:
        if request.param == "asked":
            await login(client, secrets.asked.id or 0)
        yield client


async def test_secrets_are_at_no_address(
    app: Starlette, db: Database, secrets: Secrets, stranger: httpx.AsyncClient
) -> None:
    for url in {url for post in secrets.posts for url in await addresses(app, db, post)}:
        assert SECRET not in (await stranger.get(url, follow_redirects=True)).text, url


async def test_no_link_leads_to_a_secret_or_nowhere(secrets: Secrets, stranger: httpx.AsyncClient) -> None:
    seen, waiting = {"/"}, ["/"]
    while waiting:
        url = waiting.pop()
        page = await stranger.get(url, follow_redirects=True)
        assert SECRET not in page.text, url
        assert page.status_code == 200 or NOT_FOR_ALL.match(url), f"{page.status_code} {url}"
        found = {urldefrag(unescape(link)).url for link in re.findall(r'href="(/[^"]*)"', page.text)} - seen
        seen |= found
        waiting += found
    assert 10 < len(seen) < PAGES_MAX


async def test_a_search_finds_no_secret(secrets: Secrets, stranger: httpx.AsyncClient) -> None:
    page = await stranger.get("/search", params={"q": f"{SECRET}の"})
    assert page.status_code == 200
    assert 'class="rows"' not in page.text


async def test_no_socket_hears_a_secret(app: Starlette, db: Database, secrets: Secrets) -> None:
    live, heard = app.state.live, 0
    for actor in (GUEST, secrets.asked):
        for post in secrets.posts:
            board, name = await boards.board_by_id(db, post.board_id), str(post.topic_id)
            assert board is not None
            assert await may_hear_board(live, actor, board.slug) == (board.kind != "staff")
            if await may_hear_topic(live, actor, name):
                heard += 1
                assert SECRET not in repr(await past_of_topic(live, Viewer(actor, "ja"), name, 0))
    assert heard


async def addresses(app: Starlette, db: Database, post: Post) -> list[str]:
    """Every address of the application that a post, its topic, its board or its words could stand at."""
    board = await boards.board_by_id(db, post.board_id)
    assert board is not None
    paths = [
        route.path for route in app.routes if isinstance(route, Route) and "GET" in (route.methods or ())
    ]
    numbers = [post.id, post.topic_id, post.revision_id]
    found = [
        re.sub(r"{\w+}", board.slug, re.sub(r"{\w+:int}", str(number), path))
        for path in paths
        for number in (numbers[: 3 if path.startswith(OF_POSTS) else 1] if ":int}" in path else [0])
        if "{" in path
    ]
    asking = [f"/topics/{post.topic_id}?{name}={post.id}" for name in ("quote", "reply_to")]
    return [*found, *asking, f"/verify?hash={post.sha256}", f"/moderation/log?post={post.id}"]
