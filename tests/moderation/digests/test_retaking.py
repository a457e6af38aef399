"""What is edited, withdrawn, hidden or new after compiling comes to light and can be taken in again."""

from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forum.access import Actor
from forum.db import Database
from forum.errors import Conflict, Forbidden, Invalid
from forum.posts.rules import Post
from forum.topics.actions import discussing
from moderation.digests import actions, rules
from moderation.digests.balancing import ledger_of
from moderation.digests.ledger import Ledger, can_publish, hindrances
from moderation.digests.queries import opinions
from moderation.digests.rules import HIDDEN, WITHDRAWN, Cutting, Digest
from moderation.digests.verifying import mismatches, of_history
from tests.factories import a_post, a_staff_member, a_topic, an_account
from tests.moderation.consultations import stories
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


async def a_confirmed_draft(db: Database, words: str) -> tuple[Actor, Actor, Post, Digest]:
    """Everything decided, ready to be published; and one post by an author of ours."""
    clerk, writer = await a_staff_member(db), await an_account(db)
    posts = await a_discussion(db)
    post = await a_post(db, writer, topic=posts[0], body=words)
    digest = await a_draft(db, posts, clerk)
    await confirm_all(db, clerk, digest.id)
    return clerk, writer, post, digest


async def ledger(db: Database, digest: Digest) -> Ledger:
    return await ledger_of(db, await the_digest(db, digest.id))


async def test_an_edit_makes_the_opinions_of_the_post_stale_until_it_is_taken_in_again(db: Database) -> None:
    clerk, writer, post, digest = await a_confirmed_draft(
        db, "## 街灯\n\n街灯を増やしてください。\n\n## 歩道\n\n歩道を直してください。"
    )
    await edit(db, writer, post, "## 街灯\n\n街灯を増やしてください。\n\n## 歩道\n\n歩道を広げてください。")
    before = await said_in(db, digest.id, "街灯")
    assert len((await ledger(db, digest)).stale) == 2
    with pytest.raises(Forbidden) as refused:
        await actions.publish_digest(db, clerk, digest.id)
    assert "もとの発言が変わった意見が2件" in refused.value.reason
    assert await actions.retake(db, clerk, digest.id) == 1
    assert (await ledger(db, digest)).stale == ()
    kept, fresh = await said_in(db, digest.id, "街灯"), await said_in(db, digest.id, "広げて")
    assert (kept.id, kept.group_id, kept.disposition) == (before.id, before.group_id, before.disposition)
    assert kept.is_current
    assert (fresh.disposition, fresh.group_id) == ("undecided", None)
    assert [line async for line in mismatches(db)] == []


async def test_a_withdrawn_post_is_set_aside_for_that_reason_and_its_words_are_not_shown(
    db: Database,
) -> None:
    clerk, writer, post, digest = await a_confirmed_draft(db, "街灯を増やしてください。")
    before = await said_in(db, digest.id, "街灯")
    await discussing.withdraw(db, writer, post.id)
    assert (await ledger(db, digest)).stale == (before.id,)
    assert (await opinions.by_ids(db, digest.id, [before.id]))[0].text is None
    await actions.retake(db, clerk, digest.id)
    aside = (await opinions.by_ids(db, digest.id, [before.id]))[0]
    assert (aside.disposition, aside.reason, aside.text) == ("set_aside", WITHDRAWN, None)
    assert can_publish(hindrances(await ledger(db, digest)))


async def test_a_hidden_post_is_set_aside_and_comes_back_when_it_is_restored(db: Database) -> None:
    clerk, _writer, post, digest = await a_confirmed_draft(db, "街灯を増やしてください。")
    number = (await said_in(db, digest.id, "街灯")).id
    await hide(db, post)
    await actions.retake(db, clerk, digest.id)
    assert (await opinions.by_ids(db, digest.id, [number]))[0].reason == HIDDEN
    await restore(db, post)
    assert (await ledger(db, digest)).stale == (number,)
    await actions.retake(db, clerk, digest.id)
    assert (await said_in(db, digest.id, "街灯")).disposition == "undecided"


async def test_a_post_that_was_approved_later_is_missing_until_it_is_taken_in(db: Database) -> None:
    clerk, _writer, post, digest = await a_confirmed_draft(db, "街灯を増やしてください。")
    late = await a_post(db, topic=post, body="ベンチを置いてください。")
    assert (await ledger(db, digest)).missing == (("post", late.id),)
    assert "取り込まれていない発言が1件" in hindrances(await ledger(db, digest))[0]
    with pytest.raises(Forbidden) as refused:
        await actions.publish_digest(db, clerk, digest.id)
    assert f"発言が1件あります。（野川の緑 #{late.number}）" in refused.value.reason
    await actions.retake(db, clerk, digest.id)
    disposition, group = (await standing(db, digest.id))["ベンチを置いてく"]
    assert (disposition, (await groups_of(db, digest.id))[-1].position) == ("undecided", group)


