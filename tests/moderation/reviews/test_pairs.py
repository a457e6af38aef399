"""Boards that ask for two people: who may confirm what, what waits and what goes at once, and that log and queue say so."""

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import asyncpg
import httpx
import pytest

from forum import clock
from forum.access import Actor, Role
from forum.boards import actions as boards
from forum.boards.rules import Board
from forum.db import Database, connected
from forum.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from forum.posts.rules import Edit, Post
from forum.topics.actions import discussing
from moderation.appeals import actions as appeals
from moderation.appeals.rules import Answer as AppealAnswer
from moderation.appeals.rules import Filing
from moderation.reviews import actions, masking, pairs, sanctions
from moderation.reviews.actions import masking as masking_actions
from moderation.reviews.actions import proposing, sanctioning, seconding, switching, undoing
from moderation.reviews.acts import Act
from moderation.reviews.pairs import Answer, Done, Step, Switch
from moderation.reviews.queries import decisions, proposals, queue, reports
from moderation.reviews.rules import Kind, Verdict
from moderation.reviews.views import View
from tests.conftest import Login
from tests.factories import a_board, a_moderator, a_newcomer, a_post, a_topic, actor, an_account, the_post
from tests.moderation.appeals.test_appeals import mismatches
from tests.moderation.consultations.stories import TOKYO
from tests.moderation.reviews.test_actions import decide, report, told
from tests.pages import actions as actions_of
from tests.pages import parsed, text_of

# Of a rule that waits, and of one that does not (personal information).
WAITS, AT_ONCE = 4, 1


@dataclass(frozen=True)
class Desk:
    """A board that asks for two people, its topic, and two who judge there."""

    board: Board
    topic: Post
    first: Actor
    second: Actor


async def switch(db: Database, board: Board, asks: str = "yes") -> None:
    admin = await an_account(db, Role.ADMINISTRATOR)
    await switching.switch(db, admin, Switch(board=board.id, asks=asks, why="難しい話題だからです。"))


async def a_desk(db: Database) -> Desk:
    board = await a_board(db)
    first, second = await a_moderator(db), await a_moderator(db)
    await switch(db, board)
    return Desk(board, await a_topic(db, board=board), first, second)


@pytest.fixture(scope="module")
async def desk(ground: Database) -> Desk:
    return await a_desk(ground)


async def hide(db: Database, by: Actor, post: Post, rule: int = WAITS) -> Done:
    now = await the_post(db, post.id)
    return await proposing.decide(
        db, by, post.id, Verdict(act=Act.HIDE, rule=rule, reason="宣伝です。", version=now.version)
    )


async def propose(db: Database, by: Actor, post: Post, act: Act, rule: int = WAITS) -> Done:
    """Wants this of the post as it is now."""
    said: dict[str, Any] = {
        "act": act,
        "rule": rule,
        "reason": "理由です。",
        "version": (await the_post(db, post.id)).version,
    }
    if act is Act.MASK:
        return await proposing.mask(db, by, post.id, masking.Wish(**said, passages="電話"))
    if act in sanctions.SANCTIONS:
        return await proposing.sanction(db, by, post.id, sanctions.Wish(**said, days=7))
    return await proposing.decide(db, by, post.id, Verdict(**said))


async def the_proposal(db: Database, post: Post) -> proposals.Shown:
    return (await proposals.of_post(db, post.id))[0]


async def answer(db: Database, by: Actor, post: Post, step: Step, said: str = "") -> None:
    """Answers the newest proposal for the post as it is now."""
    proposal, now = await the_proposal(db, post), await the_post(db, post.id)
    await seconding.answer(db, by, post.id, proposal.id, Answer(step=step, answer=said, version=now.version))


async def a_post_in(db: Database, desk: Desk, state: str = "visible") -> Post:
    author = await (a_newcomer(db) if state == "held" else an_account(db))
    return await a_post(db, author, topic=desk.topic, body="電話は 090-1234-5678 です。")


# state, act, rule -> done at once?, what the post is then, and after somebody confirms, declines
#
#              what            rule      now        proposed    confirmed   declined
STATES = """
held           hide            4         waits      held        hidden      held
held           hide            1         waits      held        hidden      held
held           mask            1         waits      held        held        held
visible        hide            4         waits      visible     hidden      visible
visible        hide            1         at once    hidden      hidden      visible
visible        hide            11        at once    hidden      hidden      visible
visible        mask            1         at once    visible     visible     visible
visible        mask            4         waits      visible     visible     visible
visible        silence         1         waits      visible     visible     visible
visible        suspend         11        waits      visible     visible     visible
"""
ROWS = [line.replace("at once", "at_once").split() for line in STATES.strip().splitlines()]


