"""Appeals from the notice to the outcome, on the database and over HTTP."""

import email
import email.policy
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import asyncpg
import httpx
import pytest

from forum import clock
from forum.access import Actor, Role
from forum.boards import actions as boards
from forum.boards.queries import end_of_day
from forum.commands.verify import CHECKS
from forum.db import Database, connected
from forum.errors import Conflict, Forbidden, Invalid
from forum.notifications.jobs import notification_mail
from forum.posts.rules import Edit, Post
from forum.topics import queries as topics
from forum.topics.actions import discussing
from moderation.appeals import actions, proofs, queries, web
from moderation.appeals.rules import Answer, Filing, Outcome
from moderation.reviews.acts import Act
from moderation.reviews.queries import decisions, queue, reports
from tests.conftest import Login
from tests.factories import (
    a_board,
    a_board_moderator,
    a_facilitator,
    a_moderator,
    a_newcomer,
    a_post,
    a_staff_member,
    a_topic,
    actor,
    an_account,
    the_post,
)
from tests.forum.topics import test_polls
from tests.forum.topics.test_transfers import transfer
from tests.moderation.reviews.test_actions import decide, report, told
from tests.moderation.reviews.test_keeping import keep
from tests.moderation.reviews.test_masking import mask
from tests.pages import actions as actions_of
from tests.pages import leaves, links, parsed, text_of

NOW = datetime(2026, 4, 1, 3, tzinfo=UTC)
WHY = Filing(body="宣伝ではなく、お祭りのお知らせです。")


async def contested(db: Database, act: Act) -> tuple[Post, int, Actor, Actor]:
    """A post after the act, the decision, who made it, and who may contest it."""
    moderator = await a_moderator(db)
    post = await a_post(db, await a_newcomer(db) if act is Act.RETURN else None)
    reporter = await report(db, post) if act is not Act.RETURN else None
    decision = await decide(db, moderator, post, act)
    assert reporter or act is Act.RETURN
    appellant = reporter if act is Act.DISMISS and reporter else await actor(db, post.author_id)
    return post, decision, moderator, appellant


async def judged(db: Database, act: Act, outcome: Outcome, by: Actor | None = None) -> tuple[Post, int]:
    """A post whose decision was contested and judged, and the answer."""
    post, decision, _, appellant = await contested(db, act)
    number = await actions.file(db, appellant, decision, WHY)
    given = Answer(outcome=outcome, rule=4 if act is Act.DISMISS else None, reason="見直しました。")
    answer = await actions.answer(db, by or await a_moderator(db), number, given)
    return await the_post(db, post.id), answer


async def mismatches(db: Database) -> list[str]:
    return [line for check in CHECKS async for line in check(db)]


OUTCOMES = [
    (Act.HIDE, Outcome.UPHELD, "hidden", Act.UPHOLD),
    (Act.HIDE, Outcome.PARTLY, "held", Act.RETURN),
    (Act.HIDE, Outcome.OVERTURNED, "visible", Act.RESTORE),
    (Act.RETURN, Outcome.UPHELD, "held", Act.UPHOLD),
    (Act.RETURN, Outcome.OVERTURNED, "visible", Act.APPROVE),
    (Act.DISMISS, Outcome.UPHELD, "visible", Act.UPHOLD),
    (Act.DISMISS, Outcome.OVERTURNED, "hidden", Act.HIDE),
]


@pytest.mark.parametrize(("act", "outcome", "state", "does"), OUTCOMES)
async def test_an_outcome_takes_effect_at_once_and_the_log_says_so(
    db: Database, act: Act, outcome: Outcome, state: str, does: Act
) -> None:
    post, answer = await judged(db, act, outcome)
    newest, first = await decisions.of_post(db, post.id)
    assert (post.state, newest.act, newest.id) == (state, does, answer)
    assert (newest.appeal_of, newest.answers, first.answered_by) == (first.id, first.number, newest.number)
    assert newest.reason == "見直しました。"
    assert post.number == (await the_post(db, post.id)).number
    assert await mismatches(db) == []


