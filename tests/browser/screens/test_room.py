"""The screens of the room and of its review."""

from datetime import timedelta

import pytest
import pytest_asyncio

from forum import clock
from forum.access import Actor, Role
from forum.db import Database
from forum.places.actions import keep
from forum.places.rules import Note
from forum.posts.actions import look_under_masks
from forum.posts.queries import posts
from forum.posts.reacting import Kind as Reaction
from forum.posts.reacting import Press
from forum.posts.rules import Edit, Post
from forum.topics import polling
from forum.topics.actions import discussing, responding, steering
from forum.topics.actions import polling as voting
from forum.topics.actions.recapping import sum_up
from forum.topics.recapping import Recap
from moderation.appeals import actions as appeals
from moderation.appeals.rules import Filing
from moderation.duties.actions import enter as enter_duty
from moderation.duties.rules import Entry
from moderation.figures.actions import recount
from moderation.reviews import actions as reviews
from moderation.reviews.actions import masking
from moderation.reviews.actions import polling as judging_polls
from moderation.reviews.acts import Act
from moderation.reviews.keeping import Keeping
from moderation.reviews.masking import Wish
from moderation.reviews.rules import Complaint, Verdict
from moderation.rights import actions as rights
from moderation.rights.rules import Filing as Claim
from tests.browser.screens.conftest import Look, Tour
from tests.factories import (
    a_board,
    a_facilitator,
    a_moderator,
    a_newcomer,
    a_post,
    a_staff_member,
    a_topic,
    an_account,
    the_post,
)
from tests.forum.themes.test_themes import a_theme
from tests.forum.topics.test_phases import phased
from tests.forum.topics.test_polls import a_poll, opened
from tests.forum.topics.test_tags import a_tag, tagged
from tests.moderation.consultations.stories import SEAL
from tests.moderation.reviews.test_pairs import AT_ONCE, a_desk, hide, propose

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest_asyncio.fixture(scope="session")
async def tours(site_db: Database) -> list[Tour]:
    return [*await the_room(site_db), *await deciding_in_pairs(site_db)]


async def test_every_screen_is_accessible(look: Look, tours: list[Tour]) -> None:
    await look(tours)