@pytest.mark.parametrize("step", [Step.CONFIRM, Step.DECLINE, Step.WITHDRAW])
@pytest.mark.parametrize("row", ROWS, ids="-".join)
async def test_what_two_people_decide(db: Database, row: list[str], step: Step) -> None:
    state, act, rule, now, proposed, confirmed, declined = row
    desk = await a_desk(db)
    post = await a_post_in(db, desk, state)
    words = post.raw
    done = await propose(db, desk.first, post, Act(act), int(rule))
    assert done == {"waits": Done.PROPOSED, "at_once": Done.AT_ONCE}[now]
    assert (await the_post(db, post.id)).state == proposed
    assert await in_effect(db, post, act) == (now == "at_once")
    assert len(await decisions.of_post(db, post.id)) == (now == "at_once")
    assert await waits(db, desk.second, post)
    assert await mismatches(db) == []

    await answer(
        db,
        desk.first if step is Step.WITHDRAW else desk.second,
        post,
        step,
        "別の理由です。" if step is Step.DECLINE else "",
    )
    after = await the_post(db, post.id)
    assert after.state == (confirmed if step is Step.CONFIRM else declined)
    assert await in_effect(db, post, act) == (step is Step.CONFIRM)
    assert after.raw == words
    assert not await waits(db, desk.second, post)
    assert await mismatches(db) == []


async def in_effect(db: Database, post: Post, act: str) -> bool:
    now, author = await the_post(db, post.id), await actor(db, post.author_id)
    return {
        "hide": now.state == "hidden",
        "mask": now.masked is not None and "■" in now.masked,
        "silence": author.silenced_until is not None,
        "suspend": author.suspended,
    }[act]


async def waits(db: Database, moderator: Actor, post: Post) -> bool:
    found = await queue.page(db, moderator, View(kind=Kind.PROPOSED), limit=100)
    counted = (await queue.waiting(db, moderator)).counts[Kind.PROPOSED]
    assert counted == len(found)
    return post.id in {item.post_id for item in found}


@pytest.mark.parametrize("act", [Act.APPROVE, Act.RETURN, Act.DISMISS, Act.RESTORE, Act.WARN])
async def test_one_person_gives_back_asks_and_warns_alone(db: Database, act: Act, desk: Desk) -> None:
    post = await a_post_in(db, desk, "held" if act in (Act.APPROVE, Act.RETURN) else "visible")
    if act is Act.DISMISS:
        await report(db, post)
    if act is Act.RESTORE:
        await hide(db, desk.first, post)
        await answer(db, desk.second, post, Step.CONFIRM)
    if act is Act.WARN:
        assert await propose(db, desk.first, post, act) is Done.DECIDED
    else:
        await decide(db, desk.first, post, act)
    assert await mismatches(db) == []


#                       confirm   decline   withdraw
WHO = """
who proposed            no        no        yes
another moderator       yes       yes       no
moderator of the board  yes       yes       no
administrator           yes       yes       no
moderator elsewhere     no        no        no
the author              no        no        no
a resident              no        no        no
"""


async def people(db: Database, desk: Desk, author_id: int) -> dict[str, Actor]:
    here, elsewhere = await an_account(db), await an_account(db)
    await boards.give_role(db, desk.board.id, here.id or 0, "moderator")
    await boards.give_role(db, (await a_board(db)).id, elsewhere.id or 0, "moderator")
    return {
        "who proposed": desk.first,
        "another moderator": desk.second,
        "moderator of the board": await actor(db, here.id or 0),
        "administrator": await an_account(db, Role.ADMINISTRATOR),
        "moderator elsewhere": await actor(db, elsewhere.id or 0),
        # Who moderates, too.
        "the author": replace(await actor(db, author_id), role=Role.MODERATOR),
        "a resident": await an_account(db),
    }


