"""Whoever is refused because somebody else was first reads why, and gets back what they typed, also where no form is left."""

import httpx
import pytest
from starlette.applications import Starlette

from forum.access import Actor
from forum.db import Database
from forum.topics.actions import discussing
from moderation.appeals import actions as appeals
from moderation.appeals.rules import Answer, Filing
from moderation.reviews.actions import seconding
from moderation.reviews.acts import Act
from moderation.reviews.pairs import Answer as Seconded
from moderation.reviews.pairs import Step
from moderation.reviews.queries import proposals
from moderation.rights import actions as rights
from moderation.rights.rules import Judgement
from tests.conftest import Login
from tests.factories import a_board, a_board_moderator, a_moderator, a_post, a_topic, actor
from tests.moderation.reviews.test_actions import decide
from tests.moderation.reviews.test_masking import mask
from tests.moderation.reviews.test_pairs import a_desk, hide
from tests.moderation.reviews.test_sanctions import sanctioned
from tests.moderation.rights.test_requests import claimed

TYPED = "ゆっくり書いた理由です。"


@pytest.fixture
async def judge(client: httpx.AsyncClient, db: Database, login: Login) -> Actor:
    found = await a_moderator(db)
    await login(client, found.id or 0)
    return found


async def refused(client: httpx.AsyncClient, address: str, why: str, **form: str) -> None:
    answer = await client.post(address, data={"reason": TYPED, "rule": "4", **form})
    assert answer.status_code == 409
    assert why in answer.text
    assert TYPED in answer.text


async def test_a_decision_where_another_was_proposed_first(
    client: httpx.AsyncClient, db: Database, judge: Actor
) -> None:
    desk = await a_desk(db)
    post = await a_post(db, topic=desk.topic)
    await hide(db, desk.first, post)
    await refused(client, f"/queue/{post.id}", "もう提案が出ています", act="hide", version=str(post.version))


async def test_an_answer_to_a_proposal_that_is_over(
    client: httpx.AsyncClient, db: Database, judge: Actor
) -> None:
    desk = await a_desk(db)
    post = await a_post(db, topic=desk.topic)
    await hide(db, desk.first, post)
    (waiting,) = await proposals.of_post(db, post.id)
    given = Seconded(step=Step.WITHDRAW, version=post.version)
    await seconding.answer(db, desk.first, post.id, waiting.id, given)
    there = f"/queue/{post.id}/proposals/{waiting.id}"
    await refused(
        client,
        there,
        "もう終わっています",
        step="decline",
        reason="",
        answer=TYPED,
        version=str(post.version),
    )


async def test_a_decision_on_a_post_that_its_author_took_back(
    client: httpx.AsyncClient, db: Database, judge: Actor
) -> None:
    post = await a_post(db)
    await discussing.withdraw(db, await actor(db, post.author_id), post.id)
    await refused(
        client, f"/queue/{post.id}", "この投稿は変わりました", act="hide", version=str(post.version)
    )


async def test_a_warning_for_who_was_suspended_meanwhile(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    board = await a_board(db)
    post = await a_post(db, topic=await a_topic(db, board=board))
    await login(client, (await a_board_moderator(db, board)).id or 0)
    await sanctioned(db, Act.SUSPEND, post=post)
    there = f"/queue/{post.id}/author"
    await refused(client, there, "もう変わっています", act="warn", version=str(post.version))


async def test_an_appeal_that_somebody_else_has_answered(
    client: httpx.AsyncClient, db: Database, judge: Actor
) -> None:
    post = await a_post(db)
    decision = await decide(db, await a_moderator(db), post, Act.HIDE)
    number = await appeals.file(db, await actor(db, post.author_id), decision, Filing(body="違います。"))
    await appeals.answer(db, await a_moderator(db), number, Answer(outcome="upheld", reason="同じです。"))
    await refused(client, f"/appeals/{number}", "もう終わっています", outcome="upheld")


async def test_a_rights_request_that_somebody_else_has_decided(
    client: httpx.AsyncClient, app: Starlette, db: Database, judge: Actor
) -> None:
    _post, number = await claimed(db, app.state.site)
    given = Judgement(outcome="refused", reason="根拠がありません。")
    await rights.decide(db, await a_moderator(db), number, given)
    there = f"/rights-requests/{number}/decision"
    await refused(client, there, "もう次の段階に進んでいます", outcome="refused")


@pytest.mark.parametrize("act", ["mask", "unmask"])
async def test_a_mask_on_a_post_that_changed(
    client: httpx.AsyncClient, db: Database, judge: Actor, act: str
) -> None:
    post = await a_post(db, body="電話は下にあります。")
    await mask(db, judge, post, "電話")
    await mask(db, judge, post, act=Act.UNMASK)
    if act == "mask":
        await discussing.withdraw(db, await actor(db, post.author_id), post.id)
    there = f"/queue/{post.id}/mask"
    await refused(
        client, there, "この投稿は変わりました", act=act, passages="電話", version=str(post.version)
    )
