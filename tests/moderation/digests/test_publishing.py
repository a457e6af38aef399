"""Publishing freezes a digest, tells everyone what became of theirs, and can be checked by anybody."""

import asyncpg
import pytest

from forum.access import Actor
from forum.db import Database
from forum.errors import Conflict, Forbidden
from forum.notifications import queries as notifications
from forum.topics.actions import discussing
from moderation.consultations.actions import answering
from moderation.digests import actions
from moderation.digests.queries import opinions
from moderation.digests.rules import Digest
from moderation.digests.verifying import mismatches
from tests.factories import a_post, a_staff_member, a_topic, an_account
from tests.moderation.consultations.stories import a_submission, announced, days_later, on_day
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
    said_in,
    the_digest,
)


async def a_published_digest(db: Database) -> tuple[Actor, Digest]:
    clerk = await a_staff_member(db)
    digest = await a_draft(db, await a_discussion(db), clerk)
    await confirm_all(db, clerk, digest.id)
    await actions.publish_digest(db, clerk, digest.id)
    return clerk, await the_digest(db, digest.id)


async def test_publishing_seals_the_digest_with_a_hash_that_holds(db: Database) -> None:
    _clerk, digest = await a_published_digest(db)
    assert digest.state == "published"
    assert digest.published_at is not None
    assert digest.sha256 is not None
    assert [line async for line in mismatches(db)] == []


async def test_an_undecided_opinion_stands_in_the_way(db: Database) -> None:
    clerk = await a_staff_member(db)
    digest = await a_draft(db, await a_discussion(db), clerk)
    with pytest.raises(Forbidden) as refused:
        await actions.publish_digest(db, clerk, digest.id)
    assert "まだ整理されていない意見が5件" in refused.value.reason


async def test_the_digest_of_a_consultation_waits_for_its_consideration(db: Database) -> None:
    procedure = await announced(db)
    await a_submission(db, procedure)
    plan = a_plan(consultation_id=procedure.id)
    number = await actions.start(db, procedure.clerk, plan, ZONE)
    await confirm_all(db, procedure.clerk, number)
    with pytest.raises(Forbidden) as refused:
        await actions.publish_digest(db, procedure.clerk, number)
    assert "意見募集が、まだ検討の段階に入っていません。" in refused.value.reason
    with on_day(40):
        assert await answering.consider(db, procedure.clerk, procedure.id) == number
    assert await actions.publish_digest(db, procedure.clerk, number)


@pytest.mark.parametrize(("changed", "texts"), [("", 1), ("と書き足した。", 2)])
async def test_a_post_that_became_a_submission_is_one_text_while_its_words_are_the_same(
    db: Database, changed: str, texts: int
) -> None:
    procedure, author = await announced(db), await an_account(db)
    with on_day(9):
        post = await a_topic(db, author, body="街路樹を守ってください。")
    await a_submission(db, procedure, author, body=post.raw + changed, post_id=post.id)
    plan = a_plan(
        consultation_id=procedure.id,
        topics=[post.topic_id],
        first_day=days_later(8).date(),
        last_day=days_later(20).date(),
    )
    number = await actions.start(db, procedure.clerk, plan, ZONE)
    assert len(await opinions.all_of(db, number)) == texts


async def test_only_what_the_person_saw_is_published(db: Database) -> None:
    clerk = await a_staff_member(db)
    digest = await a_draft(db, await a_discussion(db), clerk)
    seen = digest.version
    await confirm_all(db, clerk, digest.id)
    with pytest.raises(Conflict):
        await actions.publish_digest(db, clerk, digest.id, seen)


async def test_everyone_is_told_once_what_became_of_their_words(db: Database) -> None:
    clerk, writer = await a_staff_member(db), await an_account(db)
    posts = await a_discussion(db)
    await a_post(db, writer, topic=posts[0], body="図書館の夜間の開館を毎日にしてください。")
    await a_post(db, writer, topic=posts[0], body="今日は暑いですね。")
    digest = await a_draft(db, posts, clerk)
    weather = await said_in(db, digest.id, "暑い")
    await act(db, clerk, digest.id, "set_aside", opinions=[weather.id], reason="意見ではないため")
    await confirm_all(db, clerk, digest.id)
    await actions.publish_digest(db, clerk, digest.id)
    assert writer.id is not None
    told = await notifications.page_of_account(db, writer.id, before=2**62, limit=10)
    assert [(n.kind, n.params["used"] + n.params["merged"], n.params["set_aside"]) for n in told] == [
        ("digested", 1, 1)
    ]
    assert told[0].params["reasons"] == ["意見ではないため"]
    assert told[0].url.startswith(f"/digests/{digest.id}/opinions/")


@pytest.mark.parametrize(
    "change",
    [
        "update digests set summary = 'x' where id = :id",
        "delete from opinions where digest_id = :id",
        "update opinions set disposition = 'undecided' where digest_id = :id",
        "update opinion_groups set title = 'x' where digest_id = :id",
        "insert into opinion_groups (digest_id, position, title) values (:id, 99, 'x')",
    ],
)
async def test_a_published_digest_cannot_be_changed(db: Database, change: str) -> None:
    _clerk, digest = await a_published_digest(db)
    with pytest.raises(asyncpg.RestrictViolationError):
        await db.run(change, id=digest.id)


async def test_the_bench_of_a_published_digest_is_closed(db: Database) -> None:
    clerk, digest = await a_published_digest(db)
    group = (await groups_of(db, digest.id))[0]
    with pytest.raises(Forbidden):
        await act(db, clerk, digest.id, "confirm", groups=[group.id])
    with pytest.raises(Forbidden):
        await actions.publish_digest(db, clerk, digest.id)


async def test_words_that_disappear_after_publication_leave_their_hash(db: Database) -> None:
    clerk, writer = await a_staff_member(db), await an_account(db)
    posts = await a_discussion(db)
    withdrawn = await a_post(db, writer, topic=posts[0], body="街灯を増やしてください。")
    hidden = await a_post(db, topic=posts[0], body="花壇を増やしてください。")
    edited = await a_post(db, writer, topic=posts[0], body="噴水を増やしてください。")
    digest = await a_draft(db, posts, clerk)
    await confirm_all(db, clerk, digest.id)
    await actions.publish_digest(db, clerk, digest.id)
    numbers = [(await said_in(db, digest.id, words)).id for words in ("街灯", "花壇", "噴水")]
    await discussing.withdraw(db, writer, withdrawn.id)
    await hide(db, hidden)
    await edit(db, writer, edited, "噴水を直してください。")
    now = {o.id: (o.text, o.state, o.is_current) for o in await opinions.by_ids(db, digest.id, numbers)}
    assert list(now.values()) == [
        (None, "withdrawn", True),
        (None, "hidden", True),
        ("噴水を増やしてください。", "visible", False),
    ]
    assert [line async for line in mismatches(db)] == []


async def test_tampering_is_found(db: Database) -> None:
    _clerk, digest = await a_published_digest(db)
    await db.run("alter table opinions disable trigger opinions_immutable")
    await db.run("alter table digests disable trigger digests_immutable")
    opinion = await said_in(db, digest.id, "満車")
    await db.run(
        "update opinions set text = :text where id = :id", id=opinion.id, text="駐輪場は足りています。"
    )
    await db.run("update digests set summary = 'x' where id = :id", id=digest.id)
    found = [line async for line in mismatches(db)]
    assert any("not the words of its source" in line for line in found)
    assert any(line.startswith(f"digest {digest.id}: digest is") for line in found)