@pytest.mark.parametrize("row", WHO.strip("\n").splitlines(), ids=lambda row: row[:23].strip())
async def test_who_may_answer_a_proposal(db: Database, row: str) -> None:
    who, allowed = row[:23].strip(), row[23:].split()
    desk = await a_desk(db)
    post = await a_post_in(db, desk)
    await hide(db, desk.first, post)
    person = (await people(db, desk, post.author_id))[who]
    for step, yes in zip((Step.WITHDRAW, Step.DECLINE, Step.CONFIRM), reversed(allowed), strict=True):
        if yes == "no":
            with pytest.raises(Forbidden):
                await answer(db, person, post, step, "理由です。")
        else:
            await answer(db, person, post, step, "理由です。")
            await hide(db, desk.first, post) if step is not Step.CONFIRM else None
    assert await mismatches(db) == []


@pytest.mark.parametrize("act", [Act.SILENCE, Act.SUSPEND])
async def test_who_may_not_keep_somebody_out_answers_no_proposal_of_it(
    db: Database, client: httpx.AsyncClient, login: Login, act: Act
) -> None:
    desk = await a_desk(db)
    post = await a_post_in(db, desk)
    await propose(db, desk.first, post, act)
    everybody = await people(db, desk, post.author_id)
    of_the_board, administrator = everybody["moderator of the board"], everybody["administrator"]
    for step in (Step.CONFIRM, Step.DECLINE):
        with pytest.raises(Forbidden, match="すべての会議室"):
            await answer(db, of_the_board, post, step, "理由です。")
    for person, offered in ((of_the_board, False), (administrator, True)):
        await login(client, person.id or 0)
        assert ('value="confirm"' in (await client.get(f"/queue/{post.id}")).text) == offered
    await answer(db, administrator, post, Step.CONFIRM)


async def test_nobody_decides_alone_past_the_rule(db: Database, desk: Desk) -> None:
    """Whichever door they take: the acts themselves refuse."""
    post = await a_post_in(db, desk)
    said: dict[str, Any] = {"rule": 1, "reason": "理由です。", "version": post.version}
    for by in (desk.first, await an_account(db, Role.ADMINISTRATOR)):
        with pytest.raises(Conflict, match="2人"):
            await actions.decide(db, by, post.id, Verdict(act=Act.HIDE, **said))
        with pytest.raises(Conflict, match="2人"):
            await masking_actions.decide(db, by, post.id, masking.Wish(act=Act.MASK, passages="電話", **said))
        with pytest.raises(Conflict, match="2人"):
            await sanctioning.sanction(db, by, post.id, sanctions.Wish(act=Act.SUSPEND, **said))
    assert await the_post(db, post.id) == post


async def test_other_boards_are_as_they_were(db: Database) -> None:
    await a_desk(db)
    post, judge = await a_post(db), await a_moderator(db)
    assert await hide(db, judge, post) is Done.DECIDED
    assert (await the_post(db, post.id)).state == "hidden"
    assert (await decisions.of_post(db, post.id))[0].proposer is None


async def test_one_line_of_the_log_names_both_and_the_author_hears_it_once(db: Database, desk: Desk) -> None:
    post = await a_post_in(db, desk)
    reporter = await report(db, post)
    await hide(db, desk.first, post)
    assert [notice.kind for notice in await told(db, post.author_id)] == []
    assert await told(db, reporter) == []
    await answer(db, desk.second, post, Step.CONFIRM)
    (line,) = await decisions.of_post(db, post.id)
    labels = {row["account_id"]: row["label"] for row in await db.rows("select * from moderator_labels")}
    assert (line.act, line.rule_number, line.reason) == ("hide", WAITS, "宣伝です。")
    assert (line.proposer, line.moderator) == (labels[desk.first.id], labels[desk.second.id])
    (notice,) = await told(db, post.author_id)
    assert (notice.params["act"], notice.params["part"]) == ("hide", "both")
    assert [notice.kind for notice in await told(db, reporter)] == ["report_settled"]


async def test_what_went_at_once_is_two_lines_and_two_notices(db: Database, desk: Desk) -> None:
    post = await a_post_in(db, desk)
    await hide(db, desk.first, post, AT_ONCE)
    (first,) = await decisions.of_post(db, post.id)
    assert (first.act, first.provisional, first.second) == ("hide", True, None)
    await answer(db, desk.second, post, Step.CONFIRM)
    second, first = await decisions.of_post(db, post.id)
    assert (second.act, second.confirms, second.proposer) == ("confirm", first.number, first.moderator)
    assert (first.second, first.ended_by) == ("confirmed", second.number)
    assert [notice.params["part"] for notice in await told(db, post.author_id)] == ["both", "first"]


