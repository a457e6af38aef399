"""Sanctions: what is in force as a rule, and every act on the database, over HTTP and in the mail."""

import asyncio
import email
import email.policy
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as some

from forum import clock
from forum.access import Actor, Role
from forum.db import Database, connected
from forum.errors import Conflict, Forbidden, Invalid, Refusal
from forum.notifications.jobs import notification_mail
from forum.posts.rules import Draft, Edit, Post
from forum.topics.actions import discussing
from moderation.appeals import actions as appeals
from moderation.appeals.rules import Answer, Filing
from moderation.reviews import proofs
from moderation.reviews.actions import sanctioning
from moderation.reviews.acts import Act
from moderation.reviews.queries import decisions
from moderation.reviews.queries import sanctions as queries
from moderation.reviews.sanctions import DAYS, Restrictions, Sanction, Wish, in_force, leaves_an_administrator
from tests.conftest import Login
from tests.factories import (
    a_board,
    a_board_moderator,
    a_facilitator,
    a_moderator,
    a_post,
    a_topic,
    actor,
    an_account,
    the_post,
)
from tests.moderation.appeals.test_appeals import mismatches
from tests.moderation.reviews.test_actions import decide, told
from tests.pages import links, parsed, text_of, values

NOW = datetime(2026, 4, 1, 3, tzinfo=UTC)
DAY = timedelta(days=1)


def one(n: int, act: Act, *, until: datetime | None = None, lifts: int | None = None) -> Sanction:
    return Sanction(n, n, 1, act, until, lifts, NOW + n * DAY, "")


#   what happened, in order                                                     silenced until   suspended since
IN_FORCE = [
    ([], None, None),
    ([one(1, Act.WARN)], None, None),
    ([one(1, Act.SILENCE, until=NOW)], NOW, None),
    ([one(1, Act.SILENCE, until=NOW + DAY), one(2, Act.SILENCE, until=NOW)], NOW + DAY, None),
    ([one(1, Act.SILENCE, until=NOW + DAY), one(2, Act.SILENCE, until=NOW), one(3, Act.REINSTATE, lifts=1)], NOW, None),
    ([one(1, Act.SILENCE, until=NOW), one(2, Act.SUSPEND)], NOW, NOW + 2 * DAY),
    ([one(1, Act.SILENCE, until=NOW), one(2, Act.SUSPEND), one(3, Act.REINSTATE)], None, None),
    ([one(1, Act.SILENCE, until=NOW), one(2, Act.SUSPEND), one(3, Act.REINSTATE, lifts=2)], NOW, None),
    ([one(1, Act.SUSPEND), one(2, Act.REINSTATE), one(3, Act.SUSPEND)], None, NOW + 3 * DAY),
    ([one(1, Act.WARN), one(2, Act.SUSPEND), one(3, Act.REINSTATE, lifts=1)], None, NOW + 2 * DAY),
]  # fmt: skip


@pytest.mark.parametrize(("history", "silenced_until", "suspended_at"), IN_FORCE)
def test_what_is_in_force_is_read_from_what_happened(
    history: list[Sanction], silenced_until: datetime | None, suspended_at: datetime | None
) -> None:
    assert in_force(history) == Restrictions(silenced_until, suspended_at)


@given(some.lists(some.sampled_from([Act.WARN, Act.SILENCE, Act.SUSPEND]), max_size=8))
def test_taking_back_each_leaves_as_much_as_taking_back_all(acts: list[Act]) -> None:
    history = [
        one(n, act, until=NOW + n * DAY if act is Act.SILENCE else None) for n, act in enumerate(acts, 1)
    ]
    each = [one(len(acts) + n, Act.REINSTATE, lifts=n) for n in range(1, len(acts) + 1)]
    assert in_force([*history, *each]) == in_force([*history, one(99, Act.REINSTATE)]) == Restrictions()


def wish(post: Post, act: Act, days: int = 7) -> Wish:
    rule = None if act is Act.REINSTATE else 2
    return Wish(act=act, rule=rule, reason="人を傷つける書き方です。", days=days, version=post.version)