async def the_room(db: Database) -> list[Tour]:
    """Posts in every state, for guests, their author and a moderator."""
    resident, moderator, board = await an_account(db), await a_moderator(db), await a_board(db)
    topic = await a_topic(db, resident, board=board, title="野川の遊歩道を夜も歩きやすくしてほしい")
    answer = await a_post(db, await a_staff_member(db), topic=topic, body="担当課です。**調べます**。")
    words = f"> [担当課 #2](/posts/{answer.id})\n> 調べます。\n\n待っています。"
    mine = await a_post(db, resident, topic=topic, body=words, reply_to_id=answer.id)
    await discussing.edit(db, resident, mine.id, Edit(body="お待ちしています。", version=mine.version))
    gone = await a_post(db, resident, topic=topic)
    await discussing.withdraw(db, resident, gone.id)
    held = await a_post(db, await a_newcomer(db), topic=topic, body="はじめて書きます。")
    facilitator = await a_facilitator(db, board)
    locked = await a_topic(db, facilitator, board=board)
    await steering.pin(db, facilitator, locked.topic_id)
    await steering.lock(db, facilitator, locked.topic_id)
    for rule in (1, 4):
        await reviews.report(db, await an_account(db), answer.id, Complaint(rule=rule, note="見てください。"))
    hidden = await a_post(db, resident, topic=topic, body="安く売ります。")
    grounds = Verdict(act=Act.HIDE, rule=4, reason="宣伝です。", version=hidden.version)
    decision = await reviews.decide(db, moderator, hidden.id, grounds)
    number = await appeals.file(db, resident, decision, Filing(body="お祭りのお知らせです。"))
    contest = (f"/appeals/{number}",)
    judge_appeals = ("/appeals", f"/appeals/{number}")
    unfair = await a_post(db, resident, topic=topic, body="お祭りです。")
    grounds = Verdict(act=Act.HIDE, rule=4, reason="宣伝です。", version=unfair.version)
    await reviews.decide(db, moderator, unfair.id, grounds)
    line = await db.value("select number from decisions where id = :id", id=decision)
    await recount(db, clock.now().date())
    tomorrow = clock.now().date() + timedelta(days=1)
    entry = Entry(account_id=moderator.id or 0, board_id=board.id, start=tomorrow, end=tomorrow)
    await enter_duty(db, moderator, entry, tomorrow)
    read = ("/", f"/boards/{board.slug}", f"/topics/{topic.topic_id}", f"/topics/{locked.topic_id}")
    guide = (
        "/guide",
        "/guide/journey",
        "/rules",
        "/rules/4?version=1",
        "/rules/history",
        "/guide/writing",
        "/guide/appeals",
        "/guide/objections",
        "/guide/notices",
        "/guide/account",
        "/guide/reviewing",
        "/guide/reading",
        "/appeals",
        "/guide/outcome",
        "/guide/accessibility",
    )
    found = (
        "/search?q=野川",
        "/search?q=野川&until=昨日&order=relevance",
        "/guide/searching",
        "/moderation/log",
        "/moderation/recounts",
        "/transparency",
        f"/moderation/log/{line}",
        f"/posts/{mine.id}/revisions",
        "/nowhere",
    )
    await responding.react(db, resident, answer.id, Press(kind=Reaction.AGREE))
    await keep(db, resident, answer.id, Note(note="会合で話す"))
    own = await a_topic(db, resident, board=board, title="ベンチを置く場所")
    tag = await a_tag(db, "benchi", "ベンチ")
    await tagged(db, resident, own, tag)
    theme = await a_theme(db)
    timed = await phased(db, topic=await a_topic(db, board=board, title="高架下の使い方"))
    await a_post(db, topic=timed)
    await sum_up(db, facilitator, timed.topic_id, Recap(body="駅前の話です（#1）。"))
    over = await opened(db, own, resident, polling.Kind.RANKED)
    await voting.vote(db, resident, over, polling.Ballot(ranks=[2, 1, 0]))
    with clock.at(clock.now() + timedelta(days=14)):
        await voting.seal_closed(db)
    asked = [await a_poll(db, kind, live=True) for kind in polling.Kind]
    choosing = (
        *("/tags", f"/tags/{tag.slug}", f"/boards/{board.slug}?tag={tag.slug}"),
        *(f"/topics/{own.topic_id}/tags", f"/topics/{own.topic_id}/polls", f"/topics/{own.topic_id}"),
        *(f"/topics/{timed.topic_id}{page}" for page in ("", "/phases")),
        *("/themes", "/themes/new", f"/themes/{theme}"),
        *(f"/polls/{poll}" for poll in (over, *asked)),
    )
    write = (
        *("/bookmarks", "/unread", f"/posts/{answer.id}/replies", f"/topics/{topic.topic_id}/summary"),
        *(f"/posts/{answer.id}/bookmark", f"/posts/{answer.id}/reactions"),
        f"/topics/{topic.topic_id}?quote={answer.id}",
        f"/boards/{board.slug}/topics/new",
        "/inbox/settings",
        *(f"/posts/{mine.id}/edit", f"/posts/{mine.id}/withdraw", f"/posts/{answer.id}/report"),
        f"/polls/{asked[0]}/report",
    )
    judge = (
        "/queue",
        "/queue/overview",
        "/reminders",
        "/rota",
        "/queue/care",
        *(f"/queue/{post.id}" for post in (held, answer, hidden)),
        *(f"/queue/{answer.id}/{page}" for page in ("mask", "author")),
        f"/topics/{topic.topic_id}/keep",
        *await _judged_polls(db, moderator),
    )
    redress = await _redress(db, mine, moderator)
    return [
        Tour(
            None,
            (
                *read,
                *guide,
                *found,
                "/register",
                "/login",
                "/password",
                "/rights-requests/new",
                "/guide/rights",
            ),
        ),
        Tour(
            resident,
            (
                *choosing,
                *write,
                *contest,
                f"/appeals/new?post={unfair.id}",
                "/",
                "/inbox",
                "/account",
                "/account/identity",
                "/account/second-factor",
                "/account/residence",
                "/account/following",
                "/account/records",
            ),
        ),
        Tour(await a_moderator(db), judge_appeals),
        Tour(
            await a_staff_member(db),
            (
                "/residents",
                "/wordings",
                f"/wordings/board/{board.id}",
                "/tags",
                f"/tags/{tag.slug}",
                f"/topics/{own.topic_id}/polls",
                f"/topics/{timed.topic_id}/phases",
            ),
        ),
        Tour(facilitator, (f"/topics/{timed.topic_id}/recap",)),
        Tour(moderator, (*judge, f"/topics/{topic.topic_id}", *redress)),
        Tour(
            await an_account(db, Role.ADMINISTRATOR),
            (
                "/moderation/looks",
                "/admin",
                f"/admin/boards/{board.slug}",
                "/admin/boards/new",
                "/admin/sections/new",
            ),
        ),
    ]


