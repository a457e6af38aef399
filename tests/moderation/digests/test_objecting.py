"""Authors see where their words stand before everybody does, and are answered before everybody reads it."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import httpx
import pytest

from forum import clock
from forum.access import Actor, Role
from forum.accounts.actions import change_role
from forum.db import Database
from forum.errors import Forbidden, Invalid
from forum.posts.rules import Post
from moderation.digests import actions, verifying
from moderation.digests.actions import objecting
from moderation.digests.queries import objections
from moderation.digests.rules.objecting import Answering, Objecting, Objection, Opening, objection_document
from tests.conftest import Login
from tests.factories import a_post, a_staff_member, actor, an_account
from tests.moderation.digests.desk import (
    SAID,
    ZONE,
    a_discussion,
    a_draft,
    a_plan,
    confirm_all,
    hide,
    the_digest,
)
from tests.moderation.reviews.test_actions import told
from tests.pages import actions as targets
from tests.pages import parsed

DAY = timedelta(days=1)
WORDS = "図書館の話ではありません。"


@dataclass(frozen=True)
class Story:
    """A draft whose authors were asked; who said what, in the order of SAID."""

    digest_id: int
    clerk: Actor
    authors: list[Actor]
    topic: Post


async def heard(db: Database) -> Story:
    clerk, posts = await a_staff_member(db), await a_discussion(db)
    draft = await a_draft(db, posts, clerk)
    await confirm_all(db, clerk, draft.id)
    await objecting.open_window(db, clerk, draft.id, Opening(last_day=in_days(7)), ZONE)
    return Story(draft.id, clerk, [await actor(db, post.author_id) for post in posts], posts[0])


def in_days(days: int) -> date:
    return clock.now().astimezone(ZONE).date() + days * DAY


async def object_(db: Database, story: Story, by: Actor | None = None) -> int:
    await objecting.file_objection(db, by or story.authors[0], story.digest_id, Objecting(words=WORDS))
    return (await objections.of(db, story.digest_id))[-1].id


async def answer(db: Database, story: Story, number: int, *, withheld: bool = False) -> None:
    answering = Answering(answer="移しました。", withheld=withheld)
    await objecting.answer_objection(db, story.clerk, story.digest_id, number, answering)


async def kinds(db: Database, person: Actor) -> list[str]:
    """The newest first."""
    return [notice.kind for notice in await told(db, person)]


async def mismatches(db: Database) -> list[str]:
    return [line async for line in verifying.mismatches(db)]


async def test_every_author_is_told_and_it_waits_for_the_end_and_for_every_answer(db: Database) -> None:
    story = await heard(db)
    assert [(await kinds(db, one))[0] for one in story.authors] == ["digest_grouped"] * len(SAID)
    number = await object_(db, story)
    assert (await kinds(db, story.clerk))[0] == "objection_filed"
    with pytest.raises(Forbidden, match="受付が終わるまで"):
        await actions.publish_digest(db, story.clerk, story.digest_id)
    with clock.at(clock.now() + 9 * DAY):
        with pytest.raises(Forbidden, match="答えていない異議が1件"):
            await actions.publish_digest(db, story.clerk, story.digest_id)
        await answer(db, story, number)
        assert (await kinds(db, story.authors[0]))[0] == "objection_answered"
        await actions.publish_digest(db, story.clerk, story.digest_id)
    assert await mismatches(db) == []


async def test_an_objection_reaches_somebody_once_its_clerk_has_left_office(db: Database) -> None:
    story, boss = await heard(db), await an_account(db, Role.ADMINISTRATOR)
    await change_role(db, story.clerk.id or 0, Role.RESIDENT)
    await object_(db, story)
    assert "objection_filed" not in await kinds(db, story.clerk)
    assert await kinds(db, boss) == ["objection_filed"]


async def test_an_author_objects_once_and_in_time_and_nobody_else_does(db: Database) -> None:
    story = await heard(db)
    await object_(db, story)
    for somebody in (story.authors[0], await an_account(db)):
        with pytest.raises(Forbidden):
            await object_(db, story, somebody)
    with clock.at(clock.now() + 9 * DAY), pytest.raises(Forbidden):
        await object_(db, story, story.authors[1])


async def test_authors_get_three_days_and_are_asked_once(db: Database) -> None:
    clerk = await a_staff_member(db)
    draft = await a_draft(db, await a_discussion(db), clerk)
    with pytest.raises(Forbidden):  # not everything has its place
        await objecting.open_window(db, clerk, draft.id, Opening(last_day=in_days(7)), ZONE)
    await confirm_all(db, clerk, draft.id)
    with pytest.raises(Invalid):
        await objecting.open_window(db, clerk, draft.id, Opening(last_day=in_days(2)), ZONE)
    await objecting.open_window(db, clerk, draft.id, Opening(last_day=in_days(3)), ZONE)
    with pytest.raises(Forbidden):
        await objecting.open_window(db, clerk, draft.id, Opening(last_day=in_days(9)), ZONE)


async def test_what_went_out_too_early_is_found(db: Database) -> None:
    story = await heard(db)
    with clock.at(clock.now() + 9 * DAY):
        await actions.publish_digest(db, story.clerk, story.digest_id)
    await db.run("set local session_replication_role = replica")
    await db.run(
        "update digests set published_at = published_at - interval '8 days' where id = :id",
        id=story.digest_id,
    )
    assert f"digest {story.digest_id}: was published before its authors were heard" in await mismatches(db)


async def test_an_author_reads_the_own_words_and_what_is_quoted_beside(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    story = await heard(db)
    yours = f"/digests/{story.digest_id}/yours"
    await login(client, story.authors[1].id or 0)
    page = await client.get(yours)
    assert SAID[1] in page.text
    # Of another point, and of the draft's own pages.
    assert "子ども食堂" not in page.text
    assert (await client.get(f"/digests/{story.digest_id}/edit")).status_code == 404
    assert yours in targets(parsed(page))
    assert (await client.post(yours, data={"words": WORDS})).status_code == 303
    after = await client.get(yours)
    assert WORDS in after.text
    assert yours not in targets(parsed(after))
    await login(client, (await an_account(db)).id or 0)
    assert (await client.get(yours)).status_code == 404


async def test_whose_words_are_taken_in_meanwhile_is_told_too_and_nobody_twice(db: Database) -> None:
    clerk, posts, late = await a_staff_member(db), await a_discussion(db), await an_account(db)
    # Until tomorrow: midnight may come before everything is said.
    plan = a_plan(topics=[posts[0].topic_id], last_day=in_days(1))
    draft = await the_digest(db, await actions.start(db, clerk, plan, ZONE))
    await confirm_all(db, clerk, draft.id)
    await objecting.open_window(db, clerk, draft.id, Opening(last_day=in_days(7)), ZONE)
    await a_post(db, late, topic=posts[0], body="街灯を増やしてください。")
    await actions.retake(db, clerk, draft.id)
    for person in (late, await actor(db, posts[0].author_id)):
        assert (await kinds(db, person)).count("digest_grouped") == 1
    last = await an_account(db)
    await a_post(db, last, topic=posts[0], body="歩道を直してください。")
    begun = clock.now()
    with clock.at(begun + 6.9 * DAY):
        await actions.retake(db, clerk, draft.id)
        await confirm_all(db, clerk, draft.id)
        assert (await kinds(db, last)).count("digest_grouped") == 1
    story = Story(draft.id, clerk, [last, await actor(db, posts[0].author_id)], posts[0])
    with clock.at(begun + 13.5 * DAY):
        with pytest.raises(Forbidden):
            await object_(db, story, story.authors[1])
        with pytest.raises(Forbidden, match="受付が終わるまで"):
            await actions.publish_digest(db, clerk, draft.id)
        await answer(db, story, await object_(db, story, last))
    with clock.at(begun + 16 * DAY):
        await actions.publish_digest(db, clerk, draft.id)
    assert await mismatches(db) == []


async def test_what_was_hidden_meanwhile_is_quoted_to_nobody(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    clerk, posts = await a_staff_member(db), await a_discussion(db)
    draft = await a_draft(db, posts, clerk)
    await confirm_all(db, clerk, draft.id)
    await objecting.open_window(db, clerk, draft.id, Opening(last_day=in_days(7)), ZONE)
    await hide(db, posts[1])
    await login(client, posts[0].author_id)
    assert SAID[1] not in (await client.get(f"/digests/{draft.id}/yours")).text


async def test_objections_and_answers_go_out_with_the_digest_and_withheld_words_do_not(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    story = await heard(db)
    place = f"/digests/{story.digest_id}/objections"
    open_one, secret = await object_(db, story), await object_(db, story, story.authors[1])
    assert (await client.get(place)).status_code in (303, 403, 404)
    await login(client, story.clerk.id or 0)
    assert WORDS in (await client.get(place)).text
    assert (await client.post(f"{place}/{open_one}", data={"answer": ""})).status_code == 422
    assert (await client.post(f"{place}/{open_one}", data={"answer": "移しました。"})).status_code == 303
    await answer(db, story, secret, withheld=True)
    with clock.at(clock.now() + 9 * DAY):
        await actions.publish_digest(db, story.clerk, story.digest_id)
    await client.post("/logout")
    page = (await client.get(place)).text
    assert (page.count(WORDS), page.count("移しました。")) == (1, 2)
    assert story.authors[0].pen_name not in page
    data = (await client.get(f"{place}.json")).json()
    assert [one["words"] for one in data["objections"]] == [WORDS, None]
    assert place in (await client.get(f"/digests/{story.digest_id}")).text


def test_the_hash_of_an_objection_holds_a_seal_or_before_there_were_any_its_author() -> None:
    before = Objection(1, 7, 3, WORDS, clock.now(), "")
    sealed = replace(before, salt="5f" * 32)
    assert before.seal is None
    assert objection_document(before)["person"] == 3
    assert objection_document(sealed) == {
        "author": sealed.seal,
        **{name: value for name, value in objection_document(before).items() if name != "person"},
    }
    assert replace(sealed, salt="5e" * 32).seal != sealed.seal != replace(sealed, account_id=4).seal
