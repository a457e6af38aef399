"""Guests share a page of a topic as long as nothing on it changes."""

import httpx
from starlette.applications import Starlette

from forum import kept
from forum.db import Database
from forum.kept import KeptPages
from forum.posts.reacting import Kind, Press
from forum.topics.actions import judging, responding, steering
from forum.topics.actions.locking import post_for
from tests.conftest import Budget, Login, visitor
from tests.factories import a_moderator, a_post, an_account


async def test_a_page_is_made_once_for_all_guests(
    client: httpx.AsyncClient, db: Database, queries: Budget
) -> None:
    post = await a_post(db, body="みんなが読む言葉")
    first = await client.get(f"/topics/{post.topic_id}")
    async with queries(1):
        again = await client.get(f"/topics/{post.topic_id}")
    assert again.text == first.text
    assert again.headers["content-encoding"] == "gzip"
    assert again.headers["cache-control"] == "private, no-cache"
    plain = await client.get(f"/topics/{post.topic_id}", headers={"Accept-Encoding": "identity"})
    assert plain.text == first.text
    assert "content-encoding" not in plain.headers
    assert (await client.get(f"/topics/{post.topic_id}?page=2")).status_code == 404


async def test_what_changes_is_changed_at_once(client: httpx.AsyncClient, db: Database) -> None:
    post, moderator = await a_post(db, body="消される言葉"), await a_moderator(db)
    address = f"/topics/{post.topic_id}"
    assert "消される言葉" in (await client.get(address)).text
    await responding.react(db, await an_account(db), post.id, Press(kind=Kind.THANKS))
    assert "ありがとう <b>1</b>" in (await client.get(address)).text
    await steering.lock(db, moderator, post.topic_id)
    assert "受付終了" in (await client.get(address)).text
    await judging.hide(db, *await post_for(db, moderator, post.id))
    assert "消される言葉" not in (await client.get(address)).text


async def test_a_guest_and_a_resident_never_get_the_page_of_the_other(
    app: Starlette, db: Database, login: Login
) -> None:
    post, resident = await a_post(db), await an_account(db)
    async with visitor(app) as guest, visitor(app) as member:
        await login(member, resident.id or 0)
        for _ in range(2):
            assert resident.pen_name in (await member.get(f"/topics/{post.topic_id}")).text
            assert resident.pen_name not in (await guest.get(f"/topics/{post.topic_id}")).text
        guest.cookies.set("locale", "en")
        assert '<html lang="en">' in (await guest.get(f"/topics/{post.topic_id}")).text


def test_few_pages_are_kept_and_none_for_long() -> None:
    pages = KeptPages()
    for number in range(kept.PAGES_MAX + 1):
        page = pages.keep(number, b"")
    assert pages.find(0) is None
    assert pages.find(1) is not None
    page.made -= kept.SECONDS
    assert pages.find(number) is None