async def test_what_the_second_does_not_confirm_is_undone_on_record(db: Database, desk: Desk) -> None:
    post = await a_post_in(db, desk)
    await hide(db, desk.first, post, AT_ONCE)
    with pytest.raises(Invalid):
        await answer(db, desk.second, post, Step.DECLINE)
    assert (await the_post(db, post.id)).state == "hidden"
    await answer(db, desk.second, post, Step.DECLINE, "市役所の番号です。")
    restored, first = await decisions.of_post(db, post.id)
    assert (restored.act, restored.reason, restored.confirms) == (
        "restore",
        "市役所の番号です。",
        first.number,
    )
    assert first.second == "declined"
    (notice,) = await told(db, desk.first)
    assert (notice.kind, notice.params["reason"]) == ("proposal_declined", "市役所の番号です。")


@pytest.mark.parametrize("act", [Act.HIDE, Act.MASK])
@pytest.mark.parametrize("step", [Step.DECLINE, Step.WITHDRAW])
async def test_reports_wait_again_when_what_had_answered_them_is_undone(
    db: Database, desk: Desk, act: Act, step: Step
) -> None:
    post = await a_post_in(db, desk)
    reporter = await report(db, post, rule=1)
    newest = (await reports.of_post(db, post.id))[0].id
    said: dict[str, Any] = {
        "rule": 1,
        "reason": "個人の情報です。",
        "version": post.version,
        "report": newest,
    }
    if act is Act.MASK:
        wish = masking.Wish(act=act, passages="090-1234-5678", **said)
        assert await proposing.mask(db, desk.first, post.id, wish) is Done.AT_ONCE
        again, other = await report(db, post, by=reporter, rule=2), await report(db, post)
        assert again == reporter
        waiting = {reporter.id, other.id}
    else:
        assert await proposing.decide(db, desk.first, post.id, Verdict(act=act, **said)) is Done.AT_ONCE
        waiting = {reporter.id}
    assert [notice.params["act"] for notice in await told(db, reporter)] == [act]
    by = desk.second if step is Step.DECLINE else desk.first
    await answer(db, by, post, step, "市役所の番号です。")
    assert {one.reporter_id for one in await reports.of_post(db, post.id) if one.open} == waiting
    assert [notice.params["act"] for notice in await told(db, reporter)] == [act]
    assert await mismatches(db) == []


async def test_a_declined_mask_takes_only_its_own_words_along(db: Database, desk: Desk) -> None:
    post = await a_post_in(db, desk)
    said: dict[str, Any] = {"act": Act.MASK, "rule": 1, "reason": "個人の情報です。"}
    wish = masking.Wish(**said, passages="090-1234-5678", version=post.version)
    await proposing.mask(db, desk.first, post.id, wish)
    await answer(db, desk.second, post, Step.CONFIRM)
    await propose(db, desk.first, post, Act.MASK, 1)
    await answer(db, desk.second, post, Step.DECLINE, "言葉は残します。")
    assert (await the_post(db, post.id)).shown == "電話は ■■■■■■■■■■■■■ です。"
    assert await mismatches(db) == []
    await propose(db, desk.first, post, Act.MASK, 1)
    lifted = {"act": Act.UNMASK, "reason": "市の番号です。", "version": (await the_post(db, post.id)).version}
    await proposing.mask(db, desk.first, post.id, masking.Wish(**lifted))
    assert (await the_post(db, post.id)).masked is None
    assert await mismatches(db) == []


async def test_a_proposal_is_stale_when_the_words_have_changed(db: Database, desk: Desk) -> None:
    post = await a_post_in(db, desk)
    await hide(db, desk.first, post)
    await propose(db, desk.first, post, Act.SILENCE)
    author = await actor(db, post.author_id)
    await discussing.edit(db, author, post.id, Edit(body="書き直しました。", version=post.version))
    for proposal in await proposals.of_post(db, post.id):
        given = Answer(step=Step.CONFIRM, version=(await the_post(db, post.id)).version)
        with pytest.raises(Conflict, match="もう一度提案"):
            await seconding.answer(db, desk.second, post.id, proposal.id, given)
    assert await hide(db, desk.second, post) is Done.PROPOSED
    assert (await the_proposal(db, post)).proposed_by == desk.second.id
    await answer(db, desk.first, post, Step.CONFIRM)
    assert (await the_post(db, post.id)).state == "hidden"
    assert await mismatches(db) == []