async def sanctioned(
    db: Database, act: Act, by: Actor | None = None, post: Post | None = None
) -> tuple[Post, int]:
    """A post, and the decision about its author."""
    post = post or await a_post(db)
    return post, await sanctioning.sanction(db, by or await a_moderator(db), post.id, wish(post, act))


async def test_a_warning_reaches_its_author_and_keeps_nobody_from_writing(db: Database) -> None:
    post, decision = await sanctioned(db, Act.WARN)
    author = await actor(db, post.author_id)
    (notice,) = await told(db, author)
    assert (notice.kind, notice.params["act"], notice.params["decision"]) == ("sanctioned", "warn", decision)
    (line,) = await decisions.of_post(db, post.id)
    assert (line.act, line.rule_number, line.reason, line.role) == (
        "warn",
        2,
        "人を傷つける書き方です。",
        "moderator",
    )
    await discussing.reply(db, author, post.topic_id, Draft(body="気をつけます。"))
    assert (await the_post(db, post.id)).state == "visible"
    assert await mismatches(db) == []


async def test_who_is_silenced_writes_again_when_the_time_is_over(db: Database) -> None:
    with clock.at(NOW):
        post, _ = await sanctioned(db, Act.SILENCE)
        author = await actor(db, post.author_id)
        assert author.silenced_until == NOW + 7 * DAY
        with pytest.raises(Forbidden, match="止められて"):
            await discussing.reply(db, author, post.topic_id, Draft(body="でも。"))
        with pytest.raises(Forbidden, match="止められて"):
            await discussing.edit(db, author, post.id, Edit(body="でも。", version=post.version))
    with clock.at(NOW + 7 * DAY):
        author = await actor(db, post.author_id)
        assert author.silenced_until is None
        await discussing.reply(db, author, post.topic_id, Draft(body="落ち着きました。"))
    assert await mismatches(db) == []


async def test_who_is_silenced_twice_is_told_of_the_later_end(db: Database) -> None:
    with clock.at(NOW):
        post, _ = await sanctioned(db, Act.SILENCE)
        await sanctioning.sanction(db, await a_moderator(db), post.id, wish(post, Act.SILENCE, days=1))
        assert (await actor(db, post.author_id)).silenced_until == NOW + 7 * DAY
    ends = [datetime.fromisoformat(notice.params["until"]) for notice in await told(db, post.author_id)]
    assert ends == [NOW + 7 * DAY] * 2


async def test_who_is_suspended_loses_office_and_gets_it_back(db: Database) -> None:
    board = await a_board(db)
    facilitator = await a_facilitator(db, board)
    post = await a_post(db, facilitator, topic=await a_topic(db, board=board))
    administrator = await an_account(db, Role.ADMINISTRATOR)
    await sanctioned(db, Act.SUSPEND, administrator, post)
    now = await actor(db, post.author_id)
    assert (now.suspended, now.facilitates_boards) == (True, frozenset())
    await sanctioned(db, Act.REINSTATE, administrator, post)
    again = await actor(db, post.author_id)
    assert (again.suspended, again.facilitates_boards) == (False, frozenset({board.id}))
    assert await mismatches(db) == []


async def test_people_with_an_office_answer_to_administrators(db: Database) -> None:
    for role in (Role.STAFF, Role.MODERATOR, Role.ADMINISTRATOR):
        post = await a_post(db, await an_account(db, role))
        with pytest.raises(Forbidden, match="管理者だけ"):
            await sanctioned(db, Act.WARN, post=post)
        await sanctioned(db, Act.WARN, await an_account(db, Role.ADMINISTRATOR), post)


async def test_nobody_sanctions_themselves_and_no_sanction_goes_without_rule_and_reason(db: Database) -> None:
    moderator = await a_moderator(db)
    own, post = await a_post(db, moderator), await a_post(db)
    with pytest.raises(Forbidden):
        await sanctioned(db, Act.WARN, moderator, own)
    for lacking in (
        Wish(act=Act.SUSPEND, reason="x", version=post.version),
        Wish(act=Act.WARN, rule=2, version=post.version),
    ):
        with pytest.raises(Invalid):
            await sanctioning.sanction(db, moderator, post.id, lacking)
    assert DAYS == (1, 3, 7, 14, 30)
    with pytest.raises(ValueError, match="days"):
        wish(post, Act.SILENCE, days=365)


