"""Who looks at an item is seen by all who might; nobody is locked out by it."""

from datetime import timedelta

import httpx
import pytest
from starlette.applications import Starlette

from forum import clock
from forum.access import Actor
from forum.db import Database
from forum.errors import Conflict, Forbidden
from forum.posts.rules import Post
from moderation.reviews.actions import claiming
from moderation.reviews.actions.claiming import CLAIMED_FOR
from moderation.reviews.acts import Act
from moderation.reviews.queries import queue
from moderation.reviews.views import View
from tests.conftest import Login, visitor
from tests.factories import a_moderator, an_account
from tests.moderation.reviews.test_actions import a_post_that_is, decide, report
from tests.pages import actions as actions_of
from tests.pages import parsed

MINUTE = timedelta(minutes=1)


async def holder(db: Database, post: Post) -> str | None:
    [item] = await queue.page(db, await a_moderator(db), View(), limit=10)
    assert item.post_id == post.id
    return item.holder


async def test_who_opens_an_item_is_seen_by_the_others_until_the_decision(db: Database) -> None:
    post, one, other = await a_post_that_is(db, "held"), await a_moderator(db), await a_moderator(db)
    held = await claiming.claim(db, one, post.id)
    assert held is not None
    assert (held.claimed_by, await holder(db, post)) == (one.id, one.pen_name)
    seen = await claiming.claim(db, other, post.id)
    assert seen == held, "looking at it takes nothing away"
    await decide(db, one, post, Act.APPROVE)
    assert await claiming.claim(db, other, post.id) is None, "nothing waits any more"


async def test_a_claim_is_no_lock(db: Database) -> None:
    post, one, other = await a_post_that_is(db, "held"), await a_moderator(db), await a_moderator(db)
    await claiming.claim(db, one, post.id)
    await decide(db, other, post, Act.APPROVE)
    with pytest.raises(Conflict):
        await decide(db, one, post, Act.HIDE, version=post.version)


# minutes until somebody else comes, whether the page was still open meanwhile -> who holds it then
LASTING = [(9, False, "one"), (11, False, "other"), (11, True, "one"), (16, True, "other")]


@pytest.mark.parametrize(("minutes", "renewed", "expected"), LASTING)
async def test_a_claim_that_nobody_renews_ends_by_itself(
    db: Database, minutes: int, renewed: bool, expected: str
) -> None:
    post, one, other = await a_post_that_is(db, "held"), await a_moderator(db), await a_moderator(db)
    start = clock.now()
    with clock.at(start):
        await claiming.claim(db, one, post.id)
    if renewed:
        with clock.at(start + 5 * MINUTE):
            await claiming.claim(db, one, post.id)
    with clock.at(start + minutes * MINUTE):
        held = await claiming.claim(db, other, post.id)
    assert held is not None
    assert held.claimed_by == {"one": one, "other": other}[expected].id


async def test_taking_over_names_who_had_it_and_the_stamp_tells_everyone(db: Database) -> None:
    post, one, other = await a_post_that_is(db, "held"), await a_moderator(db), await a_moderator(db)
    await claiming.claim(db, one, post.id)
    stamp = (await queue.waiting(db, one)).stamp
    held = await claiming.claim(db, other, post.id, take_over=True)
    assert held is not None
    assert (held.claimed_by, held.claimed_from) == (other.id, one.id)
    assert (await queue.waiting(db, one)).stamp != stamp
    stamp = (await queue.waiting(db, one)).stamp
    await claiming.claim(db, other, post.id)
    assert (await queue.waiting(db, one)).stamp == stamp, "going on looking is no news"


async def test_leaving_releases_what_that_page_held_and_nothing_newer(db: Database) -> None:
    post, one = await a_post_that_is(db, "held"), await a_moderator(db)
    start = clock.now()
    with clock.at(start):
        await claiming.claim(db, one, post.id)
    with clock.at(start + MINUTE):
        await claiming.claim(db, one, post.id)
    with clock.at(start + 2 * MINUTE):
        await claiming.claim(db, one, post.id, again=True)
    await claiming.release(db, one, post.id, start + CLAIMED_FOR)
    assert await holder(db, post) == one.pen_name
    await claiming.release(db, await a_moderator(db), post.id, start + MINUTE + CLAIMED_FOR)
    assert await holder(db, post) == one.pen_name
    await claiming.release(db, one, post.id, start + MINUTE + CLAIMED_FOR)
    assert await holder(db, post) is None


async def test_a_report_that_comes_in_meanwhile_leaves_the_claim_and_a_closed_item_does_not(
    db: Database,
) -> None:
    post, one = await a_post_that_is(db, "reported"), await a_moderator(db)
    await claiming.claim(db, one, post.id)
    await report(db, post)
    assert await holder(db, post) == one.pen_name
    await decide(db, await a_moderator(db), post, Act.DISMISS)
    await report(db, post)
    assert await holder(db, post) is None


async def test_who_may_not_judge_claims_nothing(db: Database) -> None:
    post = await a_post_that_is(db, "reported")
    with pytest.raises(Forbidden):
        await claiming.claim(db, await an_account(db), post.id)


async def test_the_page_claims_says_who_looks_and_takes_over(
    app: Starlette, db: Database, login: Login
) -> None:
    post, one, other = await a_post_that_is(db, "held"), await a_moderator(db), await a_moderator(db)

    async def enter(client: httpx.AsyncClient, person: Actor) -> str:
        await login(client, person.id or 0)
        return (await client.get(f"/queue/{post.id}")).text

    async with visitor(app) as mine, visitor(app) as theirs:
        assert "あなたが確認中です" in await enter(mine, one)
        assert f"{one.pen_name}さんが確認中です" in await enter(theirs, other)
        assert f"{one.pen_name}さんが確認中" in (await theirs.get("/queue")).text
        assert "あなたが確認中" in (await mine.get("/queue")).text
        renewed = await theirs.post(f"/queue/{post.id}/claim", headers={"X-Requested-With": "fetch"})
        assert renewed.text == "", "a script never takes over"
        found = actions_of(parsed(await theirs.get(f"/queue/{post.id}?kind=held")))
        (door,) = [there for there in found if "/claim" in there]
        taken = await theirs.post(door, follow_redirects=True)
        assert ("引き継ぎました。" in taken.text, taken.url.query) == (True, b"kind=held")
        page = (await mine.get(f"/queue/{post.id}")).text
        assert f"{other.pen_name}さんが引き継いで、確認中です" in page
        renewed = await theirs.post(f"/queue/{post.id}/claim", headers={"X-Requested-With": "fetch"})
        left = await theirs.post(f"/queue/{post.id}/release", data={"until": renewed.text})
        assert left.status_code == 204
        assert "あなたが確認中です" in (await mine.get(f"/queue/{post.id}")).text
        await decide(db, one, post, Act.APPROVE)
        late = await theirs.post(f"/queue/{post.id}/claim", follow_redirects=True)
        assert (late.status_code, "引き継ぎました。" in late.text) == (200, False)
        for until in ("x", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"):
            assert (await mine.post(f"/queue/{post.id}/release", data={"until": until})).status_code == 422
