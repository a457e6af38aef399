"""All guests get the same answer for a page of a topic, as long as nothing on it changes and every change is heard."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import httpx
import pytest
import pytest_asyncio
from starlette.applications import Starlette

from forum import kept
from forum.app import create_app
from forum.db import Database, as_libpq, database
from forum.events import Event, Notified, PostChanged, ResponsesChanged, TopicChanged, TopicMoved, encode
from forum.kept import Kept
from forum.posts.rules import Draft, Post
from forum.settings import Settings
from forum.topics.actions import discussing
from tests import judging
from tests.conftest import Budget, Login, visitor
from tests.factories import a_moderator, a_newcomer, a_post, an_account

pytestmark = pytest.mark.usefixtures("never_too_old")


@pytest.fixture
def never_too_old(monkeypatch: pytest.MonkeyPatch) -> None:
    """What goes in these tests goes for another reason."""
    monkeypatch.setattr(kept, "SECONDS", 3600.0)


@pytest.fixture
def hearing(app: Starlette) -> Kept:
    """What the application keeps, as if it listened."""
    found: Kept = app.state.site.kept
    found.hears = lambda: True
    return found


async def test_a_page_is_made_once_for_all_guests(
    client: httpx.AsyncClient, db: Database, queries: Budget, hearing: Kept
) -> None:
    post = await a_post(db, body="みんなが読む言葉")
    address = f"/topics/{post.topic_id}"
    client.headers["Accept-Encoding"] = "gzip"
    first = await client.get(address)
    async with queries(0):
        again = await client.get(address, headers={"Cookie": "scripts=1; somebody-elses=cookie"})
    ids = [answer.headers.pop("x-request-id") for answer in (first, again)]
    assert ids[0] != ids[1]
    assert (again.text, again.headers) == (first.text, first.headers)
    assert again.headers["content-encoding"] == "gzip"
    assert again.headers["cache-control"] == "private, no-cache"
    assert "content-security-policy" in again.headers
    for _ in range(2):
        plain = await client.get(address, headers={"Accept-Encoding": "identity"})
        assert "content-encoding" not in plain.headers
        assert plain.text == first.text


async def test_who_has_the_page_is_told_so(client: httpx.AsyncClient, db: Database, hearing: Kept) -> None:
    address = f"/topics/{(await a_post(db)).topic_id}"
    tag = (await client.get(address)).headers["etag"]
    for known, status in ((tag, 304), (f'"other", {tag}', 304), ('"other"', 200), (tag, 304)):
        answer = await client.get(address, headers={"If-None-Match": known})
        assert answer.status_code == status
        assert (answer.content == b"") is (status == 304)
        assert answer.headers["etag"] == tag
        assert answer.headers["cache-control"] == "private, no-cache"
    hearing.doubt()
    assert (await client.get(address, headers={"If-None-Match": tag})).status_code == 304


async def test_everybody_gets_the_page_that_they_chose(
    client: httpx.AsyncClient, db: Database, hearing: Kept
) -> None:
    address = f"/topics/{(await a_post(db, body='市の公園')).topic_id}"
    signs = {
        "": '<html lang="ja">',
        "locale=en": '<html lang="en">',
        "locale=ja-easy": 'value="ja" lang="ja">日本語</button>',
        "furigana=on": "<ruby>公園",
        "size=larger": 'data-size="larger"',
    }
    for _ in range(2):
        for cookie, sign in signs.items():
            assert sign in (await client.get(address, headers={"Cookie": cookie})).text
    assert (await client.get(f"{address}?page=1")).text != (await client.get(address)).text  # it names itself
    assert (await client.get(f"{address}?page=2")).status_code == 404


async def test_nobody_else_gets_it(app: Starlette, db: Database, login: Login, hearing: Kept) -> None:
    post, resident = await a_post(db), await an_account(db)
    address = f"/topics/{post.topic_id}"
    async with visitor(app) as guest, visitor(app) as member:
        await login(member, resident.id or 0)
        for _ in range(2):
            assert resident.pen_name in (await member.get(address)).text
            assert resident.pen_name not in (await guest.get(address)).text
        two_heads = [("Cookie", "locale=en"), ("Cookie", f"session={member.cookies['session']}")]
        assert resident.pen_name in (await guest.get(address, headers=two_heads)).text
        assert (await guest.head(address)).content == b""
        assert (await guest.post(address)).status_code == 405
        assert (await guest.get(f"{address}?page=0")).status_code == 404
        assert (await guest.get(f"{address}?quote={post.id}")).status_code == 200


async def test_a_notice_is_shown_once(client: httpx.AsyncClient, db: Database, hearing: Kept) -> None:
    """It stands on the next page that its reader opens, and on nobody else's."""
    address = f"/topics/{(await a_post(db)).topic_id}"
    quiet = (await client.get(address)).text
    client.cookies.set("notices", "whatever it says")
    noticed = await client.get(address)
    assert "etag" not in noticed.headers
    client.cookies.clear()
    assert (await client.get(address)).text == quiet