async def test_overturning_brings_a_post_back_as_it_was_and_its_reports_stay_answered(db: Database) -> None:
    topic = await a_topic(db)
    post, other = await a_post(db, topic=topic), await a_post(db, topic=topic)
    reporter = await report(db, post)
    before = await the_post(db, post.id)
    decision = await decide(db, await a_moderator(db), post, Act.HIDE)
    author = await actor(db, post.author_id)
    number = await actions.file(db, author, decision, WHY)
    await actions.answer(
        db, await a_moderator(db), number, Answer(outcome="overturned", reason="お知らせです。")
    )
    after = await the_post(db, post.id)
    for same in ("number", "state", "raw", "sha256"):
        assert getattr(after, same) == getattr(before, same)
    assert (await the_post(db, other.id)).number == post.number + 1
    assert [found.open for found in await reports.of_post(db, post.id)] == [False]
    assert [notice.kind for notice in await told(db, author)] == [
        "appeal_answered",
        "appeal_filed",
        "decided",
    ]
    assert [notice.kind for notice in await told(db, reporter)] == ["appeal_answered", "report_settled"]


async def test_whoever_started_a_topic_appeals_against_its_end_and_pinning_it_overtakes_nothing(
    db: Database,
) -> None:
    board = await a_board(db)
    author, keeper = await an_account(db), await a_facilitator(db, board)
    topic = await a_topic(db, author, board=board)
    decision = await keep(db, keeper, topic, Act.LOCK)
    (notice,) = await told(db, author)
    assert (notice.params["decision"], notice.params["role"]) == (decision, "facilitator")
    assert notice.params["appeal_until"]
    await keep(db, keeper, topic, Act.PIN)
    assert not (await told(db, author))[0].params["appeal_until"]
    number = await actions.file(db, author, decision, WHY)
    given = Answer(outcome="overturned", reason="話はまだ続いています。")
    for somebody in (keeper, await an_account(db)):
        with pytest.raises(Forbidden):
            await actions.answer(db, somebody, number, given)
    await actions.answer(db, await a_moderator(db), number, given)
    await a_post(db, await an_account(db), topic=topic)
    found = await topics.topic(db, topic.topic_id)
    assert found is not None
    assert (found.locked, found.pinned) == (False, True)
    assert await mismatches(db) == []