@pytest.mark.parametrize("meanwhile", ["", "edited before", "withdrawn after"])
async def test_a_post_that_its_author_submits_to_the_consultation_counts_once_and_keeps_its_place(
    db: Database, meanwhile: str
) -> None:
    procedure = await stories.announced(db)
    author, clerk = await an_account(db), procedure.clerk
    words = "街灯を増やしてください。\n\nもう一つ、歩道を直してください。"
    with stories.on_day(5):
        post = await a_topic(db, author, body=words + ("よろしく。" if meanwhile == "edited before" else ""))
    period = {"first_day": stories.days_later(1).date(), "last_day": stories.days_later(20).date()}
    plan = a_plan(consultation_id=procedure.id, topics=[post.topic_id], **period)
    digest = await the_digest(db, await actions.start(db, clerk, plan, ZONE))
    await confirm_all(db, clerk, digest.id)
    before = await said_in(db, digest.id, "街灯")
    if meanwhile == "edited before":
        await edit(db, author, post, words)
    taken = await stories.a_submission(db, procedure, author, body=words, post_id=post.id)
    if meanwhile == "withdrawn after":
        await discussing.withdraw(db, author, post.id)
    assert (await ledger(db, digest)).missing == (("submission", taken.id),)
    await actions.retake(db, clerk, digest.id)
    found = await ledger(db, digest)
    assert (found.missing, found.stale) == ((), ())
    assert (found.counts.texts, found.counts.opinions, found.counts.same) == (1, 2, 0)
    after = await said_in(db, digest.id, "街灯")
    assert (after.id, after.group_id, after.disposition) == (before.id, before.group_id, before.disposition)
    assert {o.submission_id for o in await opinions.all_of(db, digest.id)} == {taken.id}
    assert taken.sha256 in (await the_digest(db, digest.id)).manifest["texts"]
    assert [line async for line in mismatches(db)] == []
    assert await of_history(db, digest.id) == []


async def test_of_the_copies_of_words_that_are_gone_one_is_the_original(db: Database) -> None:
    clerk, writer, post, digest = await a_confirmed_draft(db, "街灯を増やしてください。")
    for _copy in range(2):
        await a_post(db, topic=post, body="街灯を増やしてください。")
    await actions.retake(db, clerk, digest.id)
    assert (await ledger(db, digest)).counts.same == 2
    await edit(db, writer, post, "ベンチを置いてください。")
    await actions.retake(db, clerk, digest.id)
    assert (await ledger(db, digest)).counts.same == 1


async def test_nothing_to_take_in_changes_nothing(db: Database) -> None:
    clerk, _writer, _post, digest = await a_confirmed_draft(db, "街灯を増やしてください。")
    before = await the_digest(db, digest.id)
    assert await actions.retake(db, clerk, digest.id) == 0
    assert await the_digest(db, digest.id) == before


async def test_a_large_digest_is_brought_up_to_date_by_a_job_and_stays_as_it_was_if_that_is_stopped(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "TEXTS_AT_ONCE", 2)
    clerk, posts = await a_staff_member(db), await a_discussion(db)
    waiting = await a_draft(db, posts, clerk)
    await actions.compile_in_background(db, waiting.id)
    await confirm_all(db, clerk, waiting.id)
    before = await standing(db, waiting.id)
    await a_post(db, topic=posts[0], body="ベンチを置いてください。")
    for stopped in (True, False):
        assert await actions.retake(db, clerk, waiting.id) is None
        assert (await the_digest(db, waiting.id)).state == "compiling"
        assert not await actions.compile_digest(db, waiting.id), "people sorted it already"
        with pytest.raises(Forbidden):
            await confirm_all(db, clerk, waiting.id)
        if stopped:
            assert await actions.cancel(db, clerk, waiting.id)
        await actions.retake_in_background(db, waiting.id, clerk.id or 0)
        found = await standing(db, waiting.id)
        assert (await the_digest(db, waiting.id)).state == "draft"
        assert (found == before) == stopped
    assert before.items() < found.items()
    await actions.retake_in_background(db, waiting.id, clerk.id or 0)
    assert await standing(db, waiting.id) == found