async def _judged_polls(db: Database, moderator: Actor) -> tuple[str, ...]:
    """A topic with a poll that was hidden and another one that is reported."""
    author = await an_account(db)
    topic = await a_topic(db, author)
    with clock.at(clock.now() - timedelta(days=30)):
        bad = await opened(db, topic, author)
    good = await opened(db, topic, author)
    wish = Keeping(act=Act.HIDE_POLL, rule=2, reason="からかう質問です。", poll_id=bad)
    await judging_polls.judge(db, moderator, topic.topic_id, wish)
    await judging_polls.report(db, await an_account(db), good, Complaint(rule=2, note="見てください。"))
    return (
        *(f"/queue/{topic.id}", f"/topics/{topic.topic_id}/keep", f"/topics/{topic.topic_id}/polls"),
        f"/polls/{bad}",
    )


async def _redress(db: Database, post: Post, moderator: Actor) -> tuple[str, ...]:
    """A request about a post that was masked, whose words and whose requester somebody looked at."""
    wish = Wish(act=Act.MASK, passages="待ち", rule=1, reason="ためしです。", version=post.version + 1)
    await masking.decide(db, moderator, post.id, wish)
    masked, view = await the_post(db, post.id), await posts.view(db, post.id)
    assert view is not None
    await look_under_masks(db, moderator, masked, "確かめるため")
    person = {"name": "小金井花子", "email": "hanako@example.jp", "infringed": "privacy"}
    claim = await rights.file(db, SEAL, view, Claim(post="1", words="待", reason="私のことです。", **person))
    await rights.open_envelope(db, SEAL, moderator, claim, "本人か確かめるため")
    return ("/rights-requests", f"/rights-requests/{claim}", f"/posts/{post.id}/sealed")


async def deciding_in_pairs(db: Database) -> list[Tour]:
    """Proposals that wait and one that went at once, for whoever made them, whoever answers, and everybody."""
    desk = await a_desk(db)
    waits, urgent = [await a_post(db, topic=desk.topic, body="電話の話です。") for _ in range(2)]
    await hide(db, desk.first, waits)
    await propose(db, desk.first, waits, Act.SILENCE)
    await propose(db, desk.first, urgent, Act.MASK, AT_ONCE)
    items = (f"/queue/{waits.id}", f"/queue/{urgent.id}")
    return [
        Tour(desk.first, ("/queue", items[0], f"{items[0]}/mask", f"{items[0]}/author")),
        Tour(desk.second, ("/queue?kind=proposed", *items)),
        Tour(await an_account(db, Role.ADMINISTRATOR), ("/moderation/pairs",)),
    ]