async def test_the_page_of_a_closed_topic_leads_its_author_to_the_appeal(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    author, moderator = await an_account(db), await a_moderator(db)
    topic = await a_topic(db, author)
    decision = await keep(db, moderator, topic, Act.LOCK)
    page, there = f"/topics/{topic.topic_id}", f"/appeals/new?topic={topic.topic_id}&act=lock"
    entrance = httpx.URL((await client.get(there)).headers["location"])
    assert (entrance.path, dict(entrance.params)) == ("/login", {"next": there})
    sent = await client.post(
        there, data={"body": "まだ続いています。"}, headers={"referer": f"http://room.test{there}"}
    )
    assert (sent.status_code, "まだ続いています。" in sent.text) == (403, True)
    assert f"/login?next={quote(there)}" in links(parsed(sent))
    for person, leads in ((await an_account(db), False), (author, True)):
        await login(client, person.id or 0)
        found = links(parsed(await client.get(page)))
        assert (there in found, f"/moderation/log?post={topic.id}" in found) == (leads, True)
        assert (await client.get(there)).status_code == (200 if leads else 404)
    for act in ("slow", "pin", "%00"):
        assert (await client.get(there.replace("lock", act))).status_code == 404
    assert f"/appeals/new?decision={decision}" in actions_of(parsed(await client.get(there)))


async def test_an_appeal_ends_when_the_topic_is_opened_again_meanwhile(db: Database) -> None:
    author, moderator = await an_account(db), await a_moderator(db)
    topic = await a_topic(db, author)
    decision = await keep(db, moderator, topic, Act.LOCK)
    number = await actions.file(db, author, decision, WHY)
    await keep(db, moderator, topic, Act.UNLOCK)
    with pytest.raises(Conflict):
        await actions.answer(db, await a_moderator(db), number, Answer(outcome="upheld", reason="x"))
    assert await mismatches(db) == []


async def test_whoever_judges_where_a_topic_is_now_moves_it_back_whence_it_came(db: Database) -> None:
    home, there, author = await a_board(db), await a_board(db), await an_account(db)
    topic = await a_topic(db, author, board=home)
    decision = await keep(db, await a_moderator(db), topic, Act.MOVE, board_id=there.id)
    number = await actions.file(db, author, decision, WHY)
    judge = await an_account(db)
    await boards.give_role(db, there.id, judge.id or 0, "moderator")
    judge = await actor(db, judge.id or 0)
    assert not judge.moderates(home.id)
    await actions.answer(db, judge, number, Answer(outcome="overturned", reason="元の会議室の話です。"))
    assert (await the_post(db, topic.id)).board_id == home.id
    assert await mismatches(db) == []


@pytest.mark.parametrize(
    ("act", "field", "back"),
    [
        (Act.LOCK, "locked", False),
        (Act.SLOW, "slow_minutes", None),
        (Act.MOVE, "board_id", None),
        (Act.HIDE_POLLS, "polls_hidden", False),
    ],
)
async def test_an_appeal_about_a_topic_leaves_that_into_which_it_was_merged(
    db: Database, act: Act, field: str, back: object
) -> None:
    home, there, author = await a_board(db), await a_board(db), await an_account(db)
    keeper, judge = await a_moderator(db), await a_moderator(db)
    topic, other = await a_topic(db, author, board=home), await a_topic(db, author, board=there)
    for one in (topic, other):
        await test_polls.opened(db, one, author)
    more = {Act.MOVE: {"board_id": there.id}, Act.HIDE_POLLS: {"rule": 2}}.get(act, {})
    decision = await keep(db, keeper, topic, act, **more)
    if act is not Act.MOVE:
        await keep(db, keeper, other, act, **more)
    number = await actions.file(db, author, decision, WHY)
    await transfer(db, keeper, topic.topic_id, "whole", [], to=str(other.topic_id))
    before = await topics.topic(db, other.topic_id)
    await actions.answer(db, judge, number, Answer(outcome="overturned", reason="話はまだ続いています。"))
    assert await topics.topic(db, other.topic_id) == before
    merged = await topics.topic(db, topic.topic_id)
    assert getattr(merged, field) == (home.id if act is Act.MOVE else back)
    assert await mismatches(db) == []


async def test_the_author_of_a_post_hidden_on_appeal_is_told_and_may_appeal_in_turn(db: Database) -> None:
    post, answer = await judged(db, Act.DISMISS, Outcome.OVERTURNED)
    author = await actor(db, post.author_id)
    notice = (await told(db, author))[0]
    assert (notice.kind, notice.params["decision"]) == ("decided", answer)
    assert notice.params["appeal_until"]
    number = await actions.file(db, author, answer, WHY)
    # Neither of the two who had a part in it.
    first, second = [await actor(db, found) for found in await _deciders(db, post)]
    for involved in (first, second):
        with pytest.raises(Forbidden):
            await actions.answer(db, involved, number, Answer(outcome="overturned", reason="x"))
    await actions.answer(db, await a_moderator(db), number, Answer(outcome="overturned", reason="はい。"))
    assert (await the_post(db, post.id)).state == "visible"
    assert await mismatches(db) == []


async def _deciders(db: Database, post: Post) -> list[int]:
    rows = await db.rows("select moderator_id from decisions where post_id = :id order by number", id=post.id)
    return [row["moderator_id"] for row in rows]


async def test_nobody_judges_an_appeal_against_their_own_decision_not_even_an_administrator(
    db: Database,
) -> None:
    administrator, post = await an_account(db, Role.ADMINISTRATOR), await a_post(db)
    decision = await decide(db, administrator, post, Act.HIDE)
    number = await actions.file(db, await actor(db, post.author_id), decision, WHY)
    with pytest.raises(Forbidden, match="加わった人"):
        await actions.answer(db, administrator, number, Answer(outcome="upheld", reason="x"))


async def test_granting_an_appeal_against_a_mask_lifts_what_that_decision_masked_and_no_more(
    db: Database,
) -> None:
    moderator, author = await a_moderator(db), await an_account(db)
    post = await a_post(db, author, body="電話は042-000-0000です。会長の山田さんへ。")
    await mask(db, moderator, post, "042-000-0000")
    decision = await mask(db, moderator, await the_post(db, post.id), "山田")
    number = await actions.file(db, author, decision, Filing(body="会長の名前は公表されています。"))
    given = Answer(outcome="overturned", reason="公人です。")
    await actions.answer(db, await a_moderator(db), number, given)
    shown = (await the_post(db, post.id)).shown
    assert "山田" in shown
    assert "042" not in shown
    assert await mismatches(db) == []


async def test_an_appeal_is_filed_once_and_judged_once(db: Database) -> None:
    _, decision, _, appellant = await contested(db, Act.HIDE)
    number = await actions.file(db, appellant, decision, WHY)
    with pytest.raises(Forbidden, match="一度だけ"):
        await actions.file(db, appellant, decision, WHY)
    judge = await a_moderator(db)
    await actions.answer(db, judge, number, Answer(outcome="upheld", reason="宣伝です。"))
    with pytest.raises(Conflict):
        await actions.answer(db, judge, number, Answer(outcome="overturned", reason="やはり。"))


async def test_an_appeal_ends_when_somebody_takes_the_decision_back(db: Database) -> None:
    post, decision, moderator, appellant = await contested(db, Act.HIDE)
    number = await actions.file(db, appellant, decision, WHY)
    assert [line.id for line in await queries.waiting(db, moderator, after=0, limit=9)] == [number]
    await decide(db, moderator, post, Act.RESTORE)
    assert await queries.waiting(db, moderator, after=0, limit=9) == []
    with pytest.raises(Conflict):
        await actions.answer(db, await a_moderator(db), number, Answer(outcome="upheld", reason="x"))


async def test_a_post_to_be_rewritten_after_an_appeal_waits_for_its_author_and_then_for_a_moderator(
    db: Database,
) -> None:
    post, _ = await judged(db, Act.HIDE, Outcome.PARTLY)
    assert post.returned_at is not None
    author = await actor(db, post.author_id)
    await discussing.edit(db, author, post.id, Edit(body="直しました。", version=post.version))
    await decide(db, await a_moderator(db), post, Act.APPROVE)
    assert (await the_post(db, post.id)).state == "visible"
    assert await mismatches(db) == []


async def test_hiding_on_appeal_needs_a_rule(db: Database) -> None:
    _, decision, _, reporter = await contested(db, Act.DISMISS)
    number = await actions.file(db, reporter, decision, WHY)
    with pytest.raises(Invalid) as refused:
        await actions.answer(db, await a_moderator(db), number, Answer(outcome="overturned", reason="x"))
    assert "rule" in refused.value.fields


async def test_too_late_is_too_late(db: Database) -> None:
    with clock.at(NOW):
        _, decision, _, appellant = await contested(db, Act.HIDE)
    with clock.at(NOW + timedelta(days=16)), pytest.raises(Forbidden, match="期限"):
        await actions.file(db, appellant, decision, WHY)


async def test_what_was_filed_never_changes(db: Database) -> None:
    _, decision, _, appellant = await contested(db, Act.HIDE)
    await actions.file(db, appellant, decision, WHY)
    for change in ("update appeals set body = 'x'", "delete from appeals", "truncate appeals cascade"):
        with pytest.raises(asyncpg.PostgresError):
            async with db.transaction():
                await db.run(change)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("update appeals set body = body || '。'", "altered"),
        ("update appeals set due_at = due_at + interval '1 day'", "altered"),
        ("update appeals set standing = 'reporter'", "altered"),
        ("delete from appeals", "which there is not"),
        ("update decisions set moderator_id = (select moderator_id from decisions where appeal_of is null) "
         "where appeal_of is not null", "which it judges"),
    ],
)  # fmt: skip
async def test_tampering_with_appeals_is_found_and_named(db: Database, change: str, said: str) -> None:
    await judged(db, Act.HIDE, Outcome.OVERTURNED)
    await db.run("set local session_replication_role = replica")
    await db.run(change)
    assert any(said in line for line in [line async for line in proofs.mismatches(db)])