async def test_an_event_takes_the_pages_of_its_topic_away(
    client: httpx.AsyncClient, db: Database, queries: Budget, hearing: Kept
) -> None:
    posts = [await a_post(db), await a_post(db)]
    for kind in (PostChanged, ResponsesChanged, TopicChanged, TopicMoved):
        for post in posts:
            await client.get(f"/topics/{post.topic_id}")
        hearing.hear(encode(_event(kind, posts[0])))
        async with queries(0):
            await client.get(f"/topics/{posts[1].topic_id}")
        assert hearing.find(posts[0].topic_id, _key(posts[0])) is None
    await client.get(f"/topics/{posts[0].topic_id}")
    hearing.hear(encode(Notified(7)))
    hearing.hear('{"kind": "SomethingOfTheNextRelease", "novelty": 1}')
    async with queries(0):
        await client.get(f"/topics/{posts[0].topic_id}")


async def test_what_is_hidden_is_gone_wherever_events_may_be_lost(
    client: httpx.AsyncClient, db: Database, hearing: Kept
) -> None:
    post, moderator = await a_post(db, body="消される言葉"), await a_moderator(db)
    held = await discussing.reply(db, await a_newcomer(db), post.topic_id, Draft(body="まだ見えない言葉"))
    html = (await client.get(f"/topics/{post.topic_id}")).text
    assert "消される言葉" in html
    assert "まだ見えない言葉" not in html
    assert held is not None
    hearing.hears = lambda: False
    await judging.hide(db, moderator, post.id)
    assert "消される言葉" not in (await client.get(f"/topics/{post.topic_id}")).text
    hearing.doubt()
    hearing.hears = lambda: True
    assert "消される言葉" not in (await client.get(f"/topics/{post.topic_id}")).text


def test_what_was_read_before_an_event_is_not_kept_after_it() -> None:
    things = Kept()
    things.hears = lambda: True
    since = things.moment
    things.hear(encode(TopicChanged(topic_id=2, change=1)))
    things.keep(1, "page", b"old", since)
    assert things.find(1, "page") is None
    things.keep(1, "page", b"new", things.moment)
    assert things.find(1, "page") == b"new"
    since = things.moment
    things.doubt()
    things.keep(1, "page", b"old", since)
    assert things.find(1, "page") is None


def test_few_things_are_kept_and_none_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    things = Kept()
    things.hears = lambda: True
    for number in range(kept.THINGS_MAX + 1):
        things.keep(number, "page", number, things.moment)
    assert things.find(0, "page") is None
    assert things.find(1, "page") == 1
    monkeypatch.setattr(kept, "SECONDS", -1.0)
    assert things.find(1, "page") is None


@pytest_asyncio.fixture
async def running(own_database: str, settings: Settings) -> AsyncIterator[tuple[Starlette, Database]]:
    """The application as it runs: it listens. Beside it, the database as another process has it."""
    app = create_app(settings, database(own_database), own_database)
    async with app.router.lifespan_context(app), database(own_database).opened() as other:
        yield app, other


async def test_a_running_process_hears_what_others_do(
    running: tuple[Starlette, Database], own_database: str
) -> None:
    app, other = running
    moderator, post = await a_moderator(other), await a_post(other, body="消される言葉")
    reply = await discussing.reply(other, await an_account(other), post.topic_id, Draft(body="つづく言葉"))
    async with visitor(app) as guest:
        await _read_until_kept(app, guest, post)
        await judging.hide(other, moderator, post.id)
        await _until_gone(app, post)
        page = (await guest.get(f"/topics/{post.topic_id}")).text
        assert "消される言葉" not in page
        assert "つづく言葉" in page
        await _read_until_kept(app, guest, post)
        await _hang_up(own_database)
        await _until_gone(app, post)
        await judging.hide(other, moderator, reply)
        assert "つづく言葉" not in (await guest.get(f"/topics/{post.topic_id}")).text


async def _read_until_kept(app: Starlette, guest: httpx.AsyncClient, post: Post) -> None:
    """An event of before may still be on its way."""
    while app.state.site.kept.find(post.topic_id, _key(post)) is None:
        await guest.get(f"/topics/{post.topic_id}")


async def _until_gone(app: Starlette, post: Post) -> None:
    while app.state.site.kept.find(post.topic_id, _key(post)) is not None:  # noqa: ASYNC110 - nothing tells a test
        await asyncio.sleep(0.01)


async def _hang_up(url: str) -> None:
    """Ends the connection on which the process listens."""
    connection = await asyncpg.connect(as_libpq(url))
    await connection.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where application_name = 'listening to tell' and datname = current_database()"
    )
    await connection.close()


def _key(post: Post) -> tuple[str, bytes, tuple[None, None, None], bool]:
    return (f"/topics/{post.topic_id}", b"", (None, None, None), False)


def _event(kind: type[Event], post: Post) -> Event:
    more = {"from_board_id": 1} if kind is TopicMoved else {"change": 1}
    more |= {"post_id": post.id} if kind in (PostChanged, ResponsesChanged) else {}
    return kind(topic_id=post.topic_id, **more)