async def test_who_confirms_what_they_have_not_seen_is_refused(db: Database, desk: Desk) -> None:
    post = await a_post_in(db, desk)
    await hide(db, desk.first, post)
    proposal = await the_proposal(db, post)
    given = Answer(step=Step.CONFIRM, version=post.version - 1)
    with pytest.raises(Conflict):
        await seconding.answer(db, desk.second, post.id, proposal.id, given)
    with pytest.raises(NotFound):
        await seconding.answer(db, desk.second, desk.topic.id, proposal.id, given)


async def test_a_withdrawn_post_waits_for_nobody(db: Database, desk: Desk) -> None:
    post = await a_post_in(db, desk)
    await hide(db, desk.first, post)
    await discussing.withdraw(db, await actor(db, post.author_id), post.id)
    assert not await waits(db, desk.second, post)
    assert await proposals.of_moderator(db, desk.first.id or 0, 9) == []
    assert await mismatches(db) == []


async def test_hiding_and_silencing_wait_side_by_side(db: Database, desk: Desk) -> None:
    post = await a_post_in(db, desk)
    await hide(db, desk.first, post)
    await propose(db, desk.second, post, Act.SILENCE)
    assert await waits(db, desk.first, post)
    assert await waits(db, desk.second, post)
    await answer(db, desk.first, post, Step.CONFIRM)  # the newer one
    hidden = (await proposals.open_of_post(db, post.id))[0]
    given = Answer(step=Step.CONFIRM, version=post.version)
    await seconding.answer(db, desk.second, post.id, hidden.id, given)
    assert (await the_post(db, post.id)).state == "hidden"
    assert (await actor(db, post.author_id)).silenced_until is not None
    assert await mismatches(db) == []


async def test_whatever_else_is_decided_ends_a_proposal(db: Database, desk: Desk) -> None:
    post = await a_post_in(db, desk)
    await report(db, post)
    await hide(db, desk.first, post)
    with pytest.raises(Conflict, match="もう提案"):
        await hide(db, desk.second, post)
    await decide(db, desk.second, post, Act.DISMISS)
    proposal = await the_proposal(db, post)
    assert (proposal.outcome, proposal.ended_by) == ("overtaken", desk.second.id)
    with pytest.raises(Conflict, match="もう終わって"):
        await answer(db, desk.second, post, Step.CONFIRM)
    assert not await waits(db, desk.second, post)
    assert await mismatches(db) == []


async def test_a_slip_of_the_finger_is_taken_back(db: Database, desk: Desk) -> None:
    """By the first what went at once, by the second what they confirmed."""
    post = await a_post_in(db, desk)
    await hide(db, desk.first, post, AT_ONCE)
    await undoing.undo(db, desk.first)
    assert (await the_proposal(db, post)).outcome == "overtaken"
    await hide(db, desk.first, post)
    assert await undoing.undoable(db, desk.first) is None
    await answer(db, desk.second, post, Step.CONFIRM)
    await undoing.undo(db, desk.second)
    assert (await the_post(db, post.id)).state == "visible"
    assert await mismatches(db) == []


@pytest.mark.parametrize(("rule", "filed"), [(WAITS, "after"), (AT_ONCE, "after"), (AT_ONCE, "before")])
async def test_an_appeal_is_judged_by_a_third_person(db: Database, rule: int, filed: str, desk: Desk) -> None:
    """Filed before or after the second person has confirmed."""
    post = await a_post_in(db, desk)
    await hide(db, desk.first, post, rule)
    if filed == "after":
        await answer(db, desk.second, post, Step.CONFIRM)
    hidden = (await decisions.of_post(db, post.id))[-1]
    number = await appeals.file(db, await actor(db, post.author_id), hidden.id, Filing(body="でも。"))
    if filed == "before":
        await answer(db, desk.second, post, Step.CONFIRM)
    granted = AppealAnswer(outcome="overturned", reason="宣伝ではありません。")
    assert len(await queue.page(db, await a_moderator(db), View(kind=Kind.APPEAL), limit=9)) == 1
    for involved in (desk.first, desk.second):
        assert await queue.page(db, involved, View(kind=Kind.APPEAL), limit=9) == []
        with pytest.raises(Forbidden, match="加わった人"):
            await appeals.answer(db, involved, number, granted)
    await appeals.answer(db, await a_moderator(db), number, granted)
    assert (await the_post(db, post.id)).state == "visible"
    assert await mismatches(db) == []