async def test_the_notice_and_its_mail_say_how_to_appeal_and_until_when(
    db: Database, app: Any, client: httpx.AsyncClient, login: Login
) -> None:
    with clock.at(NOW):
        post, decision, _, appellant = await contested(db, Act.HIDE)
        (notice,) = await told(db, appellant)
        site = app.state.site
        await notification_mail(site, {"notification_id": notice.id})
    (mailed,) = (site.settings.var_dir / "mail").glob("*.eml")
    text = email.message_from_bytes(mailed.read_bytes(), policy=email.policy.default).get_content()
    for said in (
        "営利・宣伝",
        "（第1版）",
        "/rules/4?version=1",
        "宣伝です。",
        "審査の担当者",
        "2026年4月15日",
        f"/appeals/new?decision={decision}",
    ):
        assert said in text, text
    await login(client, appellant.id or 0)
    inbox = parsed(await client.get("/inbox"))
    assert any(link.endswith(f"/appeals/new?decision={decision}") for link in links(inbox))
    assert f"/appeals/new?post={post.id}" in links(parsed(await client.get(f"/topics/{post.topic_id}")))


async def test_a_resident_appeals_and_a_moderator_answers_in_the_browser(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    post, decision, moderator, author = await contested(db, Act.HIDE)
    await login(client, author.id or 0)
    form = await client.get(f"/appeals/new?post={post.id}")
    assert "異議を申し立てる" in form.text
    refused = await client.post(f"/appeals/new?decision={decision}", data={"body": ""})
    assert refused.status_code == 422
    filed = await client.post(f"/appeals/new?decision={decision}", data={"body": WHY.body})
    assert filed.status_code == 303
    address = filed.headers["location"]
    assert WHY.body in (await client.get(address)).text
    assert (await client.get(f"/appeals/new?decision={decision}")).headers["location"] == address
    # Who decided sees it and may not judge it.
    await login(client, moderator.id or 0)
    assert "もとの判断に加わった人" in (await client.get(address)).text
    answer = {"outcome": "overturned", "reason": "お知らせでした。"}
    assert (await client.post(address, data=answer)).status_code == 403
    judge = await a_moderator(db)
    await login(client, judge.id or 0)
    assert address in links(parsed(await client.get("/appeals")))
    assert (await client.post(address, data={"outcome": "overturned", "reason": ""})).status_code == 422
    assert (await client.post(address, data=answer)).headers["location"] == address
    assert "お知らせでした。" in (await client.get("/moderation/log")).text
    assert (await client.post(address, data=answer)).status_code == 409


async def test_appeals_of_others_are_nobodys_business(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    post, decision, _, author = await contested(db, Act.HIDE)
    number = await actions.file(db, author, decision, WHY)
    elsewhere = await a_board(db)
    stranger = await an_account(db)
    addresses = (f"/appeals/{number}", f"/appeals/new?decision={decision}", f"/appeals/new?post={post.id}")
    await login(client, stranger.id or 0)
    for address in addresses:
        assert (await client.get(address)).status_code == 404
    assert elsewhere.id
    assert WHY.body not in (await client.get("/appeals")).text
    client.cookies.clear()
    assert (await client.get(f"/appeals/{number}")).status_code == 404
    assert (await client.get("/appeals/new?decision=1")).status_code == 303


async def test_a_moderator_learns_nothing_of_an_appeal_of_somebody_who_reported_their_post(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    author, judge, reporter = await a_moderator(db), await a_moderator(db), await an_account(db)
    post = await a_post(db, author)
    await report(db, post, by=reporter)
    decision = await decide(db, await a_moderator(db), post, Act.DISMISS)
    number = await actions.file(db, reporter, decision, WHY)
    there = f"/appeals/{number}"
    for answered in (False, True):
        if answered:
            await actions.answer(db, judge, number, Answer(outcome="upheld", reason="きまりに反しません。"))
        for person, sees in ((author, False), (judge, True)):
            await login(client, person.id or 0)
            assert (await client.get(there)).status_code == (200 if sees else 404)
            assert (there in links(parsed(await client.get("/appeals")))) == sees


async def test_everybody_sees_how_many_decisions_were_overturned_by_rule(
    db: Database, client: httpx.AsyncClient
) -> None:
    await judged(db, Act.HIDE, Outcome.OVERTURNED)
    await judged(db, Act.HIDE, Outcome.UPHELD)
    (hidden,) = [line for line in await queries.figures(db, ["official"]) if line.act == "hide"]
    assert (hidden.rule_number, hidden.decisions, hidden.appeals) == (4, 2, 2)
    assert (hidden.upheld, hidden.partly, hidden.overturned) == (1, 0, 1)
    assert "4. 営利・宣伝" in text_of(parsed(await client.get("/appeals")))


async def test_an_opening_that_is_given_back_leaves_its_topic_and_the_replies_to_everybody(
    db: Database, client: httpx.AsyncClient
) -> None:
    opening = await a_topic(db, title="川の話")
    await a_post(db, topic=opening, body="みなさんの返信")
    moderator, author = await a_moderator(db), await actor(db, opening.author_id)
    number = await actions.file(db, author, await decide(db, moderator, opening, Act.HIDE), WHY)
    given = Answer(outcome=Outcome.PARTLY, reason="題を直してください。")
    await actions.answer(db, await a_moderator(db), number, given)
    page = await client.get(f"/topics/{opening.topic_id}")
    assert (page.status_code, "みなさんの返信" in page.text, "川の話" in page.text) == (200, True, False)
    assert await mismatches(db) == []
    now = await the_post(db, opening.id)
    await discussing.edit(db, author, opening.id, Edit(body="直しました。", version=now.version))
    await decide(db, moderator, opening, Act.APPROVE)
    assert "川の話" in (await client.get(f"/topics/{opening.topic_id}")).text
    assert await mismatches(db) == []


async def test_a_topic_that_moves_takes_its_appeals_along(db: Database) -> None:
    here, there = await a_board(db), await a_board(db)
    post, moderator = await a_topic(db, board=here), await a_moderator(db)
    number = await actions.file(
        db, await actor(db, post.author_id), await decide(db, moderator, post, Act.HIDE), WHY
    )
    before, after = [await a_board_moderator(db, board) for board in (here, there)]
    await keep(db, moderator, post, Act.MOVE, board_id=there.id)
    assert [(await queue.waiting(db, one)).number for one in (before, after)] == [0, 1]
    given = Answer(outcome=Outcome.UPHELD, reason="宣伝です。")
    with pytest.raises(Forbidden):
        await actions.answer(db, before, number, given)
    await actions.answer(db, after, number, given)


async def test_an_appeal_from_the_staff_room_is_judged_by_those_who_read_it(db: Database) -> None:
    room, administrator = await a_board(db, "staff"), await an_account(db, Role.ADMINISTRATOR)
    post = await a_topic(db, await a_staff_member(db), board=room)
    decision = await decide(db, administrator, post, Act.HIDE)
    number = await actions.file(db, await actor(db, post.author_id), decision, WHY)
    given = Answer(outcome=Outcome.UPHELD, reason="宣伝です。")
    with pytest.raises(Forbidden):
        await actions.answer(db, await a_moderator(db), number, given)
    await actions.answer(db, await an_account(db, Role.ADMINISTRATOR), number, given)


async def test_a_title_that_was_taken_back_is_on_no_page_about_an_appeal(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    opening = await a_topic(db, title="取り下げる題")
    post = await a_post(db, topic=opening)
    number = await actions.file(
        db, await actor(db, post.author_id), await decide(db, await a_moderator(db), post, Act.HIDE), WHY
    )
    await discussing.withdraw(db, await actor(db, opening.author_id), opening.id)
    await report(db, await a_post(db, topic=opening))
    for reader in (post.author_id, (await a_moderator(db)).id or 0):
        await login(client, reader)
        for address in (
            "/appeals",
            f"/appeals/{number}",
            f"/topics/{post.topic_id}",
            "/queue",
            f"/queue/{post.id}",
        ):
            assert "取り下げる題" not in (await client.get(address)).text, address


async def test_every_appeal_is_found_page_by_page(
    db: Database, client: httpx.AsyncClient, login: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "SHOWN", 2)
    author, moderator, judge = await an_account(db), await a_moderator(db), await a_moderator(db)
    filed = []
    for _ in range(6):
        decision = await decide(db, moderator, await a_post(db, author), Act.HIDE)
        filed.append(await actions.file(db, author, decision, WHY))
    for number in filed[::2]:
        await actions.answer(db, judge, number, Answer(outcome=Outcome.UPHELD, reason="見直しました。"))
    for person in (author, judge):
        await login(client, person.id or 0)
        pages = [leaf async for leaf in leaves(client, "/appeals")]
        found = [link for leaf in pages for link in links(leaf)]
        assert [found.count(f"/appeals/{number}") for number in filed] == [1] * len(filed)
    # One list goes on without the others.
    assert len(pages) == 3
    assert ["これまでの判断と異議" in text_of(leaf) for leaf in pages] == [True, False, False]


async def test_the_day_of_an_answer_ends_when_it_ends_in_the_town(db: Database) -> None:
    with clock.at(datetime(2026, 4, 1, 1, 30, tzinfo=UTC)):
        _post, decision, _, appellant = await contested(db, Act.HIDE)
        number = await actions.file(db, appellant, decision, WHY)
    appeal = await queries.appeal(db, number)
    assert appeal is not None
    assert appeal.due_at == datetime(2026, 4, 8, 15, tzinfo=UTC)
    (item,) = await db.rows("select due_at from review_items where appeal_id = :id", id=number)
    assert item["due_at"] == appeal.due_at


async def test_a_day_ends_in_the_zone_of_the_town(own_database: str) -> None:
    async with connected(own_database, "America/New_York") as db:
        midnight = await end_of_day(db, datetime(2026, 4, 1, 1, 30, tzinfo=UTC))
    assert midnight == datetime(2026, 4, 1, 4, tzinfo=UTC)
