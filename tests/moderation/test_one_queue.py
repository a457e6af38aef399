"""Appeals and rights requests wait in the queue beside the posts: in one order, as long as somebody has to decide."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import httpx
import pytest
from starlette.applications import Starlette

from forum import clock
from forum.access import Actor
from forum.boards import actions as boards
from forum.db import Database
from forum.posts.rules import Edit, Post
from forum.topics.actions import discussing, steering
from forum.web import Site
from moderation.appeals import actions as appeals
from moderation.appeals import proofs as appeal_proofs
from moderation.appeals.rules import Answer
from moderation.reviews.actions import claiming, sanctioning
from moderation.reviews.acts import Act
from moderation.reviews.queries import queue
from moderation.reviews.rules import Kind
from moderation.reviews.sanctions import Wish
from moderation.reviews.targets import Target
from moderation.reviews.views import View
from moderation.rights import actions as rights
from moderation.rights import proofs as rights_proofs
from moderation.rights.rules import Judgement, Reply
from moderation.rights.rules import Kind as Step
from tests.conftest import Login
from tests.factories import a_board, a_moderator, a_newcomer, a_post, a_topic, actor, an_account, the_post
from tests.moderation.appeals.test_appeals import WHY, contested
from tests.moderation.reviews.test_actions import a_post_that_is, decide
from tests.moderation.reviews.test_masking import mask
from tests.moderation.rights.test_requests import asked, claimed, site
from tests.pages import parsed, text_of

__all__ = ["site"]


async def an_appeal(db: Database, act: Act = Act.HIDE) -> tuple[int, Post, Actor]:
    """Its number, the post, and who decided."""
    post, decision, moderator, appellant = await contested(db, act)
    return await appeals.file(db, appellant, decision, WHY), post, moderator


async def paths(db: Database, moderator: Actor) -> list[str]:
    return [item.path for item in await queue.page(db, moderator, View(), limit=20)]


async def misplaced(db: Database) -> list[str]:
    return [line for proofs in (appeal_proofs, rights_proofs) async for line in proofs.mismatches(db)]


async def test_all_that_waits_stands_in_one_list_by_what_is_due_first(db: Database, site: Site) -> None:
    moderator = await a_moderator(db)
    number, _, _ = await an_appeal(db)
    _, request = await claimed(db, site)
    held = await a_post_that_is(db, "held")
    assert await paths(db, moderator) == [
        f"/queue/{held.id}",
        f"/rights-requests/{request}",
        f"/appeals/{number}",
    ]
    waiting = await queue.waiting(db, moderator)
    assert (waiting.number, waiting.counts) == (
        3,
        {Kind.HELD: 1, Kind.REPORTED: 0, Kind.PROPOSED: 0, Kind.APPEAL: 1, Kind.REQUEST: 1},
    )


async def test_an_appeal_waits_only_for_those_who_may_judge_it(db: Database) -> None:
    number, post, decider = await an_appeal(db, Act.DISMISS)
    elsewhere = await an_account(db)
    await boards.give_role(db, (await a_board(db)).id, elsewhere.id or 0, "moderator")
    here = await an_account(db)
    await boards.give_role(db, post.board_id, here.id or 0, "moderator")
    assert await paths(db, await actor(db, here.id or 0)) == [f"/appeals/{number}"]
    reporter = await db.value("select appellant_id from appeals")
    for party in (reporter, post.author_id):
        await boards.give_role(db, post.board_id, party, "moderator")
    parties = [decider, elsewhere, await actor(db, reporter), await actor(db, post.author_id)]
    for one in parties:
        assert await paths(db, await actor(db, one.id or 0)) == []
    assert await claiming.claim(db, decider, number, Target.APPEAL) is None


async def _answered(db: Database, number: int, post: Post) -> None:
    await appeals.answer(db, await a_moderator(db), number, Answer(outcome="upheld", reason="宣伝です。"))


async def _taken_back(db: Database, number: int, post: Post) -> None:
    await decide(db, await a_moderator(db), post, Act.RESTORE)


async def _rewritten(db: Database, number: int, post: Post) -> None:
    now = await the_post(db, post.id)
    await discussing.edit(
        db, await actor(db, post.author_id), post.id, Edit(body="直しました。", version=now.version)
    )


async def _withdrawn(db: Database, number: int, post: Post) -> None:
    await discussing.withdraw(db, await actor(db, post.author_id), post.id)


Ending = Callable[[Database, int, Post], Awaitable[None]]
ENDINGS = [
    (Act.HIDE, _answered), (Act.HIDE, _taken_back), (Act.RETURN, _rewritten), (Act.RETURN, _withdrawn),
    (Act.DISMISS, _rewritten), (Act.DISMISS, _withdrawn), (Act.RETURN, _answered), (Act.DISMISS, _answered),
]  # fmt: skip


@pytest.mark.parametrize(("act", "end"), ENDINGS)
async def test_an_appeal_leaves_the_queue_when_there_is_nothing_left_to_judge(
    db: Database, act: Act, end: Ending
) -> None:
    number, post, _ = await an_appeal(db, act)
    judge = await a_moderator(db)
    assert f"/appeals/{number}" in await paths(db, judge)
    assert await misplaced(db) == []
    await end(db, number, post)
    assert f"/appeals/{number}" not in await paths(db, judge)
    assert await misplaced(db) == []


async def test_an_appeal_against_a_sanction_waits_until_the_account_is_reinstated(db: Database) -> None:
    moderator, judge, post = await a_moderator(db), await a_moderator(db), await a_post(db)
    warning = Wish(act=Act.WARN, rule=2, reason="傷つける言い方です。", version=post.version)
    decision = await sanctioning.sanction(db, moderator, post.id, warning)
    silence = Wish(act=Act.SILENCE, rule=2, reason="続いています。", version=post.version)
    await sanctioning.sanction(db, moderator, post.id, silence)
    number = await appeals.file(db, await actor(db, post.author_id), decision, WHY)
    assert await paths(db, judge) == [f"/appeals/{number}"]
    again = Wish(act=Act.REINSTATE, reason="話し合いました。", version=post.version)
    await sanctioning.sanction(db, moderator, post.id, again)
    assert await paths(db, judge) == []
    assert await misplaced(db) == []


async def test_an_appeal_against_a_mask_waits_until_it_is_lifted(db: Database) -> None:
    post, moderator = await a_post(db, body="私の番号は秘密です。"), await a_moderator(db)
    decision = await mask(db, moderator, post, "秘密")
    number = await appeals.file(db, await actor(db, post.author_id), decision, WHY)
    judge = await a_moderator(db)
    assert await paths(db, judge) == [f"/appeals/{number}"]
    await appeals.answer(db, judge, number, Answer(outcome="overturned", reason="公の番号です。"))
    assert await paths(db, judge) == []
    assert await misplaced(db) == []


async def test_a_request_waits_but_not_while_its_author_has_time_to_answer(db: Database, site: Site) -> None:
    _, number, author, moderator = await asked(db, site)
    _, other = await claimed(db, site)
    assert await paths(db, moderator) == [f"/rights-requests/{other}"]
    with clock.at(clock.now() + timedelta(days=9)):
        assert f"/rights-requests/{number}" in await paths(db, moderator)
        assert await paths(db, author) == []
        await rights.decide(
            db, moderator, number, Judgement(outcome=Step.REFUSED, reason="番地は書かれていません。")
        )
        assert await paths(db, moderator) == [f"/rights-requests/{other}"]
    assert await misplaced(db) == []


async def test_an_answer_of_the_author_brings_a_request_back_and_it_moves_with_its_topic(
    db: Database, site: Site
) -> None:
    post, number, author, moderator = await asked(db, site)
    await rights.reply(db, author, number, Reply(answer=Step.OBJECTED))
    there = await a_board(db)
    await steering.move(db, moderator, post.topic_id, there.id)
    [item] = await queue.page(db, moderator, View(), limit=9)
    assert (item.path, item.stage, item.board_name, item.pen_name) == (
        f"/rights-requests/{number}",
        "objected",
        there.name,
        "",
    )
    assert await misplaced(db) == []


async def test_one_walks_from_one_sort_to_the_next_and_others_see_who_looks(
    app: Starlette, db: Database, site: Site, client: httpx.AsyncClient, login: Login
) -> None:
    moderator, other = await a_moderator(db), await a_moderator(db)
    topic = await a_topic(db)
    held = await a_post(db, await a_newcomer(db), topic=topic, body="はじめまして。")
    _, request = await claimed(db, site)
    number, _, _ = await an_appeal(db)
    await login(client, moderator.id or 0)
    listed = text_of(parsed(await client.get("/queue")))
    for said in (
        "異議申立て 1",
        "権利侵害の申出 1",
        "「非公開」への異議",
        "書いた人には、まだたずねていない",
        WHY.body,
    ):
        assert said in listed
    walked = []
    here = f"/queue/{held.id}"
    for _ in range(3):
        page = await client.get(f"{here}/next")
        here = page.headers["location"].removesuffix("#main")
        assert "あなたが確認中です" in (await client.get(here)).text
        walked.append(here)
    assert walked == [f"/rights-requests/{request}", f"/appeals/{number}", f"/queue/{held.id}"]
    held_by = {item.path: item.holder for item in await queue.page(db, other, View(), limit=9)}
    assert {*held_by.values()} == {moderator.pen_name}
    assert (await client.get("/queue?kind=appeal")).text.count('id="item-') == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("update review_items set open = false where kind = 'appeal'", "appeal {appeal}: waits for a moderator"),
        ("delete from review_items where kind = 'request'", "rights request {request}: waits for a moderator"),
        ("update review_items set due_at = due_at + interval '1 year' where kind = 'request'",
            "rights request {request}: is in the queue as something else"),
        ("delete from rights_requests", "rights request {request}: is in the queue, and waits for nothing"),
    ],
)  # fmt: skip
async def test_an_item_that_does_not_match_is_found_and_named(
    db: Database, site: Site, change: str, said: str
) -> None:
    number, _, _ = await an_appeal(db)
    _, request = await claimed(db, site)
    await db.run("set local session_replication_role = replica")
    await db.run(change)
    named = said.format(appeal=number, request=request)
    assert any(line.startswith(named) for line in await misplaced(db))