async def test_an_appeal_answers_what_went_at_once_before_the_second_person_does(
    db: Database, desk: Desk
) -> None:
    post = await a_post_in(db, desk)
    await hide(db, desk.first, post, AT_ONCE)
    (hidden,) = await decisions.of_post(db, post.id)
    number = await appeals.file(db, await actor(db, post.author_id), hidden.id, Filing(body="でも。"))
    await appeals.answer(db, desk.second, number, AppealAnswer(outcome="upheld", reason="個人の番号です。"))
    assert (await the_proposal(db, post)).outcome == "overtaken"
    assert (await the_post(db, post.id)).state == "hidden"
    assert await mismatches(db) == []


async def test_a_proposal_is_due_as_soon_as_its_rule_is_grave(db: Database) -> None:
    desk, now = await a_desk(db), clock.now()
    with clock.at(now):
        grave, other = await a_post_in(db, desk), await a_post_in(db, desk)
        await hide(db, desk.first, other)
        await hide(db, desk.first, grave, AT_ONCE)
    found = await queue.page(db, desk.second, View(kind=Kind.PROPOSED), limit=9)
    assert [(item.post_id, item.due_at - now) for item in found] == [
        (grave.id, timedelta(hours=2)),
        (other.id, timedelta(hours=24)),
    ]
    assert found[0].proposers == [desk.first.pen_name]
    assert await queue.page(db, desk.first, View(), limit=9) == []
    assert len(await proposals.of_moderator(db, desk.first.id or 0, 9)) == 2


async def test_what_waits_when_the_rule_ends_can_still_be_confirmed(db: Database, desk: Desk) -> None:
    post, other = await a_post_in(db, desk), await a_post_in(db, desk)
    for one in (post, other):
        await hide(db, desk.first, one)
    await switch(db, desk.board, "no")
    await answer(db, desk.second, post, Step.CONFIRM)
    assert await hide(db, desk.first, other) is Done.DECIDED
    assert (await the_proposal(db, other)).outcome == "overtaken"
    assert await mismatches(db) == []


async def test_of_two_who_confirm_at_once_one_is_told_why_not(own_database: str) -> None:
    async with connected(own_database) as db:
        desk = await a_desk(db)
        post = await a_post_in(db, desk)
        await hide(db, desk.first, post)
        seconds = [await a_moderator(db) for _ in range(3)]
        outcomes = await asyncio.gather(
            *(answer(db, one, post, Step.CONFIRM) for one in seconds), return_exceptions=True
        )
        assert sum(isinstance(outcome, Refusal) for outcome in outcomes) == 2
        assert len(await decisions.of_post(db, post.id)) == 1
        assert await mismatches(db) == []


TAMPERED = {
    "update proposals set reason = 'x'": "proposal {proposal}: altered",
    "update proposals set places = array[array[1, 0, 1]]": "proposal {proposal}: altered",
    "update proposals set answer = 'x'": "proposal {proposal}: ended otherwise than its hash says",
    "update proposals set outcome = 'overtaken'": "names a proposer, and ends no proposal of theirs",
    "update proposals set proposed_by = ended_by, ended_by = proposed_by": "names a proposer, and ends no proposal",
    "delete from proposals": "names a proposer, and ends no proposal of theirs",
    "update decisions set proposed_by = null": "was made by one person on a board that asks for two",
    "update decisions set reason = 'x'": "says something else",
    "update pair_switches set asks = false": "switch {switch} of board",
    "update pair_switches set switched_at = switched_at - interval '1 day'": "switch {switch} of board",
}


@pytest.mark.parametrize("sql", TAMPERED)
async def test_tampering_is_found_and_named(db: Database, sql: str, desk: Desk) -> None:
    post = await a_post_in(db, desk)
    await hide(db, desk.first, post)
    await answer(db, desk.second, post, Step.CONFIRM)
    numbers = {
        "proposal": (await the_proposal(db, post)).id,
        "switch": await db.value("select max(id) from pair_switches"),
    }
    await db.run("set local session_replication_role = replica")
    await db.run(sql)
    found = await mismatches(db)
    assert any(TAMPERED[sql].format(**numbers) in line for line in found), found


