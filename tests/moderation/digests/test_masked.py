"""No hash that a digest publishes tells what is masked: neither the opinion's nor any that is made of it."""

import pytest

from forum.access import Actor
from forum.db import Database
from forum.errors import Forbidden
from forum.posts.queries import revisions
from forum.posts.rules import Post
from forum.proof import digest as sha256_of
from moderation.digests import actions
from moderation.digests.balancing import ledger_of
from moderation.digests.proofs import of_opinion
from moderation.digests.queries.opinions import Opinion
from moderation.digests.rules import Digest
from moderation.digests.verifying import mismatches, of_history
from moderation.records import queries as records
from moderation.reviews.acts import Act
from tests.factories import a_moderator, a_post, a_staff_member, a_topic, an_account
from tests.moderation.consultations import stories
from tests.moderation.digests.desk import (
    ZONE,
    a_discussion,
    a_draft,
    a_plan,
    confirm_all,
    said_in,
    the_digest,
)
from tests.moderation.reviews.test_masking import mask

PHONE = "042-387-9999"
WORDS = f"街灯を増やしてください。連絡は{PHONE}へお願いします。"


async def a_masked_draft(db: Database, clerk: Actor) -> tuple[Post, Digest]:
    posts = await a_discussion(db)
    post = await a_post(db, topic=posts[0], body=WORDS)
    await mask(db, await a_moderator(db), post, PHONE)
    return post, await a_draft(db, posts, clerk)


async def tells(db: Database, opinion: Opinion, source: str) -> bool:
    """Whether somebody who guesses the number finds that the guess is right, as they find the source from the same words."""
    words = await db.value("select text from opinions where id = :id", id=opinion.id)
    return opinion.sha256 == of_opinion(source, opinion.start_at, opinion.end_at, words)


async def guessed(db: Database, post: Post) -> str:
    """The hash of the revision, which whoever knows all its words makes."""
    return (await revisions.of_post(db, post.id))[-1].sha256


async def all_matches(db: Database, digest_id: int) -> bool:
    return [line async for line in mismatches(db)] == [] == await of_history(db, digest_id)


async def test_what_is_masked_before_is_hashed_as_it_is_shown(db: Database) -> None:
    clerk = await a_staff_member(db)
    post, digest = await a_masked_draft(db, clerk)
    await confirm_all(db, clerk, digest.id)
    sha256 = await actions.publish_digest(db, clerk, digest.id)
    told = await said_in(db, digest.id, "街灯")
    assert told.text is not None
    assert PHONE not in told.text
    assert not await tells(db, told, await guessed(db, post))
    seal = sha256_of(
        {
            "revision": await guessed(db, post),
            "salt": await db.value("select salt from seals where post_id = :id", id=post.id),
        }
    )
    assert told.sha256 == of_opinion(seal, told.start_at, told.end_at, told.text)
    cited = await records.opinion(db, told.id)
    assert cited is not None
    assert (cited.source, cited.hashed) == (seal, told.text)
    assert (await the_digest(db, digest.id)).sha256 == sha256
    assert await all_matches(db, digest.id)


async def test_a_mask_on_a_draft_is_taken_in_before_it_is_published(db: Database) -> None:
    clerk, posts = await a_staff_member(db), await a_discussion(db)
    post = await a_post(db, topic=posts[0], body=WORDS)
    digest = await a_draft(db, posts, clerk)
    await confirm_all(db, clerk, digest.id)
    before = await said_in(db, digest.id, "街灯")
    assert await tells(db, before, await guessed(db, post))
    await mask(db, await a_moderator(db), post, PHONE)
    with pytest.raises(Forbidden):
        await actions.publish_digest(db, clerk, digest.id)
    assert await actions.retake(db, clerk, digest.id) == 1
    after = await said_in(db, digest.id, "街灯")
    assert (after.id, after.group_id, after.disposition) == (before.id, before.group_id, before.disposition)
    assert not await tells(db, after, await guessed(db, post))
    await actions.publish_digest(db, clerk, digest.id)
    assert await all_matches(db, digest.id)


@pytest.mark.parametrize("act", [Act.MASK, Act.UNMASK])
async def test_a_published_digest_stays_as_it_is(db: Database, act: Act) -> None:
    """What was published is known; and what was hashed as it was shown is found to be that, also when it is shown whole."""
    clerk, moderator = await a_staff_member(db), await a_moderator(db)
    post, digest = await a_masked_draft(db, clerk)
    await confirm_all(db, clerk, digest.id)
    await actions.publish_digest(db, clerk, digest.id)
    before = await said_in(db, digest.id, "街灯")
    await mask(db, moderator, post, PHONE if act is Act.UNMASK else "街灯", act=act)
    assert (await ledger_of(db, await the_digest(db, digest.id))).stale == ()
    assert await all_matches(db, digest.id)
    found = await records.opinion(db, before.id)
    assert found is not None
    assert found.hashed == before.text


async def test_what_was_submitted_from_a_masked_post_is_hashed_as_it_is_shown(db: Database) -> None:
    procedure = await stories.announced(db)
    author, clerk = await an_account(db), procedure.clerk
    with stories.on_day(5):
        post = await a_topic(db, author, body=WORDS)
    period = {"first_day": stories.days_later(1).date(), "last_day": stories.days_later(20).date()}
    taken = await stories.a_submission(db, procedure, author, body=WORDS, post_id=post.id)
    plan = a_plan(consultation_id=procedure.id, **period)
    digest = await the_digest(db, await actions.start(db, clerk, plan, ZONE))
    await confirm_all(db, clerk, digest.id)
    before = await said_in(db, digest.id, "街灯")
    assert (before.submission_id, await tells(db, before, taken.sha256)) == (taken.id, True)
    await mask(db, await a_moderator(db), post, PHONE)
    assert before.id in (await ledger_of(db, digest)).stale
    assert await actions.retake(db, clerk, digest.id) == 1
    after = await said_in(db, digest.id, "街灯")
    assert (after.group_id, after.disposition) == (before.group_id, before.disposition)
    assert not await tells(db, after, taken.sha256)
    assert (await ledger_of(db, digest)).stale == ()
    assert await all_matches(db, digest.id)


async def test_what_a_digest_takes_from_another_is_hashed_as_it_is_shown_now(db: Database) -> None:
    clerk, posts = await a_staff_member(db), await a_discussion(db)
    post = await a_post(db, topic=posts[0], body=WORDS)
    first = await a_draft(db, posts, clerk)
    await confirm_all(db, clerk, first.id)
    await actions.publish_digest(db, clerk, first.id)
    await mask(db, await a_moderator(db), post, PHONE)
    second = await actions.start(db, clerk, a_plan(digests=[first.id]), ZONE)
    taken = await said_in(db, second, "街灯")
    assert not await tells(db, taken, await guessed(db, post))
    manifest = (await the_digest(db, second)).manifest
    assert taken.sha256 in manifest["excerpts"]
    assert (await said_in(db, first.id, "街灯")).sha256 not in manifest["excerpts"]
    assert (await ledger_of(db, await the_digest(db, second))).stale == ()
    assert await all_matches(db, second)


async def test_another_mask_than_the_one_it_was_hashed_with_is_found(db: Database) -> None:
    post, _digest = await a_masked_draft(db, await a_staff_member(db))
    await db.run("update opinions set masked_by = '{}' where revision_id = :id", id=post.revision_id)
    found = [line async for line in mismatches(db)]
    assert found
    assert all(line.endswith("hash differs") for line in found)