async def test_of_a_sanction_that_cannot_be_the_moderator_is_told(db: Database) -> None:
    post, _ = await sanctioned(db, Act.SUSPEND)
    for act in (Act.WARN, Act.SILENCE, Act.SUSPEND):
        with pytest.raises(Conflict):
            await sanctioned(db, act, post=post)
    await sanctioned(db, Act.REINSTATE, post=post)
    with pytest.raises(Conflict):
        await sanctioned(db, Act.REINSTATE, post=post)


async def test_of_two_moderators_at_once_one_suspends(own_database: str) -> None:
    async with connected(own_database) as db:
        author = await an_account(db)
        found = [await a_post(db, author) for _ in range(2)]
        moderators = [await a_moderator(db) for _ in range(4)]
        outcomes = await asyncio.gather(
            *(sanctioned(db, Act.SUSPEND, judge, found[n % 2]) for n, judge in enumerate(moderators)),
            return_exceptions=True,
        )
        assert sum(isinstance(outcome, Refusal) for outcome in outcomes) == 3
        assert len(await queries.of_account(db, author.id or 0)) == 1
        assert await mismatches(db) == []


@pytest.mark.parametrize(
    ("act", "administrators", "allowed"),
    [
        (Act.SUSPEND, [1], False),
        (Act.SUSPEND, [1, 2], True),
        (Act.SUSPEND, [], True),
        (Act.SILENCE, [1], True),
        (Act.REINSTATE, [1], True),
    ],
)
def test_an_administrator_is_left(act: Act, administrators: list[int], allowed: bool) -> None:
    assert bool(leaves_an_administrator(act, 1, administrators)) == allowed


async def test_of_two_administrators_who_suspend_each_other_at_once_one_is_left(own_database: str) -> None:
    async with connected(own_database) as db:
        one, other = [await an_account(db, Role.ADMINISTRATOR) for _ in range(2)]
        posts = [await a_post(db, one), await a_post(db, other)]
        outcomes = await asyncio.gather(
            sanctioned(db, Act.SUSPEND, other, posts[0]),
            sanctioned(db, Act.SUSPEND, one, posts[1]),
            return_exceptions=True,
        )
        assert sum(isinstance(outcome, Refusal) for outcome in outcomes) == 1
        left = [await actor(db, person.id or 0) for person in (one, other)]
        assert sum(person.is_administrator for person in left) == 1


@pytest.mark.parametrize("act", [Act.WARN, Act.SILENCE, Act.SUSPEND])
async def test_an_appeal_takes_back_exactly_what_it_contests(db: Database, act: Act) -> None:
    """Another sanction of the same account stays."""
    post, decision = await sanctioned(db, act)
    other = await a_post(db, await actor(db, post.author_id)) if act is Act.WARN else None
    if other:
        await sanctioned(db, Act.SILENCE, post=other)
    number = await appeals.file(
        db, await actor(db, post.author_id), decision, Filing(body="冗談のつもりでした。")
    )
    await appeals.answer(
        db, await a_moderator(db), number, Answer(outcome="overturned", reason="傷つける意図はありません。")
    )
    now = await actor(db, post.author_id)
    assert (now.suspended, bool(now.silenced_until)) == (False, other is not None)
    newest = (await decisions.of_post(db, post.id))[0]
    assert (newest.act, newest.answers is not None) == ("reinstate", True)
    assert (await the_post(db, post.id)).state == "visible"
    assert await mismatches(db) == []


