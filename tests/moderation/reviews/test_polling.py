"""One poll of several: reported, hidden with a rule and a reason, contested by whoever asked it, and bound to the log."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from starlette.applications import Starlette

from forum.access import Actor, Role
from forum.commands.verify import every_mismatch
from forum.db import Database
from forum.errors import Conflict, Forbidden, Invalid, NotFound
from forum.topics.actions import discussing
from forum.topics.polling import Poll
from forum.topics.rules import Topic
from moderation.appeals import actions as appeals
from moderation.appeals.rules import Answer, Filing
from moderation.figures.queries import years
from moderation.records.queries import published
from moderation.reviews.actions import polling
from moderation.reviews.acts import Act
from moderation.reviews.polling import can_judge_poll, can_report_poll, judged_with
from moderation.reviews.queries import claims, reports
from moderation.reviews.rules import Complaint
from moderation.reviews.targets import Target
from tests.conftest import Login, visitor
from tests.factories import a_board, a_facilitator, a_moderator, a_post, a_topic, an_account
from tests.forum.topics import test_polls
from tests.forum.topics.test_transfers import transfer
from tests.moderation.consultations import stories
from tests.moderation.reviews.test_actions import decide, log_of, report, told
from tests.moderation.reviews.test_keeping import keep
from tests.moderation.reviews.test_masking import mask

NOW = datetime(2026, 4, 1, 12, 0, tzinfo=UTC)
TOPIC = Topic(1, 1, "midori", "official", 1, "野川", "visible", False, False, 1, 1, None, None)
POLL = Poll(1, 1, "どこに？", "single", ["駅前", "公園"], False, 5, NOW, NOW)
MODERATOR = Actor(id=2, role=Role.MODERATOR, confirmed=True)
RESIDENT = Actor(id=3, confirmed=True)
COMPLAINT = Complaint(rule=2, note="からかう質問です。")
# who, whether it is hidden -> may report it, may judge it
WHO = [
    (Actor(), False, False, False),
    (RESIDENT, False, True, False),
    (RESIDENT, True, False, False),
    (replace(RESIDENT, id=5), False, False, False),
    (Actor(id=4, confirmed=True, facilitates_boards=frozenset({1})), False, True, False),
    (MODERATOR, False, True, True),
    (MODERATOR, True, False, True),
    (replace(MODERATOR, id=5), True, False, False),
    (Actor(id=6, confirmed=True, moderates_boards=frozenset({2})), False, True, False),
]


@pytest.mark.parametrize(("who", "hidden", "reports", "judges"), WHO)
def test_who_may_report_and_judge_a_poll(who: Actor, hidden: bool, reports: bool, judges: bool) -> None:
    poll = replace(POLL, hidden=hidden)
    assert bool(can_report_poll(who, TOPIC, poll)) == reports
    assert bool(can_judge_poll(who, TOPIC, poll)) == judges
    assert bool(can_judge_poll(who, replace(TOPIC, state="hidden"), poll)) == judges
    assert not can_judge_poll(who, replace(TOPIC, state="withdrawn"), poll)


def test_what_is_hidden_is_shown_and_the_reverse() -> None:
    hidden = replace(POLL, id=2, hidden=True)
    assert judged_with(Act.HIDE_POLL, [POLL, hidden]) == [POLL]
    assert judged_with(Act.SHOW_POLL, [POLL, hidden]) == [hidden]


async def test_a_poll_is_reported_by_the_form_of_a_post(app: Starlette, db: Database, login: Login) -> None:
    author, reporter = await an_account(db), await an_account(db)
    opening = await a_topic(db, author)
    poll_id, other = await test_polls.opened(db, opening, author), await a_post(db, topic=opening)
    async with visitor(app) as client:
        await login(client, reporter.id or 0)
        assert f"/polls/{poll_id}/report" in (await client.get(f"/polls/{poll_id}")).text
        assert "駅前" in (await client.get(f"/polls/{poll_id}/report")).text
        form = {"rule": "2", "note": "からかう質問です。"}
        assert (await client.post(f"/polls/{poll_id}/report", data={"rule": "0"})).status_code == 422
        sent = await client.post(f"/polls/{poll_id}/report", data=form, follow_redirects=True)
        assert "通報を受け付けました" in sent.text
        assert "もう通報しています" in (await client.get(f"/polls/{poll_id}/report")).text
        assert (await client.post(f"/polls/{poll_id}/report", data=form)).status_code == 409
        # The words of the topic are another thing.
        assert (await client.post(f"/posts/{opening.id}/report", data=form)).status_code == 303
    async with visitor(app) as client:
        await login(client, (await a_moderator(db)).id or 0)
        item = (await client.get(f"/queue/{opening.id}")).text
        assert "投票への通報</span>" in (await client.get("/queue")).text
        assert "この投稿が見えなくなります" in item
        assert "この投稿が見えなくなります" not in (await client.get(f"/queue/{other.id}")).text
    assert "投票への通報" in item
    assert "ベンチはどこに？" in item
    with pytest.raises(Forbidden):
        await polling.report(db, author, poll_id, COMPLAINT)


async def test_what_was_asked_is_taken_back_with_the_topic(
    app: Starlette, db: Database, login: Login
) -> None:
    author, moderator = await an_account(db), await a_moderator(db)
    opening = await a_topic(db, author)
    reported = await test_polls.opened(db, opening, author)
    await polling.report(db, await an_account(db), reported, COMPLAINT)
    await test_polls.closed(db, reported)
    with test_polls.clock.at(test_polls.clock.now() + 2 * test_polls.WEEK):
        hidden = await test_polls.opened(db, opening, author)
    line = await keep(db, moderator, opening, Act.HIDE_POLL, poll_id=hidden, rule=2)
    appeal = await appeals.file(db, author, line, Filing(body="からかっていません。"))
    pages = [f"/queue/{opening.id}", f"/topics/{opening.topic_id}/keep", f"/appeals/{appeal}"]
    async with visitor(app) as client:
        await login(client, moderator.id or 0)
        assert all(["ベンチはどこに？" in (await client.get(place)).text for place in pages])
        await discussing.withdraw(db, author, opening.id)
        for place in pages:
            page = await client.get(place)
            assert (page.status_code, "ベンチはどこに？" in page.text) == (200, False), place


async def test_one_poll_is_hidden_and_its_reports_are_answered(
    app: Starlette, db: Database, login: Login
) -> None:
    author, moderator, reporter = await an_account(db), await a_moderator(db), await an_account(db)
    opening = await a_topic(db, author)
    topic_id = opening.topic_id
    bad = await test_polls.opened(db, opening, author)
    await test_polls.closed(db, bad)
    with test_polls.clock.at(test_polls.clock.now() + 2 * test_polls.WEEK):
        good = await test_polls.opened(db, opening, author)
    await polling.report(db, reporter, bad, COMPLAINT)
    with pytest.raises(Invalid):
        await keep(db, moderator, opening, Act.HIDE_POLL, poll_id=bad)
    with pytest.raises(Forbidden):
        await keep(
            db, await a_facilitator(db, await a_board(db)), opening, Act.HIDE_POLL, poll_id=bad, rule=2
        )
    async with visitor(app) as client:
        await login(client, moderator.id or 0)
        assert "この投票を非公開にする" in (await client.get(f"/topics/{topic_id}/keep")).text
        form = {"act": "hide_poll", "reason": "人をからかう質問です。", "rule": "2", "poll_id": str(bad)}
        assert (await client.post(f"/topics/{topic_id}/keep", data=form)).status_code == 303
        assert "公開をやめました" in (await client.get(f"/polls/{bad}")).text
        assert "非公開の投票を公開に戻す" in (await client.get(f"/topics/{topic_id}/keep")).text
    async with visitor(app) as client:
        assert [(await client.get(f"/polls/{one}")).status_code for one in (bad, good)] == [404, 200]
        assert f"/polls/{bad}" not in (await client.get(f"/topics/{topic_id}/polls")).text
        assert f"/polls/{good}" in (await client.get(f"/topics/{topic_id}")).text
        heard = await client.get(f"/live?channel=poll:{bad}&after=0")
        assert heard.json()[0]["type"] == "refused"
    assert await published.polls(db) == []
    (line,) = await log_of(db, opening)
    assert (line.act, line.rule_number) == ("hide_poll", 2)
    assert not any(report.open for report in await reports.of_post(db, opening.id))
    assert await claims.locked(db, Target.POST, opening.id) is None
    (to_reporter,) = await told(db, reporter)
    assert (to_reporter.kind, to_reporter.params["poll"]) == ("report_settled", True)
    with pytest.raises(Conflict):
        await keep(db, moderator, opening, Act.HIDE_POLL, poll_id=bad, rule=2)
    await keep(db, moderator, opening, Act.SHOW_POLL, shown_id=bad)
    assert len(await published.polls(db)) == 1
    assert [line async for line in every_mismatch(db, stories.SEAL)] == []


async def test_nobody_answers_a_hidden_poll_or_hears_its_counts(db: Database) -> None:
    author, moderator = await an_account(db), await a_moderator(db)
    opening = await a_topic(db, author)
    poll_id = await test_polls.opened(db, opening, author, live=True)
    await keep(db, moderator, opening, Act.HIDE_POLL, poll_id=poll_id, rule=2)
    for person in (await an_account(db), author, moderator):
        with pytest.raises((NotFound, Forbidden)):
            await test_polls.choose(db, poll_id, 1, by=person)
    with pytest.raises(NotFound):
        await polling.report(db, await an_account(db), poll_id + 1, COMPLAINT)
    with pytest.raises(Forbidden):
        await polling.report(db, await an_account(db), poll_id, COMPLAINT)


async def test_whoever_asked_contests_it_and_each_poll_is_judged_by_itself(db: Database) -> None:
    """What hid another poll of the topic overtakes nothing."""
    board, author = await a_board(db), await an_account(db)
    opening, asker = await a_topic(db, author, board=board), await a_facilitator(db, board)
    moderator = await a_moderator(db)
    first = await test_polls.opened(db, opening, asker)
    await test_polls.closed(db, first)
    with test_polls.clock.at(test_polls.clock.now() + 2 * test_polls.WEEK):
        second = await test_polls.opened(db, opening, author)
    decision = await keep(db, moderator, opening, Act.HIDE_POLL, poll_id=first, rule=2)
    await keep(db, moderator, opening, Act.HIDE_POLL, poll_id=second, rule=2)
    assert [note.params["appeal_until"] is not None for note in await told(db, author)] == [True, False]
    assert [note.params["appeal_until"] is not None for note in await told(db, asker)] == [True]
    with pytest.raises(Forbidden):
        await appeals.file(db, author, decision, Filing(body="ふつうの質問です。"))
    number = await appeals.file(db, asker, decision, Filing(body="ふつうの質問です。"))
    given = Answer(outcome="overturned", reason="からかう質問ではありません。")
    assert await claims.locked(db, Target.APPEAL, number) is not None
    await appeals.answer(db, await a_moderator(db), number, given)
    shown = {poll.id: not poll.hidden for poll in await test_polls.polls.of_topic(db, opening.topic_id)}
    assert shown == {first: True, second: False}
    assert [line.act for line in await log_of(db, opening)] == ["show_poll", "hide_poll", "hide_poll"]
    assert [line async for line in every_mismatch(db, stories.SEAL)] == []


async def test_an_appeal_is_over_when_the_poll_is_shown_again(db: Database) -> None:
    author, moderator = await an_account(db), await a_moderator(db)
    opening = await a_topic(db, author)
    poll_id = await test_polls.opened(db, opening, author)
    decision = await keep(db, moderator, opening, Act.HIDE_POLL, poll_id=poll_id, rule=2)
    number = await appeals.file(db, author, decision, Filing(body="ふつうの質問です。"))
    await keep(db, moderator, opening, Act.SHOW_POLL, shown_id=poll_id)
    assert await claims.locked(db, Target.APPEAL, number) is None
    with pytest.raises(Conflict):
        await appeals.answer(db, await a_moderator(db), number, Answer(outcome="overturned", reason="はい。"))
    assert [line async for line in every_mismatch(db, stories.SEAL)] == []


async def test_a_dismissed_report_of_a_poll_cannot_hide_the_topic(db: Database) -> None:
    author, reporter = await an_account(db), await an_account(db)
    opening = await a_topic(db, author)
    poll_id = await test_polls.opened(db, opening, author)
    await polling.report(db, reporter, poll_id, COMPLAINT)
    decision = await decide(db, await a_moderator(db), opening, Act.DISMISS)
    (note,) = await told(db, reporter)
    assert note.params["appeal_until"] is None
    with pytest.raises(Forbidden):
        await appeals.file(db, reporter, decision, Filing(body="まだ問題です。"))


async def test_who_reports_a_post_and_its_poll_is_one_person(db: Database) -> None:
    author, reporter = await an_account(db), await an_account(db)
    earlier, opening = await a_post(db), await a_topic(db, author)
    await report(db, earlier, by=reporter)
    await decide(db, await a_moderator(db), earlier, Act.HIDE)
    poll_id = await test_polls.opened(db, opening, author)
    await report(db, opening, by=reporter, rule=2)
    alone = await claims.locked(db, Target.POST, opening.id)
    await polling.report(db, reporter, poll_id, COMPLAINT)
    twice = await claims.locked(db, Target.POST, opening.id)
    (record,) = (await reports.records(db, [opening.id]))[opening.id]
    assert (record.settled, record.confirmed, record.of_poll) == (1, 1, True)
    await polling.report(db, await an_account(db), poll_id, COMPLAINT)
    by_two = await claims.locked(db, Target.POST, opening.id)
    assert alone is not None
    assert twice is not None
    assert by_two is not None
    assert [item.reporters for item in (alone, twice, by_two)] == [1, 1, 2]
    assert alone.due_at == twice.due_at > by_two.due_at
    assert [line async for line in every_mismatch(db, stories.SEAL)] == []


async def test_whoever_asked_a_poll_neither_reads_nor_answers_its_reports(
    app: Starlette, db: Database, login: Login
) -> None:
    asker, other, reporter = await a_moderator(db), await a_moderator(db), await an_account(db)
    opening = await a_topic(db)
    poll_id = await test_polls.opened(db, opening, asker)
    await polling.report(db, reporter, poll_id, COMPLAINT)
    async with visitor(app) as client:
        for person, sees in ((asker, False), (other, True)):
            await login(client, person.id or 0)
            page = (await client.get(f"/queue/{opening.id}")).text
            assert (COMPLAINT.note in page, reporter.pen_name in page) == (sees, sees)
            assert (f'id="item-{opening.id}"' in (await client.get("/queue")).text) == sees
    with pytest.raises(Conflict):
        await decide(db, asker, opening, Act.DISMISS)
    await report(db, opening)
    async with visitor(app) as client:
        await login(client, asker.id or 0)
        page = (await client.get(f"/queue/{opening.id}")).text
        assert (COMPLAINT.note in page, reporter.pen_name in page) == (False, False)
    await decide(db, asker, opening, Act.DISMISS)
    assert [one.poll_id for one in await reports.of_post(db, opening.id) if one.open] == [poll_id]
    assert await told(db, reporter) == []
    assert [line async for line in every_mismatch(db, stories.SEAL)] == []
    await decide(db, other, opening, Act.DISMISS)
    assert await claims.locked(db, Target.POST, opening.id) is None
    assert [line async for line in every_mismatch(db, stories.SEAL)] == []


async def test_a_poll_of_a_topic_that_was_merged_is_judged_as_before(
    app: Starlette, db: Database, login: Login
) -> None:
    author, moderator, board = await an_account(db), await a_moderator(db), await a_board(db)
    opening, there = await a_topic(db, author, board=board), await a_topic(db, board=board)
    poll_id = await test_polls.opened(db, opening, author)
    await transfer(db, moderator, opening.topic_id, "whole", [], to=str(there.topic_id))
    await polling.report(db, await an_account(db), poll_id, COMPLAINT)
    async with visitor(app) as client:
        await login(client, moderator.id or 0)
        page = (await client.get(f"/topics/{opening.topic_id}/keep")).text
        assert "この投票を非公開にする" in page
        assert 'value="lock"' not in page
        assert f'href="/topics/{opening.topic_id}/keep"' in (await client.get(f"/queue/{opening.id}")).text
        form = {"act": "hide_poll", "reason": "人をからかう質問です。", "rule": "2", "poll_id": str(poll_id)}
        assert (await client.post(f"/topics/{opening.topic_id}/keep", data=form)).status_code == 303
        assert f"/topics/{opening.topic_id}/keep" in (await client.get(f"/polls/{poll_id}")).text
    async with visitor(app) as client:
        assert (await client.get(f"/polls/{poll_id}")).status_code == 404
    assert not any(one.open for one in await reports.of_post(db, opening.id))
    assert [line async for line in every_mismatch(db, stories.SEAL)] == []


async def test_a_mask_answers_no_report_of_a_poll(db: Database) -> None:
    author, reporter = await an_account(db), await an_account(db)
    opening = await a_topic(db, author, body="電話は042-387-9999です。")
    poll_id = await test_polls.opened(db, opening, author)
    await polling.report(db, reporter, poll_id, COMPLAINT)
    await report(db, opening)
    await mask(db, await a_moderator(db), opening, "042-387-9999")
    assert [one.poll_id for one in await reports.of_post(db, opening.id) if one.open] == [poll_id]
    assert await told(db, reporter) == []


async def test_whoever_reported_a_poll_hears_that_it_is_shown_again(db: Database) -> None:
    author, reporter = await an_account(db), await an_account(db)
    opening = await a_topic(db, author)
    poll_id = await test_polls.opened(db, opening, author)
    await polling.report(db, reporter, poll_id, COMPLAINT)
    decision = await keep(db, await a_moderator(db), opening, Act.HIDE_POLL, poll_id=poll_id, rule=2)
    number = await appeals.file(db, author, decision, Filing(body="ふつうの質問です。"))
    given = Answer(outcome="overturned", reason="からかう質問ではありません。")
    await appeals.answer(db, await a_moderator(db), number, given)
    assert [note.kind for note in await told(db, reporter)] == ["appeal_answered", "report_settled"]
    now = test_polls.clock.now()
    counted = await years.reported(db, now - test_polls.WEEK, now + test_polls.WEEK)
    assert [(one.outcome, one.reports) for one in counted] == [("hidden", 1)]


async def test_hiding_all_polls_answers_the_reports_of_each(db: Database) -> None:
    author, reporter = await an_account(db), await an_account(db)
    opening = await a_topic(db, author)
    await polling.report(db, reporter, await test_polls.opened(db, opening, author), COMPLAINT)
    await keep(db, await a_moderator(db), opening, Act.HIDE_POLLS, rule=2)
    assert [note.kind for note in await told(db, reporter)] == ["report_settled"]
