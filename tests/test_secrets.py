"""Words that a person may not read are on no page, at no address, in no answer to a question."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from io import BytesIO
from urllib.parse import urldefrag
from zipfile import ZipFile, is_zipfile

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from forum import clock
from forum.access import GUEST, Actor
from forum.boards import queries as boards
from forum.db import Database
from forum.live import Viewer
from forum.pace import queries as pace
from forum.people.queries.takeouts import everything
from forum.posts.rules import Post
from forum.slices import PORTIONS
from forum.topics.live import may_hear_board, may_hear_topic, past_of_topic
from tests.asking import Answer, Asker
from tests.conftest import Login
from tests.hiding import INTERNAL, SECRET, Secrets, hide_secrets

pytestmark = pytest.mark.slow

# Where a number may be a topic's or a revision's too; elsewhere it is at most a post's.
OF_POSTS = ("/boards/", "/topics/", "/posts/", "/queue/")
# More pages than a crawl can meet here.
PAGES_MAX = 700
# Posts look the same to everyone: their menus link to what only some may do (the links are shown to those alone).
NOT_FOR_ALL = re.compile(r"/posts/\d+/(edit|withdraw|report)|/queue|/wordings/answer/")
# Where words are sorted, asked about and answered: what staff are shown besides.
DESKS = re.compile(
    r"/$|/(digests|consultations|inquiries|approvals|city-answers|inbox|reminders|posts/\d+/revisions)\b"
)
# As pages and data lead on.
LINK = re.compile(r'(?:href="|"http://127[^/"]+)(/[^"]*)"')
# Files that hold other files.
PACKED = ("zip", "officedocument")


@dataclass(frozen=True)
class Stranger:
    """Somebody's browser, and the words that are kept from them."""

    asker: Asker
    is_staff: bool

    @property
    def kept(self) -> tuple[str, ...]:
        return (SECRET,) if self.is_staff else (SECRET, INTERNAL)

    async def get(self, url: str) -> Answer:
        page = await self.asker.follow(url)
        for word in self.kept:
            assert word not in text_of(page), url
        return page


def text_of(page: Answer) -> str:
    """All of it, also what is packed."""
    if any(kind in page.headers.get("content-type", "") for kind in PACKED):
        return "".join(unpacked(page.content))
    return page.text if "json" not in page.headers.get("content-type", "") else repr(json.loads(page.text))


def unpacked(content: bytes) -> Iterator[str]:
    with ZipFile(BytesIO(content)) as archive:
        for name in archive.namelist():
            data = archive.read(name)
            if is_zipfile(BytesIO(data)):
                yield from unpacked(data)
            else:
                yield data.decode(errors="ignore")


@pytest.fixture(scope="module")
async def secrets(ground: Database) -> Secrets:
    return await hide_secrets(ground)


@pytest.fixture
async def stranger(
    request: pytest.FixtureRequest, app: Starlette, login: Login, secrets: Secrets
) -> Stranger:
    """Somebody who may not read the secrets, even where they answer that very person, or are hers to sort and to answer."""
    person: Actor = getattr(secrets, request.param, GUEST)
    asker = Asker(app)
    if person.id:
        await login(asker, person.id)
    return Stranger(asker, person.is_staff)


@pytest.mark.parametrize("stranger", ["guest", "asked"], indirect=True)
async def test_secrets_are_at_no_address(
    app: Starlette, db: Database, secrets: Secrets, stranger: Stranger
) -> None:
    for url in {url for post in secrets.posts for url in await addresses(app, db, post)}:
        await stranger.get(url)


@pytest.mark.parametrize("stranger", ["guest", "asked", "clerk", "section"], indirect=True)
async def test_no_link_leads_to_a_secret_or_nowhere(db: Database, stranger: Stranger) -> None:
    seen, waiting = {"/"}, ["/"]
    while waiting:
        url = waiting.pop()
        if url.startswith("/verify"):
            await pace.forget_idle(db, now=clock.now() + timedelta(days=1))
        page = await stranger.get(url)
        assert page.status_code == 200 or NOT_FOR_ALL.match(url), f"{page.status_code} {url}"
        found = {urldefrag(unescape(link)).url for link in LINK.findall(page.text)} - seen
        found = {url for url in found if not stranger.is_staff or DESKS.match(url)}
        seen |= found
        waiting += found
    assert 10 < len(seen) < PAGES_MAX


@pytest.mark.parametrize("stranger", ["guest", "asked", "clerk", "section"], indirect=True)
async def test_a_search_finds_no_secret(stranger: Stranger) -> None:
    for word in stranger.kept:
        page = await stranger.asker.get("/search", {"q": f"{word}の"})
        assert page.status_code == 200
        assert 'class="rows"' not in page.text


async def test_what_somebody_takes_along_holds_no_secret(db: Database, secrets: Secrets) -> None:
    found = {
        portion.name: repr(rows) for portion, rows in await everything(db, PORTIONS, secrets.asked.id or 0)
    }
    assert [name for name, said in found.items() if SECRET in said or INTERNAL in said] == []


async def test_no_file_for_everybody_names_the_hash_of_what_is_masked(
    db: Database, client: httpx.AsyncClient, secrets: Secrets
) -> None:
    newest = (await client.get("/open-data/head.json")).json()["newest"]
    assert "digest" in newest
    last: str = await db.value("select sha256 from submissions order by id desc limit 1")
    assert newest["submission"]["sha256"] != last  # of a post that is masked now; the one before is hidden


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
