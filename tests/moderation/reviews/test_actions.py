"""Reporting and deciding, on the database and through the real rules."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from forum import clock
from forum.access import Actor, Role
from forum.boards import actions as boards
from forum.boards.rules import Board
from forum.db import Database, connected
from forum.errors import Conflict, Forbidden, Invalid, NotFound
from forum.notifications import queries as notifications
from forum.notifications.queries import Notification
from forum.posts.proofs import mismatches as mismatched_words
from forum.posts.queries import revisions
from forum.posts.rules import Edit, Post
from forum.topics import queries as topics
from forum.topics.actions import discussing
from moderation.reviews import actions, proofs
from moderation.reviews.acts import Act
from moderation.reviews.queries import decisions, log, queue, reports
from moderation.reviews.rules import Complaint, Kind, Verdict
from moderation.reviews.views import View
from tests.factories import (
    a_board,
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
from tests.life.transitions import ACTS, LEADS_TO

EVERYTHING = ["official", "community", "staff"]
WORDS = {Act.HIDE: {"rule": 4, "reason": "宣伝です。"}, Act.RETURN: {"reason": "番号を消してください。"}}
WORDS[Act.RESTORE] = {"reason": "宣伝ではありませんでした。"}


async def decide(db: Database, by: Actor, post: Post, act: Act, **words: Any) -> int:
    """Decides on the post as it is now, with words that suffice."""
    now = await the_post(db, post.id)
    newest = max((report.id for report in await reports.of_post(db, post.id)), default=0)
    verdict = {"version": now.version, "report": newest, **WORDS.get(act, {}), **words}
    return await actions.decide(db, by, post.id, Verdict(act=act, **verdict))


async def report(db: Database, post: Post, by: Actor | None = None, rule: int | None = 4) -> Actor:
    by = by or await an_account(db)
    await actions.report(db, by, post.id, Complaint(rule=rule, note="見てください。"))
    return by


async def log_of(db: Database, post: Post) -> list[decisions.Decision]:
    return await decisions.of_post(db, post.id)


async def told(db: Database, person: Actor | int) -> list[Notification]:
    account_id = person if isinstance(person, int) else person.id
    assert account_id is not None
    return await notifications.page_of_account(db, account_id, before=2**62, limit=50)


async def a_post_that_is(db: Database, state: str) -> Post:
    """held, returned, visible, reported, hidden, withdrawn, or withdrawn and reported."""
    post = await a_post(db, await a_newcomer(db) if state in ("held", "returned") else None)
    if state in ("reported", "withdrawn and reported"):
        await report(db, post)
    if state in ("hidden", "returned"):
        await decide(db, await a_moderator(db), post, Act.HIDE if state == "hidden" else Act.RETURN)
    if state.startswith("withdrawn"):
        await discussing.withdraw(db, await actor(db, post.author_id), post.id)
    return await the_post(db, post.id)


SITUATIONS = (
    *("held", "returned", "visible", "reported", "hidden", "withdrawn"),
    "withdrawn and reported",
)
# What each act leads to; `-` is refused.
TRANSITIONS = [(before, act, LEADS_TO.get((before, act), "-")) for before in SITUATIONS for act in ACTS]


@pytest.mark.parametrize(("before", "act", "after"), TRANSITIONS)
async def test_every_act_on_every_state(db: Database, before: str, act: Act, after: str) -> None:
    post, moderator = await a_post_that_is(db, before), await a_moderator(db)
    logged = len(await log_of(db, post))
    if after == "-":
        with pytest.raises(Conflict):
            await decide(db, moderator, post, act)
        assert await the_post(db, post.id) == post
        assert len(await log_of(db, post)) == logged
    else:
        await decide(db, moderator, post, act)
        now = await the_post(db, post.id)
        assert (now.state, now.version) == (after.replace("returned", "held"), post.version + 1)
        assert [decision.act for decision in await log_of(db, post)][: -logged or None] == [act]
    assert [line async for line in proofs.mismatches(db)] == []
    assert [line async for line in mismatched_words(db)] == []


async def test_whoever_was_told_that_a_post_is_hidden_hears_that_it_is_shown_again(db: Database) -> None:
    post, moderator = await a_post(db), await a_moderator(db)
    dismissed = await report(db, post)
    await decide(db, moderator, post, Act.DISMISS)
    reporter = await report(db, post)
    await decide(db, moderator, post, Act.HIDE)
    await decide(db, await a_moderator(db), post, Act.RESTORE)
    back, away = await told(db, reporter)
    assert (back.kind, back.params["act"], back.params["reason"]) == (
        "report_settled", "restore", WORDS[Act.RESTORE]["reason"],
    )  # fmt: skip
    assert back.params["appeal_until"] is None
    assert away.params["act"] == "hide"
    assert len(await told(db, dismissed)) == 1
    assert [line async for line in proofs.mismatches(db)] == []


async def test_a_report_is_confirmed_while_its_post_is_hidden(db: Database) -> None:
    moderator, waiting = await a_moderator(db), await a_post(db)
    reporter = await report(db, waiting)
    stays, comes_back = await a_post(db), await a_post(db)
    for post in (stays, comes_back):
        await report(db, post, by=reporter)
        await decide(db, moderator, post, Act.HIDE)
    await decide(db, moderator, comes_back, Act.RESTORE)
    ((record,),) = (await reports.records(db, [waiting.id])).values()
    assert (record.settled, record.confirmed) == (2, 1)


@pytest.mark.parametrize(("before", "act", "after"), TRANSITIONS)
async def test_no_decision_changes_a_word(db: Database, before: str, act: Act, after: str) -> None:
    post = await a_post_that_is(db, before)
    history = await revisions.of_post(db, post.id)
    if after != "-":
        await decide(db, await a_moderator(db), post, act)
    assert await revisions.of_post(db, post.id) == history
    assert (await the_post(db, post.id)).raw == post.raw


async def test_a_decision_says_what_was_judged_by_whom_and_under_which_rule(db: Database) -> None:
    post, moderator = await a_post(db), await a_moderator(db)
    moment = clock.now()
    with clock.at(moment):
        await decide(db, moderator, post, Act.HIDE, rule=4, reason="宣伝です。")
    (decision,) = await log_of(db, post)
    assert (decision.act, decision.rule_number, decision.rule_version) == ("hide", 4, 1)
    assert (decision.reason, decision.role, decision.decided_at) == ("宣伝です。", "moderator", moment)
    assert decision.text_sha256 == post.sha256
    assert decision.moderator not in (moderator.pen_name, moderator.pseudonym, "")


async def test_the_label_of_a_moderator_is_stable_and_that_of_another_differs(db: Database) -> None:
    one, other = await a_moderator(db), await a_moderator(db)
    labels = []
    for by in (one, other, one):
        post = await a_post(db)
        await decide(db, by, post, Act.HIDE)
        labels += [decision.moderator for decision in await log_of(db, post)]
    assert labels[0] == labels[2] != labels[1]


async def test_a_decision_can_be_neither_changed_nor_deleted(db: Database) -> None:
    decision = await decide(db, await a_moderator(db), await a_post(db), Act.HIDE)
    for statement in ("update decisions set reason = ''", "delete from decisions"):
        with pytest.raises(Exception, match="immutable"):
            async with db.transaction():
                await db.run(f"{statement} where id = :id", id=decision)


async def test_a_tampered_state_is_found(db: Database) -> None:
    hidden, shown = await a_post(db), await a_post(db)
    await decide(db, await a_moderator(db), hidden, Act.HIDE)
    await db.run("update posts set state = 'visible' where id = :id", id=hidden.id)
    await db.run("update posts set state = 'hidden' where id = :id", id=shown.id)
    lines = [line async for line in proofs.mismatches(db)]
    assert lines == [f"post {hidden.id}: visible after hide", f"post {shown.id}: hidden after no decision"]


async def test_a_decision_without_grounds_changes_nothing(db: Database) -> None:
    post, moderator = await a_post(db), await a_moderator(db)
    for words in ({"rule": None}, {"reason": ""}, {"rule": 99}):
        with pytest.raises(Invalid):
            await decide(db, moderator, post, Act.HIDE, **words)
    assert (await the_post(db, post.id)) == post
    assert await log_of(db, post) == []


# who decides on a resident's post of a board
JUDGES = {
    "resident": Forbidden,
    "facilitator": Forbidden,
    "staff": Forbidden,
    "moderator of another board": Forbidden,
    "author who moderates": Forbidden,
    "moderator of the board": None,
    "moderator": None,
    "administrator": None,
}


async def the_judge(db: Database, name: str, board: Board) -> Actor:
    if name == "facilitator":
        return await a_facilitator(db, board)
    if name == "staff":
        return await a_staff_member(db)
    if name.startswith("moderator of"):
        account = await an_account(db)
        assert account.id is not None
        where = board if name.endswith("the board") else await a_board(db)
        await boards.give_role(db, where.id, account.id, "moderator")
        return await actor(db, account.id)
    roles = {"administrator": Role.ADMINISTRATOR, "resident": Role.RESIDENT}
    return await an_account(db, roles.get(name, Role.MODERATOR))


@pytest.mark.parametrize("name", JUDGES)
async def test_who_decides(db: Database, name: str) -> None:
    board = await a_board(db)
    judge = await the_judge(db, name, board)
    post = await a_topic(db, judge if name == "author who moderates" else None, board=board)
    if refused := JUDGES[name]:
        with pytest.raises(refused):
            await decide(db, judge, post, Act.HIDE)
        assert (await the_post(db, post.id)).state == "visible"
    else:
        await decide(db, judge, post, Act.HIDE)
        role = "administrator" if name == "administrator" else "moderator"
        assert [decision.role for decision in await log_of(db, post)] == [role]


async def test_a_held_post_does_not_exist_for_those_who_may_not_judge_it(db: Database) -> None:
    post = await a_post(db, await a_newcomer(db))
    for person in (await an_account(db), await a_staff_member(db)):
        with pytest.raises(NotFound):
            await decide(db, person, post, Act.APPROVE)


async def test_moderators_who_are_not_staff_do_not_judge_the_staff_room(db: Database) -> None:
    post = await a_topic(db, await a_staff_member(db), board=await a_board(db, "staff"))
    with pytest.raises(NotFound):
        await decide(db, await a_moderator(db), post, Act.HIDE)
    await decide(db, await an_account(db, Role.ADMINISTRATOR), post, Act.HIDE)


async def test_the_author_is_told_what_and_why_and_in_which_role_but_not_by_whom(db: Database) -> None:
    post, moderator = await a_post(db, body="安く売ります。"), await a_moderator(db)
    await decide(db, moderator, post, Act.HIDE, rule=4, reason="宣伝です。")
    (notice,) = await told(db, post.author_id)
    assert (notice.kind, notice.url) == ("decided", f"/posts/{post.id}")
    assert notice.params["rule_number"] == 4
    assert (notice.params["reason"], notice.params["role"]) == ("宣伝です。", "moderator")
    assert moderator.pen_name not in str(notice.params)
    assert moderator.pseudonym not in str(notice.params)


async def test_a_returned_post_leads_its_author_to_the_editor(db: Database) -> None:
    post = await a_post(db, await a_newcomer(db))
    await decide(db, await a_moderator(db), post, Act.RETURN)
    (notice,) = await told(db, post.author_id)
    assert notice.url == f"/posts/{post.id}/edit"


async def test_a_returned_post_is_back_in_the_queue_when_it_was_revised(db: Database) -> None:
    author, moderator = await a_newcomer(db), await a_moderator(db)
    post = await a_post(db, author)
    await decide(db, moderator, post, Act.RETURN)
    assert (await queue.waiting(db, moderator)).number == 0
    returned = await the_post(db, post.id)
    await discussing.edit(db, author, post.id, Edit(body="番号を消しました。", version=returned.version))
    assert (await queue.waiting(db, moderator)).counts[Kind.HELD] == 1


async def test_everyone_who_reported_is_told_what_became_of_it(db: Database) -> None:
    post = await a_post(db)
    reporters = [await report(db, post) for _ in range(3)]
    await decide(db, await a_moderator(db), post, Act.DISMISS)
    for reporter in reporters:
        (notice,) = await told(db, reporter)
        assert (notice.kind, notice.params["act"]) == ("report_settled", "dismiss")
        assert notice.url == f"/moderation/log?post={post.id}"


async def test_no_notice_to_a_reporter_carries_the_words(db: Database) -> None:
    opening = await a_topic(db, title="禁じられた題名", body="禁じられた言葉")
    reporter = await report(db, opening)
    await decide(db, await a_moderator(db), opening, Act.HIDE)
    assert "禁じられた" not in str([notice.params for notice in await told(db, reporter)])


async def test_the_author_of_a_withdrawn_post_is_left_in_peace(db: Database) -> None:
    post = await a_post_that_is(db, "withdrawn and reported")
    await decide(db, await a_moderator(db), post, Act.DISMISS)
    assert await told(db, post.author_id) == []


async def test_a_report_that_the_moderator_has_not_seen_stays_open(db: Database) -> None:
    post, moderator = await a_post(db), await a_moderator(db)
    first = await report(db, post)
    seen = max(found.id for found in await reports.of_post(db, post.id))
    second = await report(db, post)
    await decide(db, moderator, post, Act.DISMISS, report=seen)
    assert [len(await told(db, reporter)) for reporter in (first, second)] == [1, 0]
    assert (await queue.waiting(db, moderator)).counts[Kind.REPORTED] == 1
    with pytest.raises(Conflict):
        await decide(db, moderator, post, Act.DISMISS, report=seen)


async def test_hiding_answers_every_report(db: Database) -> None:
    post = await a_post(db)
    reporters = [await report(db, post) for _ in range(2)]
    await decide(db, await a_moderator(db), post, Act.HIDE, report=0)
    assert [len(await told(db, reporter)) for reporter in reporters] == [1, 1]


async def test_one_person_has_one_open_report_on_a_post(db: Database) -> None:
    post, moderator = await a_post(db), await a_moderator(db)
    reporter = await report(db, post)
    with pytest.raises(Conflict):
        await report(db, post, reporter)
    await decide(db, moderator, post, Act.DISMISS)
    await report(db, post, reporter)


async def test_nobody_reports_their_own_post_or_one_that_is_not_shown(db: Database) -> None:
    post = await a_post(db)
    with pytest.raises(Forbidden):
        await report(db, post, await actor(db, post.author_id))
    await decide(db, await a_moderator(db), post, Act.HIDE)
    with pytest.raises(Forbidden):
        await report(db, post)
    with pytest.raises(NotFound):
        await report(db, await a_post(db, await a_newcomer(db)))


async def test_a_report_leaves_the_version_alone_so_that_the_author_can_save(db: Database) -> None:
    post = await a_post(db)
    await report(db, post)
    author = await actor(db, post.author_id)
    assert await discussing.edit(db, author, post.id, Edit(body="書き直し", version=post.version))


async def test_a_stale_decision_is_refused_with_the_words_as_they_are_now(db: Database) -> None:
    post, moderator = await a_post(db, body="前の文"), await a_moderator(db)
    author = await actor(db, post.author_id)
    await discussing.edit(db, author, post.id, Edit(body="後の文", version=post.version))
    with pytest.raises(Conflict) as refused:
        await decide(db, moderator, post, Act.HIDE, version=post.version)
    assert refused.value.theirs == "後の文"
    assert await log_of(db, post) == []


async def test_an_approved_opening_post_brings_its_topic_to_light(db: Database) -> None:
    opening = await a_topic(db, await a_newcomer(db))
    await decide(db, await a_moderator(db), opening, Act.APPROVE)
    topic = await topics.topic(db, opening.topic_id)
    assert topic is not None
    assert topic.state == "visible"
    assert (await actor(db, opening.author_id)).approved_posts == 1


@pytest.mark.slow
async def test_of_many_moderators_at_once_exactly_one_decides(own_database: str) -> None:
    """Two hundred decisions on fifty posts by eight moderators, each convinced of something else, in the same second:
    every post is decided once, and everyone who came too late can read by whom and what."""
    acts = [Act.APPROVE, Act.RETURN, Act.HIDE, Act.APPROVE] * 2
    async with connected(own_database) as db:
        topics = [await a_topic(db) for _ in range(5)]
        waiting = [await a_post(db, await a_newcomer(db), topic=topics[n % 5]) for n in range(50)]
        moderators = [await a_moderator(db) for _ in acts]

        async def one(n: int, post: Post) -> str | None:
            act = acts[n % 8]
            verdict = Verdict(act=act, version=post.version, **WORDS.get(act, {}))
            try:
                await actions.decide(db, moderators[n % 8], post.id, verdict)
            except Conflict as refusal:
                return refusal.reason
            return None

        refusals = await asyncio.gather(
            *(one(place + 2 * turn, post) for turn in range(4) for place, post in enumerate(waiting))
        )
        assert (len(refusals), refusals.count(None)) == (200, 50)
        assert {reason for reason in refusals if reason} == {
            "あなたが開いたあとに、この投稿は変わりました。いまの内容を確かめてください。"
        }
        assert [len(await log_of(db, post)) for post in waiting] == [1] * 50
        assert [line async for line in proofs.mismatches(db)] == []


async def test_the_queue_holds_one_item_for_a_post_and_the_most_urgent_first(db: Database) -> None:
    moderator, now = await a_moderator(db), clock.now()
    with clock.at(now - timedelta(hours=10)):
        held = await a_post(db, await a_newcomer(db))
        advert, insult, number = await a_post(db), await a_post(db), await a_post(db)
    with clock.at(now - timedelta(hours=5)):
        await report(db, advert, rule=4)
        await report(db, insult, rule=2)
    with clock.at(now - timedelta(hours=1)):
        await report(db, number, rule=1)
        for _ in range(2):
            await report(db, advert, rule=4)
    found = await queue.page(db, moderator, View(), limit=10)
    # Due in 1 h, 3 h, 3 h (a third of a day after the first report, five hours ago) and 14 h.
    assert [item.post_id for item in found] == [number.id, *sorted([advert.id, insult.id]), held.id]
    assert {item.post_id: item.reporters for item in found} == {
        number.id: 1,
        advert.id: 3,
        insult.id: 1,
        held.id: 0,
    }


async def test_the_queue_pages_without_gap_or_repetition(db: Database) -> None:
    moderator = await a_moderator(db)
    expected = {(await a_post_that_is(db, state)).id for state in ("held", "reported") * 4}
    found: list[int] = []
    after = None
    while page := await queue.page(db, moderator, View(), after=after, limit=3):
        found += [item.post_id for item in page]
        after = (page[-1].due_at, page[-1].id)
    assert (set(found), len(found)) == (expected, len(expected))


async def test_the_queue_shows_a_moderator_the_own_boards_and_never_the_own_words(db: Database) -> None:
    here, there = await a_board(db), await a_board(db)
    local = await the_judge(db, "moderator of the board", here)
    everywhere, administrator = await a_moderator(db), await an_account(db, Role.ADMINISTRATOR)
    mine = await report_on(db, await a_topic(db, local, board=here))
    on_here = await report_on(db, await a_topic(db, board=here))
    on_there = await report_on(db, await a_topic(db, board=there))
    staff_room = await a_topic(db, await a_staff_member(db), board=await a_board(db, "staff"))
    await report(db, staff_room, await a_staff_member(db))

    async def seen(by: Actor) -> set[int]:
        return {item.post_id for item in await queue.page(db, by, View(), limit=10)}

    assert await seen(local) == {on_here.id}
    assert await seen(everywhere) == {mine.id, on_here.id, on_there.id}
    assert await seen(administrator) == {mine.id, on_here.id, on_there.id, staff_room.id}
    assert (await queue.waiting(db, local)).number == 1
    assert (await queue.waiting(db, administrator)).number == 4


async def report_on(db: Database, post: Post) -> Post:
    await report(db, post)
    return post


async def test_the_public_log_leaves_out_the_staff_room(db: Database) -> None:
    post = await a_topic(db, await a_staff_member(db), board=await a_board(db, "staff"))
    await decide(db, await an_account(db, Role.ADMINISTRATOR), post, Act.HIDE)
    only = {"post": post.id}
    assert await log.page(db, ["official", "community"], only, before=2**62, limit=9) == []
    assert len(await log.page(db, EVERYTHING, only, before=2**62, limit=9)) == 1
