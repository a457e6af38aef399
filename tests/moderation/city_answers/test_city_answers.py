"""What the city owes a discussion: from the promise of a board to the answer in the topic, with every step on record."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import httpx
import pytest
from starlette.applications import Starlette

from forum import clock
from forum.access import Actor, Role
from forum.boards import queries as board_queries
from forum.boards.rules import Board
from forum.db import Database
from forum.drafts import actions as drafts
from forum.drafts.rules import Place
from forum.errors import Conflict, Forbidden, Invalid
from forum.notifications.wording import by_topic, worded
from forum.posts.queries import posts
from forum.posts.rules import Post
from forum.themes import actions as themes
from forum.themes.rules import Proposal
from forum.topics import queries as topics
from forum.topics.actions import discussing, steering
from forum.topics.rules import Topic
from moderation.city_answers import actions, proofs, queries, web
from moderation.city_answers.rules import NEXT, Act, Move, Promise
from moderation.reviews.acts import Act as ReviewAct
from tests.conftest import Budget, Login
from tests.factories import (
    a_board,
    a_moderator,
    a_newcomer,
    a_post,
    a_section,
    a_staff_member,
    a_topic,
    an_account,
    the_post,
)
from tests.moderation.consultations.stories import TOKYO
from tests.moderation.reviews.test_actions import decide, told
from tests.pages import leaves, links, parsed, problems, text_of

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Story:
    """A discussion that somebody started on the board of a section, which has promised answers."""

    board: Board
    opening: Post
    resident: Actor
    clerk: Actor

    @property
    def id(self) -> int:
        return self.opening.topic_id


async def promised(db: Database, days: int = 30) -> Story:
    clerk, resident = await a_staff_member(db), await an_account(db)
    board = await a_board(db, section_id=clerk.section_id)
    await actions.promise(db, clerk, board, Promise(days=days))
    return Story(board, await a_topic(db, resident, board=board, title="野川の柵"), resident, clerk)


async def the_topic(db: Database, story: Story) -> Topic:
    found = await topics.topic(db, story.id)
    assert found is not None
    return found


async def take(
    db: Database, story: Story, act: Act, words: str = "", by: Actor | None = None, **given: object
) -> None:
    version = given.pop("version", len(await queries.steps(db, story.id)))
    move = Move.model_validate({"act": act, "words": words, "version": version, **given})
    await actions.take(db, by or story.clerk, story.id, move, TOKYO)


async def mismatches(db: Database) -> list[str]:
    return [line async for line in proofs.mismatches(db)]


async def kinds(db: Database, person: Actor) -> list[str]:
    return [one.kind for one in reversed(await told(db, person)) if one.kind.startswith("city_answer")]


async def test_a_discussion_is_answered_in_its_topic_and_every_step_is_on_record(db: Database) -> None:
    story = await promised(db)
    topic = await the_topic(db, story)
    assert (topic.answer_state, topic.answer_section_id) == ("received", story.clerk.section_id)
    assert topic.answer_due_at is not None
    assert topic.answer_due_at - clock.now() > 29 * DAY
    await take(db, story, Act.CONSIDERING)
    await take(db, story, Act.POSTPONED, "現地を調べます。", due=(clock.now() + 60 * DAY).date())
    await take(db, story, Act.ANSWERED, "柵を直します。")
    await take(db, story, Act.REFLECTED, "予算に入れました。")
    steps = await queries.steps(db, story.id)
    assert [step.act for step in steps] == ["considering", "postponed", "answered", "reflected"]
    answer = await posts.view(db, steps[2].post_id or 0)
    assert answer is not None
    assert (answer.city_answer, answer.number, answer.role) == (True, 2, "staff")
    assert (await the_topic(db, story)).answer_state == "reflected"
    assert await kinds(db, story.resident) == ["city_answer"] * 4
    assert await mismatches(db) == []


async def test_what_was_promised_for_a_topic_stays_promised_and_nothing_else_is(db: Database) -> None:
    board, owed = await a_board(db), list[int]()
    clerk = await a_staff_member(db, board.section_id)
    for days in (None, 30, 7, None, 14):
        if owed:
            await actions.promise(db, clerk, board, Promise(days=days))
        owed.append((await a_topic(db, board=board)).topic_id)
    found = [await topics.topic(db, number) for number in owed]
    terms = [one and one.answer_due_at and (one.answer_due_at - clock.now()).days for one in found]
    assert terms == [None, 30, 7, None, 14]
    # Each is hashed with the one before it.
    assert await mismatches(db) == []


async def test_a_reply_that_stands_already_becomes_the_answer(db: Database) -> None:
    story = await promised(db)
    reply = await a_post(db, story.clerk, topic=story.opening)
    other = await a_post(db, story.resident, topic=story.opening)
    with pytest.raises(Invalid):
        await take(db, story, Act.ANSWERED, post=other.id)
    await take(db, story, Act.ANSWERED, post=reply.id)
    shown = await posts.view(db, reply.id)
    assert shown is not None
    assert shown.city_answer
    assert (await the_topic(db, story)).last_number == 3


async def test_a_section_answers_also_when_the_topic_takes_no_more_replies(db: Database) -> None:
    story = await promised(db)
    await steering.lock(db, await a_moderator(db), story.id)
    await take(db, story, Act.ANSWERED, "お答えします。")
    assert (await the_topic(db, story)).answer_state == "answered"


async def test_another_section_takes_over(db: Database) -> None:
    story, other = await promised(db), await a_staff_member(db)
    with pytest.raises(Invalid):
        await take(db, story, Act.HANDED, "道路の話です。", section=story.clerk.section_id)
    await take(db, story, Act.HANDED, "道路の話です。", section=other.section_id)
    assert await kinds(db, other) == ["city_answer_asked"]
    with pytest.raises(Forbidden):
        await take(db, story, Act.ANSWERED, "まだ私が。")
    await take(db, story, Act.ANSWERED, "道路課です。", by=other)
    assert await mismatches(db) == []


async def test_who_keeps_a_board_asks_a_section(db: Database) -> None:
    clerk, opening = await a_staff_member(db), await a_topic(db)
    board = await board_queries.board_by_id(db, opening.board_id)
    assert board is not None
    story = Story(board, opening, await an_account(db), clerk)
    with pytest.raises(Forbidden):
        await take(db, story, Act.ASKED, by=story.resident, section=clerk.section_id)
    await take(db, story, Act.ASKED, by=await a_moderator(db), section=clerk.section_id)
    await take(db, story, Act.ANSWERED, "お答えします。")
    assert await mismatches(db) == []


async def test_two_of_the_staff_do_not_overwrite_each_other(db: Database) -> None:
    story = await promised(db)
    await take(db, story, Act.CONSIDERING)
    with pytest.raises(Conflict):
        await take(db, story, Act.ANSWERED, "知らずに書いた答え", version=0)


@pytest.mark.parametrize(
    ("act", "given", "field"),
    [
        (Act.ANSWERED, {}, "words"),
        (Act.POSTPONED, {"due": "2099-01-01"}, "words"),
        (Act.POSTPONED, {"words": "遅れます。"}, "due"),
        (Act.POSTPONED, {"words": "遅れます。", "due": "2020-01-01"}, "due"),
        (Act.HANDED, {"words": "別の課です。"}, "section"),
        (Act.HANDED, {"words": "別の課です。", "section": 10**9}, "section"),
    ],
)
async def test_what_is_missing_is_said(db: Database, act: Act, given: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as problem:
        await take(db, await promised(db), act, **given)
    assert [*problem.value.fields] == [field]


async def test_only_what_may_come_next_comes_next(db: Database) -> None:
    story = await promised(db)
    for act in set(Act) - set(NEXT["received"]):
        with pytest.raises(Forbidden):
            await take(db, story, act, "回答")


async def test_the_section_is_reminded_before_and_after_the_day_and_once_each(db: Database) -> None:
    boss, story = await an_account(db, Role.ADMINISTRATOR), await promised(db, days=10)
    due, heard = (await the_topic(db, story)).answer_due_at, []
    assert due is not None
    for moment in (-4 * DAY, -3 * DAY, -DAY, 0 * DAY, DAY, DAY):
        with clock.at(due + moment):
            await actions.remind(db)
        heard.append([(await kinds(db, one)).count("city_answer_due") for one in (story.clerk, boss)])
    assert heard == [[0, 0], [1, 0], [1, 0], [2, 0], [3, 1], [3, 1]]
    await take(db, story, Act.ANSWERED, "遅くなりました。")
    with clock.at(due + 30 * DAY):
        assert await actions.remind(db) == 0


@pytest.mark.parametrize(
    "sql",
    [
        "update city_answer_steps set words = 'ほかの言葉' where number = 1",
        "update city_answer_steps set due_at = due_at + interval '1 day'",
        "delete from city_answer_steps where number = 1",
        "delete from city_answer_steps where number = 2",
        "update topics set answer_state = 'reflected' where answer_state = 'answered'",
        "update topics set answer_due_at = answer_due_at + interval '1 day'",
        "update posts set city_answer = false",
        "update posts set city_answer = true",
    ],
)
async def test_tampering_is_found(db: Database, sql: str) -> None:
    story = await promised(db)
    await take(db, story, Act.CONSIDERING, "調べます。")
    await take(db, story, Act.ANSWERED, "直します。")
    assert await mismatches(db) == []
    await db.run("set local session_replication_role = replica")
    await db.run(sql)
    assert await mismatches(db) != []


async def test_everybody_sees_what_waits_and_what_is_late(db: Database, client: httpx.AsyncClient) -> None:
    story = await promised(db, days=5)
    await a_topic(db, board=story.board, title="もう一つの話題")
    await take(db, story, Act.ANSWERED, "直します。")
    with clock.at(clock.now() + 6 * DAY):
        page = parsed(await client.get("/city-answers", params={"section": story.clerk.section_id}))
    late, answered = (
        text_of(section)
        for section in page.iter("section")
        if section.get("aria-labelledby") in ("late", "answered")
    )
    assert "もう一つの話題" in late
    assert "野川の柵" in answered
    assert (await client.get(f"/city-answers?section={await a_section(db)}")).status_code == 200


async def test_all_that_waits_and_was_answered_is_counted_and_found_page_by_page(
    db: Database, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "SHOWN", 2)
    story = await promised(db, days=5)
    others = [await a_topic(db, board=story.board) for _ in range(6)]
    for opening in others[:3]:
        await take(db, replace(story, opening=opening), Act.ANSWERED, "直します。")
    with clock.at(clock.now() + 6 * DAY):
        newest = await a_topic(db, board=story.board)
        pages = [leaf async for leaf in leaves(client, f"/city-answers?section={story.clerk.section_id}")]
    found = [link for leaf in pages for link in links(leaf)]
    for opening in (story.opening, *others, newest):
        assert found.count(f"/topics/{opening.topic_id}/city-answer") == 1
    assert "期限を過ぎたもの（4件）" in text_of(pages[0])
    assert "回答を待っているもの（1件）" in text_of(pages[0])


async def test_every_list_of_topics_says_how_far_the_answer_is(
    db: Database, client: httpx.AsyncClient, login: Login, app: Starlette
) -> None:
    story, reader = await promised(db, days=5), await an_account(db)
    renderer = app.state.site.renderer
    await login(client, reader.id or 0)
    await client.post(f"/topics/{story.id}/following", data={"level": "watch"})
    await client.post(f"/posts/{story.opening.id}/bookmark", data={"note": ""})
    await client.get(f"/topics/{story.id}")
    await a_post(db, topic=story.opening, reply_to_id=story.opening.id)
    await drafts.keep(db, reader, Place(place=f"reply:{story.id}", at="/topics/1"), {"body": ["書きかけ"]})
    for days, says in ((0, "受付"), (6, "回答の期限を過ぎています")):
        with clock.at(clock.now() + days * DAY):
            for path in (
                *("/", f"/boards/{story.board.slug}", "/search?q=野川の柵", "/search/suggestions?q=野川の柵"),
                *(
                    "/unread",
                    "/bookmarks",
                    "/drafts",
                    "/account/following",
                    f"/people/{story.resident.pseudonym}",
                ),
            ):
                page = parsed(await client.get(path))
                assert says in [
                    text_of(one) for one in page.iter("span") if "badge" in one.get("class", "")
                ], path
            feed = (await client.get(f"/boards/{story.board.slug}/feed.atom")).text
            assert feed.count(f'<category term="received" label="市の回答：{says}"/>') == 2
            said = [worded(renderer, notice) for notice in await told(db, story.resident)]
            mail = {"reply_mark": None, "pen_name": "", "several": True, "more": 0, "unsubscribe": ""}
            text = renderer.render("mail/notices.txt", mail | {"groups": by_topic(said)})
            assert f"■ 話題「野川の柵」（市の回答：{says}）\n" in text


async def test_a_resident_reads_the_steps_and_a_clerk_takes_them(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    story = await promised(db)
    page = parsed(await client.get(f"/topics/{story.id}"))
    assert f"/topics/{story.id}/city-answer" in links(page)
    where = f"/topics/{story.id}/city-answer"
    assert next(parsed(await client.get(where)).iter("textarea"), None) is None
    await login(client, story.clerk.id or 0)
    refused = await client.post(
        where, data={"act": "postponed", "words": "現地を調べます。", "version": 0, "due": ""}
    )
    assert refused.status_code == 422
    assert [*problems(parsed(refused))] == ["due"]
    assert "回答の期限：新しい期限を選んでください。" in text_of(parsed(refused))
    assert "現地を調べます。" in refused.text
    done = await client.post(where, data={"act": "answered", "words": "直します。", "version": 0, "due": ""})
    assert done.status_code == 303
    assert "city-answer" in (await client.get(f"/topics/{story.id}")).text
    stale = await client.post(where, data={"act": "reflected", "words": "入れました。", "version": 0})
    assert stale.status_code == 409
    assert "入れました。" in stale.text


async def test_a_section_promises_answers_on_its_board_alone(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    story = await promised(db)
    where = f"/boards/{story.board.slug}/city-answers"
    assert (await client.get(where)).status_code == 403
    await login(client, story.clerk.id or 0)
    assert (await client.post(where, data={"days": "400"})).status_code == 422
    assert (await client.post(where, data={"days": "14"})).status_code == 303
    board = await board_queries.board_by_id(db, story.board.id)
    assert board is not None
    assert board.answer_days == 14
    assert "14日以内" in (await client.get(f"/boards/{story.board.slug}")).text
    # As it is typed in Japanese, and as nothing looks.
    for typed, days in (("２１", 21), ("　", None)):
        assert (await client.post(where, data={"days": typed})).status_code == 303
        board = await board_queries.board_by_id(db, story.board.id)
        assert board is not None
        assert board.answer_days == days


async def test_topics_with_an_answer_are_found_by_it(client: httpx.AsyncClient, db: Database) -> None:
    story, other = await promised(db), await promised(db)
    await take(db, story, Act.ANSWERED, "柵を直します。")
    for asked in (
        {"q": "野川の柵 has:city-answer"},
        {"q": "あり:市の回答"},
        {"q": "野川の柵", "has": "city-answer"},
    ):
        page = await client.get("/search", params=asked)
        assert f"/posts/{story.opening.id}" in page.text
        assert f"/posts/{other.opening.id}" not in page.text


async def test_a_step_after_steps_that_there_are_not_is_refused_like_any_other(db: Database) -> None:
    story = await promised(db)
    with pytest.raises(Conflict):
        await take(db, story, Act.CONSIDERING, version=3)


@pytest.mark.parametrize("there", [True, False])
async def test_no_step_but_handing_it_over_gives_it_to_another_section(db: Database, there: bool) -> None:
    """The form shows the choice beside every step."""
    story = await promised(db)
    other = await a_section(db) if there else 2**40
    await take(db, story, Act.CONSIDERING, section=other)
    assert (await the_topic(db, story)).answer_section_id == story.clerk.section_id
    assert (await queries.steps(db, story.id))[-1].section_id == story.clerk.section_id


async def test_the_usual_day_ends_with_the_day_that_is_named(db: Database) -> None:
    """Whoever reads 「期限 5月1日」 finds nothing late on the first of May."""
    clerk, opening = await a_staff_member(db), await a_topic(db)
    move = Move(act=Act.ASKED, section=clerk.section_id, version=0)
    with clock.at(datetime(2026, 4, 1, 14, 30, tzinfo=TOKYO)):
        await actions.take(db, await a_moderator(db), opening.topic_id, move, TOKYO)
    (step,) = await queries.steps(db, opening.topic_id)
    assert step.due_at == datetime(2026, 5, 2, tzinfo=TOKYO)
    assert step.until.astimezone(TOKYO).day == 1


async def test_a_promised_day_ends_when_it_ends_in_the_town(db: Database) -> None:
    with clock.at(datetime(2026, 4, 1, 10, 30, tzinfo=TOKYO)):
        story = await promised(db, days=5)
    topic = await the_topic(db, story)
    assert topic.answer_due_at == datetime(2026, 4, 7, 0, 0, tzinfo=TOKYO)
    assert topic.answer_until is not None
    assert topic.answer_until.astimezone(TOKYO).date() == date(2026, 4, 6)


async def test_words_beside_a_reply_that_was_chosen_are_not_lost(db: Database) -> None:
    """One of the two is the answer; the other would have been thrown away."""
    story = await promised(db)
    reply = await a_post(db, story.clerk, topic=story.opening)
    with pytest.raises(Invalid) as problem:
        await take(db, story, Act.ANSWERED, "書きなおした答え", post=reply.id)
    assert [*problem.value.fields] == ["post"]
    # A step that is no reply says its reason, whatever stands in the field that it does not use.
    await take(
        db, story, Act.POSTPONED, "現地を調べます。", post=reply.id, due=(clock.now() + 60 * DAY).date()
    )
    assert (await queries.steps(db, story.id))[-1].words == "現地を調べます。"


async def test_what_opened_the_discussion_is_no_answer_to_it(db: Database) -> None:
    clerk = await a_staff_member(db)
    board = await a_board(db, section_id=clerk.section_id)
    await actions.promise(db, clerk, board, Promise(days=30))
    story = Story(board, await a_topic(db, clerk, board=board), clerk, clerk)
    with pytest.raises(Invalid):
        await take(db, story, Act.ANSWERED, post=story.opening.id)


async def test_no_step_moves_the_day_without_a_reason_or_out_of_sight(
    db: Database, client: httpx.AsyncClient
) -> None:
    story, later = await promised(db), (clock.now() + 90 * DAY).date()
    with pytest.raises(Invalid) as problem:
        await take(db, story, Act.CONSIDERING, due=later)
    assert [*problem.value.fields] == ["words"]
    await take(db, story, Act.CONSIDERING, "現地を調べてからお答えします。", due=later)
    page = parsed(await client.get(f"/topics/{story.id}/city-answer"))
    (steps,) = (one for one in page.iter("section") if one.get("aria-labelledby") == "steps")
    assert "回答の期限" in text_of(steps)


async def test_whoever_lost_the_discussion_to_another_section_keeps_their_words(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    story, other = await promised(db), await a_staff_member(db)
    await take(db, story, Act.HANDED, "道路の話です。", section=other.section_id)
    await login(client, story.clerk.id or 0)
    answer = await client.post(
        f"/topics/{story.id}/city-answer",
        data={"act": "answered", "words": "ゆっくり書いた答え", "version": 0},
    )
    assert answer.status_code == 403
    assert "この話題を担当する課の職員だけができます。" in answer.text
    assert "ゆっくり書いた答え" in answer.text


async def test_no_section_is_asked_about_a_theme_that_nobody_may_answer_yet(db: Database) -> None:
    clerk, board = await a_staff_member(db), await a_board(db)
    proposal = Proposal(title="ベンチにひじかけを", body="立ち上がるときに助かります。", board_id=board.id)
    theme = await themes.propose(db, await an_account(db), proposal, 3)
    move = Move(act=Act.ASKED, section=clerk.section_id, version=0)
    with pytest.raises(Forbidden):
        await actions.take(db, await a_moderator(db), theme, move, TOKYO)


async def test_a_large_section_hears_in_the_same_few_statements(db: Database, queries: Budget) -> None:
    story, first = await promised(db), await a_staff_member(db)
    colleagues = [first, *[await a_staff_member(db, first.section_id) for _ in range(8)]]
    async with queries(13):
        await take(db, story, Act.HANDED, "道路の話です。", section=first.section_id, version=0)
    due = (await the_topic(db, story)).answer_due_at
    assert due is not None
    with clock.at(due):
        async with queries(5):
            await actions.remind(db)
    for one in colleagues:
        assert await kinds(db, one) == ["city_answer_asked", "city_answer_due"]


async def test_what_is_promised_counts_from_the_day_on_which_everybody_reads_the_topic(db: Database) -> None:
    """A first post waits for a moderator, and nobody can answer it before."""
    clerk, moderator = await a_staff_member(db), await a_moderator(db)
    board = await a_board(db, section_id=clerk.section_id)
    await actions.promise(db, clerk, board, Promise(days=5))
    opening = await a_topic(db, await a_newcomer(db), board=board)
    with clock.at(clock.now() + 10 * DAY):
        approved = clock.now()
        await decide(db, moderator, opening, ReviewAct.APPROVE)
        assert await actions.remind(db) == 0
    topic = await topics.topic(db, opening.topic_id)
    assert topic is not None
    assert topic.answer_due_at is not None
    assert approved + 5 * DAY < topic.answer_due_at <= approved + 6 * DAY
    with clock.at(approved + 20 * DAY):
        # Hidden and shown again, it is no newer.
        await decide(db, moderator, await the_post(db, opening.id), ReviewAct.HIDE)
        await decide(db, moderator, await the_post(db, opening.id), ReviewAct.RESTORE)
    again = await topics.topic(db, opening.topic_id)
    assert again is not None
    assert again.answer_due_at == topic.answer_due_at


async def test_the_answer_is_the_city_s_and_no_clerk_takes_it_back(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    """The topic would go on to say that it was answered. Other words of the clerk's are the clerk's own."""
    story = await promised(db)
    own = await a_post(db, story.clerk, topic=story.opening)
    await take(db, story, Act.ANSWERED, "柵を直します。")
    answer = (await queries.steps(db, story.id))[-1].post_id or 0
    with pytest.raises(Forbidden):
        await discussing.withdraw(db, story.clerk, answer)
    await login(client, story.clerk.id or 0)
    found = links(parsed(await client.get(f"/topics/{story.id}")))
    assert [f"/posts/{post}/withdraw" in found for post in (own.id, answer)] == [True, False]
    assert (await client.get(f"/posts/{answer}/withdraw")).status_code == 403
    # Also where all that somebody wrote goes with them.
    await discussing.withdraw_all(db, story.clerk.id or 0)
    assert [(await the_post(db, post)).state for post in (own.id, answer)] == ["withdrawn", "visible"]