async def test_an_appeal_that_fails_leaves_the_sanction(db: Database) -> None:
    post, decision = await sanctioned(db, Act.SUSPEND)
    number = await appeals.file(db, await actor(db, post.author_id), decision, Filing(body="でも。"))
    await appeals.answer(
        db, await a_moderator(db), number, Answer(outcome="upheld", reason="三度目の警告のあとです。")
    )
    assert (await actor(db, post.author_id)).suspended
    assert await mismatches(db) == []


async def test_what_was_taken_back_cannot_be_contested(db: Database) -> None:
    """Also when it was taken back on another post."""
    post, decision = await sanctioned(db, Act.SUSPEND)
    author = await actor(db, post.author_id)
    other = await a_post(db, await an_account(db))
    assert other.author_id != post.author_id
    await sanctioned(db, Act.REINSTATE, post=post)
    with pytest.raises(Forbidden, match="効力"):
        await appeals.file(db, author, decision, Filing(body="でも。"))


async def test_hiding_and_sanctioning_are_two_decisions(db: Database) -> None:
    """Neither overtakes the other."""
    post, sanction = await sanctioned(db, Act.SILENCE)
    hidden = await decide(db, await a_moderator(db), await the_post(db, post.id), Act.HIDE)
    author = await actor(db, post.author_id)
    for decision in (sanction, hidden):
        assert await appeals.file(db, author, decision, Filing(body="どちらも。"))
    assert await mismatches(db) == []


async def test_the_mail_says_what_why_until_when_and_how_to_appeal(db: Database, app: Any) -> None:
    with clock.at(NOW):
        post, decision = await sanctioned(db, Act.SILENCE)
        (notice,) = await told(db, await actor(db, post.author_id))
        await notification_mail(app.state.site, {"notification_id": notice.id})
    (mailed,) = (app.state.site.settings.var_dir / "mail").glob("*.eml")
    message = email.message_from_bytes(mailed.read_bytes(), policy=email.policy.default)
    assert "しばらくのあいだ止めます" in str(message["subject"])
    text = message.get_content()
    for said in (
        "人を傷つける書き方です。",
        "審査の担当者",
        "2026年4月8日 ",  # and the time of day
        "/rules/2?version=1",
        "2026年4月15日",
        f"/appeals/new?decision={decision}",
        "市の意見募集への意見の提出",
    ):
        assert said in text, text