async def test_a_line_written_past_the_rule_is_named(db: Database, desk: Desk) -> None:
    """By somebody with a console."""
    post = await a_post_in(db, desk)
    await hide(db, desk.first, post, AT_ONCE)
    await db.run("set local session_replication_role = replica")
    await db.run("delete from proposals")
    (line,) = await decisions.of_post(db, post.id)
    said = f"decision {line.id}: was made by one person on a board that asks for two"
    assert said in await mismatches(db)


async def test_what_was_proposed_and_switched_never_changes(db: Database, desk: Desk) -> None:
    post = await a_post_in(db, desk)
    await hide(db, desk.first, post)
    await answer(db, desk.second, post, Step.CONFIRM)
    for change in (
        "update proposals set reason = 'x'",
        "update proposals set outcome = 'withdrawn'",
        "delete from proposals",
        "truncate proposals",
        "update pair_switches set asks = false",
        "delete from pair_switches",
        "truncate pair_switches",
    ):
        with pytest.raises(asyncpg.PostgresError):
            async with db.transaction():
                await db.run(change)


async def test_the_second_person_confirms_in_the_browser(
    db: Database, client: httpx.AsyncClient, login: Login, desk: Desk
) -> None:
    post = await a_post_in(db, desk)
    address = f"/queue/{post.id}"
    await login(client, desk.first.id or 0)
    assert "非公開を提案する" in (await client.get(address)).text
    form = {"act": "hide", "rule": "4", "reason": "宣伝です。", "version": str(post.version)}
    said = await client.post(address, data=form, follow_redirects=True)
    assert "もう1人の担当者が確認すると" in said.text
    assert "あなたの提案" in said.text
    mine = await client.get(address)
    assert "提案を取り下げる" in mine.text
    assert "確認して実行する" not in mine.text
    (to,) = [there for there in actions_of(parsed(mine)) if "/proposals/" in there]
    assert (await client.post(to, data={"step": "confirm", "version": str(post.version)})).status_code == 403

    await login(client, desk.second.id or 0)
    listed = text_of(parsed(await client.get("/queue?kind=proposed")))
    assert f"{desk.first.pen_name}さんの提案：非公開" in listed
    theirs = await client.get(address)
    assert "非公開を提案する" not in theirs.text
    assert "宣伝です。" in theirs.text
    refused = await client.post(to, data={"step": "decline", "version": str(post.version)})
    assert (refused.status_code, "認めない理由を書いてください" in refused.text) == (422, True)
    done = await client.post(
        to, data={"step": "confirm", "version": str(post.version)}, follow_redirects=True
    )
    assert "2人目として確認しました" in done.text
    gone = await client.post(to, data={"step": "confirm", "version": str(post.version)})
    assert (gone.status_code, "もう終わっています" in gone.text) == (409, True)
    log = text_of(parsed(await client.get(f"/moderation/log?post={post.id}")))
    assert "2人で判断" in log
    assert "提案 " in log


async def test_the_button_says_in_english_what_it_does(
    db: Database, client: httpx.AsyncClient, login: Login, desk: Desk
) -> None:
    post = await a_post_in(db, desk)
    await hide(db, desk.first, post)
    await login(client, desk.second.id or 0)
    client.cookies.set("locale", "en")
    page = parsed(await client.get(f"/queue/{post.id}"))
    (button,) = [one for one in page.iter("button") if one.get("value") == "decline"]
    assert text_of(button).startswith("Decline")


async def test_many_are_proposed_with_one_reason(
    db: Database, client: httpx.AsyncClient, login: Login, desk: Desk
) -> None:
    waiting, grave = await a_post_in(db, desk), await a_post(db)
    for post in (waiting, grave):
        await report(db, post)
    await login(client, desk.first.id or 0)
    rows = await db.rows("select max(id) as id, post_id from reports group by post_id")
    newest = {row["post_id"]: row["id"] for row in rows}
    items = [f"{post.id}.{post.version}.{newest[post.id]}" for post in (waiting, grave)]
    form = {"act": "hide", "rule": "4", "reason": "宣伝です。", "items": items}
    done = text_of(parsed(await client.post("/queue/bulk", data=form)))
    assert "2人目の確認待ち" in done
    assert [(await the_post(db, post.id)).state for post in (waiting, grave)] == ["visible", "hidden"]
    again = text_of(parsed(await client.post("/queue/bulk", data=form)))
    assert "もう提案が出ています" in again
    assert await mismatches(db) == []


