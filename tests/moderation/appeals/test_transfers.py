"""Whose posts were taken to another topic contests that: granted, they go back; overtaken, there is nothing to contest."""

import pytest
from starlette.applications import Starlette

from forum.access import Actor
from forum.commands.verify import every_mismatch
from forum.db import Database
from forum.errors import Conflict, Forbidden
from forum.posts.rules import Post
from forum.topics.actions import discussing
from forum.topics.transfers import Transfer
from moderation.appeals import actions
from moderation.appeals.rules import Answer, Filing
from moderation.reviews.actions import transferring
from moderation.reviews.queries import claims, queue
from moderation.reviews.targets import Target
from moderation.reviews.transferring import TakingBack
from tests.conftest import Login, visitor
from tests.factories import a_board, a_facilitator, a_moderator, a_post, a_topic, an_account, the_post
from tests.forum.topics.test_transfers import transfer
from tests.moderation.consultations import stories
from tests.moderation.reviews.test_actions import log_of, told

WHY = Filing(body="この話題への答えです。")
GRANTED = Answer(outcome="overturned", reason="もとの話題への答えでした。")


class Scene:
    """A facilitator has taken two posts of two authors to another topic of the board."""

    def __init__(
        self,
        opening: Post,
        there: Post,
        posts: list[Post],
        people: list[Actor],
        keeper: Actor,
        made: Transfer,
    ) -> None:
        self.opening, self.there, self.posts, self.people = opening, there, posts, people
        self.keeper, self.made = keeper, made


async def a_scene(db: Database, way: str = "into") -> Scene:
    board, people = await a_board(db), [await an_account(db), await an_account(db)]
    opening, there = await a_topic(db, board=board), await a_topic(db, board=board)
    keeper = await a_facilitator(db, board)
    posts = [await a_post(db, person, topic=opening) for person in people]
    chosen = [] if way == "whole" else posts
    made = await transfer(db, keeper, opening.topic_id, way, chosen, to=str(there.topic_id))
    return Scene(opening, there, posts, people, keeper, made)


async def decision_of(db: Database, scene: Scene) -> int:
    return (await log_of(db, scene.opening))[0].id


@pytest.mark.parametrize("way", ["into", "whole"])
async def test_posts_go_back_when_the_appeal_of_an_author_is_granted(db: Database, way: str) -> None:
    scene = await a_scene(db, way)
    author, other = scene.people
    (note,) = await told(db, author)
    assert note.params["appeal_until"]
    number = await actions.file(db, author, note.params["decision"], WHY)
    assert await claims.locked(db, Target.APPEAL, number) is not None
    with pytest.raises(Forbidden):  # it judges all of it, once
        await actions.file(db, other, note.params["decision"], WHY)
    await actions.answer(db, await a_moderator(db), number, GRANTED)
    for post in scene.posts:
        now = await the_post(db, post.id)
        assert (now.topic_id, now.number) == (post.topic_id, post.number)
    assert await claims.locked(db, Target.APPEAL, number) is None
    assert [note.kind for note in await told(db, author)][:2] == ["appeal_answered", "appeal_filed"]
    back, _away = await told(db, other)
    assert (back.kind, back.params["act"], back.params["appeal_until"]) == ("topic_kept", "transfer", None)
    line = (await log_of(db, scene.opening))[0]
    assert (line.act, line.appeal_of) == ("transfer", note.params["decision"])
    with pytest.raises(Forbidden):  # a way back is no harm
        await actions.file(db, other, line.id, WHY)
    assert [line async for line in every_mismatch(db, stories.SEAL)] == []


async def test_an_appeal_about_a_transfer_may_leave_it_as_it_is(db: Database) -> None:
    scene = await a_scene(db)
    number = await actions.file(db, scene.people[0], await decision_of(db, scene), WHY)
    await actions.answer(db, await a_moderator(db), number, Answer(outcome="upheld", reason="別の話です。"))
    assert (await the_post(db, scene.posts[0].id)).topic_id == scene.there.topic_id
    assert [line async for line in every_mismatch(db, stories.SEAL)] == []


async def test_an_appeal_about_a_transfer_waits_for_whoever_may_judge_it(db: Database) -> None:
    """Who began the topic may, and nobody whose own post went along."""
    board, beginner, author, other = (
        await a_board(db),
        await a_moderator(db),
        await an_account(db),
        await a_moderator(db),
    )
    opening, there = await a_topic(db, beginner, board=board), await a_topic(db, board=board)
    posts = [await a_post(db, person, topic=opening) for person in (author, other)]
    await transfer(
        db, await a_facilitator(db, board), opening.topic_id, "into", posts, to=str(there.topic_id)
    )
    number = await actions.file(db, author, (await log_of(db, opening))[0].id, WHY)
    waits = [(await queue.waiting(db, person)).number for person in (beginner, other)]
    assert waits == [1, 0]
    with pytest.raises(Forbidden):
        await actions.answer(db, other, number, GRANTED)
    await actions.answer(db, beginner, number, GRANTED)
    assert [line async for line in every_mismatch(db, stories.SEAL)] == []


async def test_only_those_whose_posts_went_contest_a_transfer(db: Database) -> None:
    scene = await a_scene(db)
    decision = await decision_of(db, scene)
    opener = await an_account(db)
    await discussing.withdraw(db, scene.people[1], scene.posts[1].id)
    for person in (opener, scene.keeper, scene.people[1]):
        with pytest.raises(Forbidden):
            await actions.file(db, person, decision, WHY)
    assert await actions.file(db, scene.people[0], decision, WHY)


async def test_each_transfer_from_a_topic_stands_for_itself(db: Database) -> None:
    """The next one takes other posts and overtakes nothing."""
    scene = await a_scene(db)
    first = await decision_of(db, scene)
    third = await a_post(db, topic=scene.opening)
    await transfer(db, scene.keeper, scene.opening.topic_id, "into", [third], to=str(scene.there.topic_id))
    assert await actions.file(db, scene.people[0], first, WHY)


async def test_an_appeal_is_over_when_the_posts_went_back_or_on(db: Database) -> None:
    for onward in (False, True):
        scene = await a_scene(db)
        number = await actions.file(db, scene.people[0], await decision_of(db, scene), WHY)
        if onward:
            further = await a_topic(db, board=await a_board(db))
            moderator = await a_moderator(db)
            await transfer(db, moderator, scene.there.topic_id, "into", scene.posts, to=str(further.topic_id))
        else:
            wish = TakingBack(transfer=scene.made.id, why="もとの話題に戻します。")
            await transferring.take_back(db, scene.keeper, scene.there.topic_id, wish)
        assert await claims.locked(db, Target.APPEAL, number) is None
        with pytest.raises(Conflict):
            await actions.answer(db, await a_moderator(db), number, GRANTED)
        assert [line async for line in every_mismatch(db, stories.SEAL)] == []


async def test_the_pages_of_an_appeal_name_the_posts_that_went(
    app: Starlette, db: Database, login: Login
) -> None:
    scene = await a_scene(db)
    decision = await decision_of(db, scene)
    async with visitor(app) as client:
        await login(client, scene.people[0].id or 0)
        assert (await client.get(f"/appeals/new?decision={decision}")).status_code == 200
        sent = await client.post(f"/appeals/new?decision={decision}", data={"body": WHY.body})
        assert sent.status_code == 303
        shown = (await client.get(sent.headers["location"])).text
    assert "別の話題へ移った投稿" in shown
    assert f"/posts/{scene.posts[1].id}" in shown