async def test_a_moderator_sanctions_in_the_browser_and_the_person_sees_why_nothing_can_be_written(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    post, moderator = await a_post(db), await a_moderator(db)
    await login(client, moderator.id or 0)
    address = f"/queue/{post.id}/author"
    assert address in links(parsed(await client.get(f"/queue/{post.id}")))
    assert "警告する" in (await client.get(address)).text
    form = {
        "act": "silence",
        "days": "3",
        "rule": "",
        "reason": "くり返しです。",
        "version": str(post.version),
    }
    refused = await client.post(address, data=form)
    assert (refused.status_code, "くり返しです。" in refused.text) == (422, True)
    assert (await client.post(address, data={**form, "rule": "2", "days": "4"})).status_code == 422
    assert (await client.post(address, data={**form, "rule": "2"})).status_code == 303
    again = await client.get(address)
    assert "いま、投稿を一時停止にしています" in again.text
    assert "くり返しです。" in again.text
    assert "くり返しです。" in (await client.get("/moderation/log?act=silence")).text
    await login(client, post.author_id)
    topic = text_of(parsed(await client.get(f"/topics/{post.topic_id}")))
    assert "いまは投稿を止められています" in topic
    assert "まで" in topic
    typed = await client.post(f"/topics/{post.topic_id}/replies", data={"body": "長い考えを書いた"})
    assert (typed.status_code, "長い考えを書いた" in typed.text) == (403, True)
    assert (await client.get(address)).status_code == 403


async def test_whoever_presses_twice_sanctions_once(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    """Nor does a colleague who read the same page warn a second time: a warning changes nothing else that would tell."""
    post = await a_post(db)
    author = await actor(db, post.author_id)
    await login(client, (await a_moderator(db)).id or 0)
    address = f"/queue/{post.id}/author"
    form = values(parsed(await client.get(address))) | {
        "act": "warn",
        "rule": "2",
        "reason": "言いすぎです。",
    }
    assert (await client.post(address, data=form)).status_code == 303
    again = await client.post(address, data=form)
    assert (again.status_code, "この人への処分は、もう変わっています。" in again.text) == (409, True)
    assert "言いすぎです。" in again.text
    assert [sanction.act for sanction in await queries.of_account(db, post.author_id)] == ["warn"]
    assert len(await told(db, author)) == 1
    assert (await client.post(address, data=form | values(parsed(again)))).status_code == 303, (
        "who looked again"
    )


async def test_the_history_leads_a_moderator_to_posts_of_their_boards_alone(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    post, _decision = await sanctioned(db, Act.WARN)
    here = await a_board(db)
    other = await a_post(db, await actor(db, post.author_id), topic=await a_topic(db, board=here))
    for moderator, leads in ((await a_moderator(db), True), (await a_board_moderator(db, here), False)):
        await login(client, moderator.id or 0)
        page = parsed(await client.get(f"/queue/{other.id}/author"))
        assert "人を傷つける書き方です。" in text_of(page)
        assert (f"/queue/{post.id}" in links(page)) == leads
        assert (await client.get(f"/queue/{post.id}")).status_code == (200 if leads else 403)


async def test_words_that_came_too_late_are_given_back_with_the_time_from_which_they_can_be_written(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    post, moderator = await a_post(db), await a_moderator(db)
    wish = Wish(act=Act.SILENCE, rule=2, reason="くり返しです。", days=7, version=post.version)
    await sanctioning.sanction(db, moderator, post.id, wish)
    await login(client, post.author_id)
    slug = await db.value(
        "select slug from boards b join topics t on t.board_id = b.id where t.id = :id", id=post.topic_id
    )
    for address, form in (
        (f"/boards/{slug}/topics", {"title": "考えた題", "body": "長い考えを書いた"}),
        (f"/posts/{post.id}/edit", {"body": "書き直した考え", "version": str(post.version)}),
    ):
        page = await client.post(address, data=form)
        assert page.status_code == 403
        assert [words for name, words in form.items() if name != "version" and words not in page.text] == []
        assert "また投稿できるようになるのは" in page.text
        assert "別の名前で" not in page.text


async def test_who_is_suspended_while_silenced_is_told_of_no_end(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    post, moderator = await a_post(db), await a_moderator(db)
    for act in (Act.SILENCE, Act.SUSPEND):
        wish = Wish(act=act, rule=2, reason="くり返しです。", version=post.version)
        await sanctioning.sanction(db, moderator, post.id, wish)
    await login(client, post.author_id)
    compose = text_of(parsed(await client.get(f"/topics/{post.topic_id}")))
    assert "このアカウントは停止されています" in compose
    assert "まで" not in compose


async def test_what_was_sanctioned_never_changes(db: Database) -> None:
    await sanctioned(db, Act.WARN)
    for change in ("update sanctions set act = 'suspend'", "delete from sanctions", "truncate sanctions"):
        with pytest.raises(asyncpg.PostgresError):
            async with db.transaction():
                await db.run(change)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("update sanctions set until = until + interval '1 day'", "altered"),
        ("update sanctions set act = 'suspend', until = null", "is not what decision"),
        ("update sanctions set account_id = (select min(id) from accounts where id <> account_id)", "is not what decision"),
        ("update sanctions set decision_id = null, sanctioned_at = sanctioned_at - interval '1 day'", "sanctions nobody"),
        ("delete from sanctions", "sanctions nobody"),
        ("update accounts set silenced_until = null", "restricted otherwise"),
        ("update accounts set suspended_at = now() where silenced_until is null", "restricted otherwise"),
    ],
)  # fmt: skip
async def test_tampering_with_sanctions_is_found_and_named(db: Database, change: str, said: str) -> None:
    await sanctioned(db, Act.SILENCE)
    await db.run("set local session_replication_role = replica")
    await db.run(change)
    found = [line async for line in proofs.mismatches(db)]
    assert any(said in line for line in found), found