async def test_masks_and_sanctions_are_proposed_in_the_browser(
    db: Database, client: httpx.AsyncClient, login: Login, desk: Desk
) -> None:
    post = await a_post_in(db, desk)
    await login(client, desk.first.id or 0)
    said = {"rule": "1", "reason": "個人の番号です。", "version": str(post.version)}
    assert "先に伏せてから" in (await client.get(f"/queue/{post.id}/mask")).text
    masked = await client.post(
        f"/queue/{post.id}/mask",
        data={"act": "mask", "passages": "090-1234-5678", **said},
        follow_redirects=True,
    )
    assert "すぐに実行しました" in masked.text
    assert "090-1234-5678" not in masked.text
    assert "もう1人の担当者が確認して" in (await client.get(f"/queue/{post.id}/author")).text
    said["version"] = str((await the_post(db, post.id)).version)
    silenced = await client.post(
        f"/queue/{post.id}/author", data={"act": "silence", "days": "7", **said}, follow_redirects=True
    )
    assert "もう1人の担当者が確認すると" in silenced.text
    await login(client, desk.second.id or 0)
    shown = await client.get(f"/queue/{post.id}?kind=proposed")
    assert "090-1234-5678" not in shown.text
    ways = [there for there in actions_of(parsed(shown)) if "/proposals/" in there]
    assert [there.partition("?")[2] for there in ways] == ["kind=proposed"] * 2, (
        "one goes on in the same view"
    )
    for there in ways:
        refused = await client.post(there, data={"step": "decline", "version": said["version"]})
        own = f'id="proposal-{there.partition("?")[0].rpartition("/")[2]}"'
        (form,) = [part for part in refused.text.split("<form ") if "認めない理由を書いてください" in part]
        assert (refused.status_code, own in form) == (422, True), (
            "it stands at the proposal that was answered"
        )
    assert "7日" in shown.text
    assert "伏せる言葉" in shown.text


async def test_everybody_reads_which_boards_ask_and_administrators_switch(
    db: Database, client: httpx.AsyncClient, login: Login, desk: Desk
) -> None:
    page = await client.get("/moderation/pairs")
    assert "難しい話題だからです。" in page.text
    assert "決め方を変える" not in page.text
    form = {"board": str(desk.board.id), "asks": "no", "why": "落ち着いたからです。"}
    assert (await client.post("/moderation/pairs", data=form)).status_code == 403
    await login(client, (await an_account(db, Role.ADMINISTRATOR)).id or 0)
    assert (await client.post("/moderation/pairs", data={**form, "why": ""})).status_code == 422
    assert (await client.post("/moderation/pairs", data=form)).status_code == 303
    after = text_of(parsed(await client.get("/moderation/pairs")))
    assert "落ち着いたからです。" in after
    assert (await client.post("/moderation/pairs", data={**form, "board": "0"})).status_code == 404


async def test_overview_and_year_count_what_two_people_decided(
    db: Database, client: httpx.AsyncClient, login: Login, desk: Desk
) -> None:
    for step in (Step.CONFIRM, Step.CONFIRM, Step.DECLINE, None):
        post = await a_post_in(db, desk)
        await hide(db, desk.first, post)
        if step:
            await answer(db, desk.second, post, step, "理由です。")
    await login(client, desk.second.id or 0)
    overview = parsed(await client.get("/queue/overview"))
    rows = [[text_of(cell) for cell in row] for row in overview.iter("tr")]
    assert [desk.board.name, "1", "2", "", "1", "0"] in rows
    year = text_of(parsed(await client.get("/transparency")))
    assert "2人目が確認した提案2" in year
    assert "2人目が認めなかった提案1" in year
    this_year = clock.now().astimezone(TOKYO).year
    file = (await client.get(f"/transparency/{this_year}.csv")).text
    for outcome, n in (("confirmed", 2), ("declined", 1), ("open", 1)):
        assert f"proposals,,,,{outcome},{n}" in file


def test_every_step_and_outcome_has_a_name() -> None:
    assert set(pairs.OUTCOME_NAMES) == set(pairs.Outcome)
    assert set(pairs.STEP_DONE) == set(Step)
    assert set(pairs.PROPOSED_DONE) == {Done.PROPOSED, Done.AT_ONCE}