steps = st.lists(
    st.sampled_from(
        [
            "edit",
            "withdraw",
            "hide",
            "restore",
            "post",
            "repeat",
            "retake",
            "confirm",
            "merge",
            "move",
            "split",
            "aside",
            "back",
            "cut",
            "undo",
        ]
    ),
    min_size=1,
    max_size=8,
)


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps)
async def test_whatever_happens_no_opinion_is_lost(db: Database, steps: list[str]) -> None:
    """After any history: taking everything in and confirming balances the ledger, and every span is verbatim."""
    clerk, writer, post, digest = await a_confirmed_draft(
        db, "街灯を増やしてください。\n\nもう一つ、歩道を直してください。"
    )
    state = "visible"
    for number, step in enumerate(steps):
        said = await opinions.all_of(db, digest.id)
        groups = [group.id for group in await groups_of(db, digest.id)]
        if step == "edit" and state == "visible":
            await edit(db, writer, post, f"街灯を増やしてください。\n\n{number}番目の案も考えてください。")
        elif step == "withdraw" and state == "visible":
            await discussing.withdraw(db, writer, post.id)
            state = "withdrawn"
        elif step == "hide" and state == "visible":
            await hide(db, post)
            state = "hidden"
        elif step == "restore" and state == "hidden":
            await restore(db, post)
            state = "visible"
        elif step == "post":
            await a_post(db, topic=post, body=f"{number}つ目のベンチを置いてください。")
        elif step == "repeat":
            await a_post(db, topic=post, body="街灯を増やしてください。")
        elif step == "retake":
            await actions.retake(db, clerk, digest.id)
        elif step == "confirm" and groups:
            await confirm_all(db, clerk, digest.id)
        elif step == "merge" and len(groups) > 1:
            await act(db, clerk, digest.id, "merge", groups=groups[:2])
        elif step == "move" and groups:
            chosen = [said[number % len(said)].id, said[-1].id]
            await act(db, clerk, digest.id, "move", opinions=chosen, to=groups[-1])
        elif step == "split":
            await act(db, clerk, digest.id, "split", opinions=[said[number % len(said)].id])
        elif step == "aside":
            await act(
                db, clerk, digest.id, "set_aside", opinions=[said[number % len(said)].id], reason="試し"
            )
        elif step == "back":
            await act(db, clerk, digest.id, "bring_back", opinions=[said[number % len(said)].id])
        elif step == "cut":
            with suppress(Conflict, Invalid):
                half = said[-1 - number % len(said)]
                middle = (half.start_at + half.end_at) // 2
                version = (await the_digest(db, digest.id)).version
                await actions.cut(db, clerk, digest.id, half.id, Cutting(at=middle, version=version))
        elif step == "undo":
            with suppress(Conflict):
                await actions.undo(db, clerk, digest.id, (await the_digest(db, digest.id)).version)
    await actions.retake(db, clerk, digest.id)
    loose = [
        o.id for o in await opinions.all_of(db, digest.id) if not o.group_id and o.disposition == "undecided"
    ]
    if loose:
        await act(db, clerk, digest.id, "split", opinions=loose)
    if await groups_of(db, digest.id):
        await confirm_all(db, clerk, digest.id)
    found = await ledger(db, digest)
    assert hindrances(found) == []
    assert found.texts.received == 6 + steps.count("post") + steps.count("repeat")
    said = await opinions.all_of(db, digest.id)
    assert found.counts.texts == found.texts.received
    assert found.counts.opinions == found.opinions.received == len(said)
    assert found.counts.people == len({one.account_id for one in said})
    assert [found.counts.same, found.counts.near] == [
        sum(o.copy == c for o in said) for c in ("same", "near")
    ]
    in_groups = sum(group.opinions for group in found.in_group.values())
    assert in_groups + found.opinions.set_aside == found.counts.opinions
    assert await of_history(db, digest.id) == []
    assert [line async for line in mismatches(db)] == []


async def test_what_came_later_is_proposed_for_the_groups_as_people_left_them(db: Database) -> None:
    """A split, a move and a set-aside hold for the next run; nothing that was decided moves."""
    clerk, _writer, post, digest = await a_confirmed_draft(db, "街灯を増やしてください。")
    library, parking = await said_in(db, digest.id, "夜も開け"), await said_in(db, digest.id, "北口")
    await act(db, clerk, digest.id, "split", opinions=[library.id], title="図書館を夜も")
    await act(
        db,
        clerk,
        digest.id,
        "set_aside",
        opinions=[(await said_in(db, digest.id, "子ども")).id],
        reason="試し",
    )
    before = await standing(db, digest.id)
    for words in (
        "夜も図書館を開けて。",
        "とにかく北口の駐輪場が足りません。",
        "犬の公園がほしい。",
        "もっと子ども食堂に補助を。",
    ):
        await a_post(db, topic=post, body=words)
    assert await actions.retake(db, clerk, digest.id) == 4
    after = await standing(db, digest.id)
    assert {words: after[words] for words in before} == before
    night = await said_in(db, digest.id, "夜も図書館を開けて。")
    assert (night.disposition, night.group_id) == (
        "undecided",
        (await said_in(db, digest.id, "夜も開けてほしい")).group_id,
    )
    assert (await said_in(db, digest.id, "とにかく")).group_id == parking.group_id
    titles = {group.title for group in await groups_of(db, digest.id) if group.undecided == group.opinions}
    assert len(titles) == 2  # the dogs, and what nobody may join to what was set aside
    manifest = (await the_digest(db, digest.id)).manifest
    [run] = manifest["later"]
    assert len(manifest["texts"]) == 10
    assert [len(found) for found in run["constraints"]] == [1, 1, 2, 1]
