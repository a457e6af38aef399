"""Starting a digest: who may, what is read, and what the machine leaves for people to decide."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, timedelta

import httpx
import pytest

from forum import clock
from forum.access import Actor
from forum.db import Database, connected
from forum.errors import Conflict, Forbidden, Invalid
from forum.posts.rules import Post
from forum.topics.actions import discussing, transferring
from forum.topics.transfers import Why
from moderation.digests import actions, rules
from moderation.digests.balancing import ledger_of
from moderation.digests.queries import digests, opinions
from moderation.digests.rules import Cutting, Digest
from tests import judging
from tests.conftest import Login
from tests.factories import (
    a_board,
    a_facilitator,
    a_moderator,
    a_newcomer,
    a_post,
    a_staff_member,
    an_account,
)
from tests.moderation.consultations import stories
from tests.moderation.consultations.stories import Procedure
from tests.moderation.digests.desk import (
    ZONE,
    a_discussion,
    a_draft,
    a_plan,
    act,
    confirm_all,
    edit,
    groups_of,
    hide,
    restore,
    said_in,
    standing,
    the_digest,
)


async def test_every_visible_post_is_cut_and_proposed_and_nothing_is_decided(db: Database) -> None:
    digest = await a_draft(db, await a_discussion(db))
    assert digest.state == "draft"
    found = await standing(db, digest.id)
    assert len(found) == 5
    assert {disposition for disposition, _number in found.values()} == {"undecided"}
    assert found["図書館を夜も開け"][1] == found["図書館の夜間の開"][1]
    assert found["北口の駐輪場が足"][1] == found["駅前の駐輪場はい"][1]
    assert [group.title for group in await groups_of(db, digest.id)] == [
        "図書館",
        "駐輪場",
        "補助",
    ]


async def test_every_group_has_one_opinion_proposed_to_be_quoted(db: Database) -> None:
    digest = await a_draft(db, await a_discussion(db))
    quoted = [o.group_id for o in await opinions.all_of(db, digest.id) if o.representative]
    assert sorted(quoted) == sorted(group.id for group in await groups_of(db, digest.id))


async def test_greetings_and_quotes_are_kept_beside_the_opinions(db: Database) -> None:
    digest = await a_draft(db, await a_discussion(db))
    kept = await opinions.not_opinions(db, digest.id, offset=0, limit=10)
    assert [(o.part, o.text) for o in kept] == [
        ("greeting", "ありがとうございます。"),
        ("quote", "> 駐輪場を増やしてほしい"),
    ]


async def test_the_manifest_names_every_revision_that_was_read(db: Database) -> None:
    posts = await a_discussion(db)
    digest = await a_draft(db, posts)
    assert digest.manifest["texts"] == [post.sha256 for post in posts]
    assert len(digest.manifest["inputs"]) == 5


async def test_held_hidden_and_withdrawn_posts_are_not_read(db: Database) -> None:
    posts = await a_discussion(db)
    writer = await an_account(db)
    withdrawn = await a_post(db, writer, topic=posts[0], body="取り下げる意見です。")
    await discussing.withdraw(db, writer, withdrawn.id)
    await a_post(db, await a_newcomer(db), topic=posts[0], body="確認待ちの意見です。")
    hidden = await a_post(db, topic=posts[0], body="公開をやめる意見です。")
    await hide(db, hidden)
    digest = await a_draft(db, posts)
    assert len(await standing(db, digest.id)) == 5


async def test_only_the_newest_words_of_a_post_are_read(db: Database) -> None:
    posts = await a_discussion(db)
    writer = await an_account(db)
    post = await a_post(db, writer, topic=posts[0], body="街灯を増やしてください。")
    await edit(db, writer, post, "ベンチを増やしてください。")
    digest = await a_draft(db, posts)
    assert {"ベンチを増やして"} <= set(await standing(db, digest.id))


async def test_a_digest_reads_its_period_only(db: Database) -> None:
    posts = await a_discussion(db)
    plan = a_plan(topics=[posts[0].topic_id], first_day=date(2020, 1, 1), last_day=date(2020, 1, 31))
    digest_id = await actions.start(db, await a_staff_member(db), plan, ZONE)
    assert await standing(db, digest_id) == {}
    assert (await the_digest(db, digest_id)).state == "draft"


@pytest.mark.parametrize("by", ["boards", "topics"])
async def test_what_one_digest_went_out_without_is_read_by_the_next_and_only_by_that(
    db: Database, client: httpx.AsyncClient, by: str
) -> None:
    """A post that waited for a moderator or was hidden, one that was written on the day and one that came from elsewhere."""
    board, clerk, now = await a_board(db), await a_staff_member(db), clock.now()
    posts = await a_discussion(db, board)
    waiting = await a_post(db, await a_newcomer(db), topic=posts[0], body="街灯を増やしてください。")
    hidden = await a_post(db, topic=posts[0], body="歩道を直してください。")
    moved = await a_post(db, body="ベンチを置いてください。")
    await hide(db, hidden)

    async def next_digest(days: int) -> Digest:
        sources = {"boards": {"boards": [board.id]}, "topics": {"topics": [posts[0].topic_id]}}[by]
        # Two days: midnight may come before this is over.
        today = (now + timedelta(days=days)).astimezone(ZONE).date()
        plan = a_plan(**sources, first_day=today, last_day=today + timedelta(days=1))
        with clock.at(now + timedelta(days=days)):
            return await the_digest(db, await actions.start(db, clerk, plan, ZONE))

    first = await a_published_digest(db, clerk, posts, await next_digest(0))
    assert "公開のあとに書かれた発言は入っていません" in (await client.get(f"/digests/{first.id}")).text
    later = await a_post(db, topic=posts[0], body="今日のうちに、噴水も直してください。")
    await judging.approve(db, await a_moderator(db), waiting.id)
    await restore(db, hidden)
    why = Why("moderator", "話題が違うため")
    await transferring.bring(db, await a_moderator(db), moved.topic_id, [moved.id], posts[0].topic_id, why)
    second = await next_digest(2)
    said = {o.post_id for o in await opinions.all_of(db, second.id)}
    assert said == {waiting.id, hidden.id, later.id, moved.id}
    assert second.behind == 4
    await a_published_digest(db, clerk, posts, second)
    page = (await client.get(f"/digests/{second.id}")).text
    assert "前のまとめに間に合わなかった発言4件を含みます" in page
    assert await opinions.all_of(db, (await next_digest(4)).id) == []


async def test_a_post_read_by_board_and_by_topic_is_read_once(db: Database) -> None:
    board = await a_board(db)
    posts = await a_discussion(db, board)
    plan = a_plan(boards=[board.id], topics=[posts[0].topic_id])
    digest_id = await actions.start(db, await a_staff_member(db), plan, ZONE)
    assert len(await opinions.all_of(db, digest_id)) == 5


async def test_a_large_digest_waits_for_its_job(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "TEXTS_AT_ONCE", 2)
    digest = await a_draft(db, await a_discussion(db))
    assert digest.state == "compiling"
    assert await actions.compile_digest(db, digest.id)
    assert (await the_digest(db, digest.id)).state == "draft"
    assert not await actions.compile_digest(db, digest.id)


async def test_a_compilation_that_was_stopped_leaves_nothing_behind(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "TEXTS_AT_ONCE", 2)
    clerk, posts = await a_staff_member(db), await a_discussion(db)
    digest, other = await a_draft(db, posts, clerk), await a_draft(db, posts, clerk)
    with pytest.raises(Forbidden):
        await actions.cancel(db, await an_account(db), digest.id)
    await actions.cancel(db, clerk, digest.id)
    await actions.compile_in_background(db, digest.id)
    assert await digests.digest(db, digest.id) is None
    await actions.compile_in_background(db, other.id)
    assert (await the_digest(db, other.id)).state == "draft"
    with pytest.raises(Conflict):
        await actions.cancel(db, clerk, other.id)


async def test_a_compilation_that_nobody_does_any_more_is_stopped_at_once(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "TEXTS_AT_ONCE", 2)
    clerk, posts = await a_staff_member(db), await a_discussion(db)
    never, stood = await a_draft(db, posts, clerk), await a_draft(db, posts, clerk)
    await actions.compile_in_background(db, stood.id)
    await actions.retake(db, clerk, stood.id)
    await db.run("update pgqueuer set status = 'failed'")
    assert not await actions.cancel(db, clerk, never.id)
    assert await digests.digest(db, never.id) is None
    assert await actions.cancel(db, clerk, stood.id)
    assert (await the_digest(db, stood.id)).state == "draft"


async def test_of_two_who_begin_the_digest_of_a_consultation_one_hears_that_there_is_one(
    own_database: str,
) -> None:
    async with connected(own_database) as db, connected(own_database) as other:
        procedure = await stories.open_now(db)
        plan = a_plan(consultation_id=procedure.id)
        done = await asyncio.gather(
            *(actions.start(one, procedure.clerk, plan, ZONE) for one in (db, other)), return_exceptions=True
        )
        assert sorted(type(one) for one in done if not isinstance(one, int)) == [Invalid]


@pytest.mark.parametrize("life", [stories.prepared, stories.published])
async def test_nobody_begins_the_digest_of_a_consultation_that_is_not_out_or_over(
    db: Database, life: Callable[[Database], Awaitable[Procedure]]
) -> None:
    procedure = await life(db)
    with pytest.raises(Invalid):
        await actions.start(db, await a_staff_member(db), a_plan(consultation_id=procedure.id), ZONE)


async def a_published_digest(
    db: Database, clerk: Actor, posts: list[Post], draft: Digest | None = None
) -> Digest:
    draft = draft or await a_draft(db, posts, clerk)
    if loose := [o.id for o in await opinions.all_of(db, draft.id) if not o.group_id]:
        await act(db, clerk, draft.id, "split", opinions=loose)
    await confirm_all(db, clerk, draft.id)
    await actions.publish_digest(db, clerk, draft.id)
    return await the_digest(db, draft.id)


async def test_opinions_of_a_published_digest_can_be_taken_into_another(db: Database) -> None:
    clerk = await a_staff_member(db)
    first = await a_draft(db, await a_discussion(db), clerk)
    await confirm_all(db, clerk, first.id)
    await actions.publish_digest(db, clerk, first.id)
    second = await actions.start(db, clerk, a_plan(digests=[first.id]), ZONE)
    assert {o.sha256 for o in await opinions.all_of(db, second)} == {
        o.sha256 for o in await opinions.all_of(db, first.id)
    }


async def test_what_a_digest_reads_itself_is_not_taken_from_another_as_well(db: Database) -> None:
    clerk, posts = await a_staff_member(db), await a_discussion(db)
    first = await a_published_digest(db, clerk, posts)
    plan = a_plan(topics=[posts[0].topic_id], digests=[first.id])
    second = await actions.start(db, clerk, plan, ZONE)
    counts = (await ledger_of(db, await the_digest(db, second))).counts
    assert (counts.texts, counts.opinions, counts.same) == (5, 5, 0)


@pytest.mark.parametrize("words", ["街灯を増やして。", "まず一つ、街灯を増やして。"])
async def test_of_two_digests_with_the_same_post_the_newer_says_how_it_is_cut(
    db: Database, words: str
) -> None:
    """Whether it was edited between them, or only cut otherwise."""
    clerk, writer, posts = await a_staff_member(db), await an_account(db), await a_discussion(db)
    more = "\n\nもう一つ、歩道を直してください。"
    post = await a_post(db, writer, topic=posts[0], body="街灯を増やして。" + more)
    first = await a_published_digest(db, clerk, posts)
    await edit(db, writer, post, words + more)
    draft = await a_draft(db, posts, clerk)
    lights = await said_in(db, draft.id, "街灯")
    await actions.cut(db, clerk, draft.id, lights.id, Cutting(at=len(words) - 4, version=draft.version))
    newer = await a_published_digest(db, clerk, posts, draft)
    both = await actions.start(db, clerk, a_plan(digests=[newer.id, first.id]), ZONE)
    said = [o for o in await opinions.all_of(db, both) if o.post_id == post.id]
    assert [o.text for o in said] == [words[:-4], words[-4:] + more]


async def test_taking_a_digest_into_a_draft_brings_only_what_is_not_there(db: Database) -> None:
    clerk = await a_staff_member(db)
    posts = await a_discussion(db)
    first = await a_draft(db, posts, clerk)
    await confirm_all(db, clerk, first.id)
    await actions.publish_digest(db, clerk, first.id)
    others = await a_discussion(db)
    second = await actions.start(db, clerk, a_plan(topics=[others[0].topic_id]), ZONE)
    await actions.take_in(db, clerk, second, first.id)
    assert len(await opinions.all_of(db, second)) == 10
    [*_, last] = await groups_of(db, first.id)
    [*_, taken] = await groups_of(db, second)
    assert (taken.title, taken.summary, taken.opinions) == (last.title, last.summary, last.opinions)
    assert taken.undecided == taken.opinions, "sorted already, still to be confirmed"
    with pytest.raises(Invalid):
        await actions.take_in(db, clerk, second, first.id)


# Who may start a digest of what, one case a line.
@pytest.mark.parametrize(
    ("who", "kind", "allowed"),
    [
        ("staff", "official", True),
        ("staff", "community", True),
        ("staff", "staff", False),
        ("facilitator", "community", True),
        ("facilitator of another board", "community", False),
        ("resident", "official", False),
    ],
)
async def test_who_may_compile_what(db: Database, who: str, kind: str, allowed: bool) -> None:
    board = await a_board(db, kind)
    actor: Actor = {
        "staff": await a_staff_member(db),
        "facilitator": await a_facilitator(db, board),
        "facilitator of another board": await a_facilitator(db, await a_board(db)),
        "resident": await an_account(db),
    }[who]
    starting = actions.start(db, actor, a_plan(boards=[board.id]), ZONE)
    if allowed:
        assert await starting
    else:
        with pytest.raises(Forbidden):
            await starting


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({}, "boards"),
        ({"boards": [999_999]}, "boards"),
        ({"topics": [999_999]}, "topics"),
        ({"digests": [999_999]}, "digests"),
    ],
)
async def test_a_digest_of_nothing_is_refused(db: Database, wrong: dict[str, list[int]], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        await actions.start(db, await a_staff_member(db), a_plan(**wrong), ZONE)
    assert set(refused.value.fields) == {field}


async def test_a_period_ends_after_it_begins(db: Database) -> None:
    board = await a_board(db)
    today = date.today()  # noqa: DTZ011
    plan = a_plan(boards=[board.id], first_day=today, last_day=today - timedelta(days=1))
    with pytest.raises(Invalid) as refused:
        await actions.start(db, await a_staff_member(db), plan, ZONE)
    assert set(refused.value.fields) == {"last_day"}


async def test_a_facilitator_sorts_a_digest_of_their_own_board_only(db: Database) -> None:
    board = await a_board(db)
    posts = await a_discussion(db, board)
    host, other = await a_facilitator(db, board), await a_facilitator(db, await a_board(db))
    digest = await a_draft(db, posts, host)
    await confirm_all(db, host, digest.id)
    with pytest.raises(Forbidden):
        await act(
            db, other, digest.id, "confirm", groups=[group.id for group in await groups_of(db, digest.id)]
        )


async def test_the_next_digest_of_a_discussion_suggests_the_places_of_the_last_and_groups_only_the_new(
    db: Database, client: httpx.AsyncClient, login: Login
) -> None:
    clerk, posts = await a_staff_member(db), await a_discussion(db)
    first = await a_draft(db, posts, clerk)
    one, other, *_ = await groups_of(db, first.id)
    weather = await said_in(db, first.id, "子ども食堂")
    await act(db, clerk, first.id, "set_aside", opinions=[weather.id], reason="対象ではないため")
    # As no machine would have it.
    await act(db, clerk, first.id, "merge", groups=[one.id, other.id], title="人が付けた名前")
    await confirm_all(db, clerk, first.id)
    await actions.publish_digest(db, clerk, first.id)
    before = await members(db, first.id)
    new = "市役所の窓口を土曜日も開いてください。"
    await a_post(db, topic=posts[0], body=new)
    # What is taken in later finds its place as what was there from the beginning.
    for post in (posts[1], posts[4]):
        await hide(db, post)
    second = await a_draft(db, posts, clerk)
    for post in (posts[1], posts[4]):
        await restore(db, post)
    assert await actions.retake(db, clerk, second.id) == 2
    second = await the_digest(db, second.id)
    assert await members(db, second.id) == {**before, "市役所の窓口": {new}} != before
    found = await standing(db, second.id)
    assert found.pop("子ども食堂に補助") == ("set_aside", None)
    assert {disposition for disposition, _number in found.values()} == {"undecided"}
    assert second.kept_aside == {weather.sha256}
    assert (await said_in(db, second.id, "子ども食堂")).reason == "対象ではないため"
    assert first.manifest["earlier"] is None
    sha256 = (await the_digest(db, first.id)).sha256
    assert second.manifest["earlier"] == sha256
    await login(client, clerk.id or 0)
    bench = (await client.get(f"/digests/{second.id}/edit?show=aside")).text
    for words in (f'href="/verify?hash={sha256}"', "前のまとめで対象外にした意見1件は、", "前のまとめと同じ"):
        assert words in bench
    await confirm_all(db, clerk, second.id)
    await actions.publish_digest(db, clerk, second.id)
    assert f"{sha256}" in (await client.get(f"/digests/{second.id}")).text
    third = await a_draft(db, posts, clerk)
    assert third.kept_aside == {weather.sha256}
    assert (await standing(db, third.id))["子ども食堂に補助"] == ("set_aside", None)


async def members(db: Database, digest_id: int) -> dict[str, set[str]]:
    """What stands in each group, by its name."""
    said = await opinions.all_of(db, digest_id)
    return {
        group.title: {one.text or "" for one in said if one.group_id == group.id}
        for group in await groups_of(db, digest_id)
    }
