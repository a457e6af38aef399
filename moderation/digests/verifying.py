"""Recomputing what digests promise, from the revision or submission to the hash of the whole."""

from collections.abc import AsyncIterator

from forum.db import Database
from forum.proof import digest as sha256_of
from forum.proof import written
from moderation.digests.balancing import ledger_of, people_of
from moderation.digests.changes import applied, backwards, fits
from moderation.digests.ledger import hindrances
from moderation.digests.proofs import mismatches as mismatches_in
from moderation.digests.proofs import of_opinion
from moderation.digests.publication import publication
from moderation.digests.queries import digests, history, objections, spans, states, suggestions
from moderation.digests.rules import Digest, objecting, suggesting


async def mismatches(db: Database) -> AsyncIterator[str]:
    """One line for everything about digests that does not match."""
    async for span in spans.every_span(db):
        words = span.words[span.start_at : span.end_at]
        if words != span.text:
            yield f"digest {span.digest_id} opinion {span.id}: not the words of its source"
        elif span.sha256 != of_opinion(span.source, span.start_at, span.end_at, span.hashed):
            yield f"digest {span.digest_id} opinion {span.id}: hash differs"
    for digest_id in await digests.all_published(db):
        digest = await digests.digest(db, digest_id)
        assert digest is not None
        for found in await of_digest(db, digest):
            yield f"digest {digest_id}: {found}"
        for line in await of_history(db, digest_id):
            yield line
    async for line in of_objections(db):
        yield line
    async for line in of_suggestions(db):
        yield line


async def of_history(db: Database, digest_id: int) -> list[str]:
    """Whether its acts, taken back one after the other, lead from what a digest is now to what was compiled."""
    state = await states.state(db, digest_id)
    for version, changes in reversed(await history.all_changes(db, digest_id)):
        if not fits(state, backwards(changes)):
            return [f"digest {digest_id}: is not what act {version} of its history made it"]
        state = applied(state, backwards(changes))
    return []


async def of_objections(db: Database) -> AsyncIterator[str]:
    """What does not match of what authors objected before a digest was published."""
    for window in await objections.windows(db):
        if window.sha256 != sha256_of(objecting.window_document(window)):
            yield f"objection window of digest {window.digest_id}: altered: it says something else than its hash"
    for time in await objections.every_time(db):
        if time.sha256 != sha256_of(objecting.time_document(time)):
            yield f"objection window of digest {time.digest_id}: an author's own time was altered"
    async for one in objections.every(db):
        if one.sha256 != sha256_of(objecting.objection_document(one)):
            yield f"objection {one.id}: altered: it says something else than its hash"
        answered = written(one.answer, one.withheld, one.answered_by, one.answered_at, one.answer_sha256)
        if answered and one.answer_sha256 != sha256_of(objecting.answer_document(one)):
            yield f"objection {one.id}: answered otherwise than its hash says"
    for line in await objections.unheard(db):
        yield line


async def of_suggestions(db: Database) -> AsyncIterator[str]:
    """What models were asked and said otherwise than their hashes say, and what of it is gone."""
    async for one in suggestions.every(db):
        if one.sha256 != sha256_of(suggesting.question_document(one)):
            yield f"suggestion {one.id}: what was asked is something else than its hash says"
        if one.answered_at is None:
            sound = {one.answer, one.failure, one.status, one.answer_sha256} == {None} and one.found is None
        else:
            sound = one.answer_sha256 == sha256_of(suggesting.reply_document(one))
        if not sound:
            yield f"suggestion {one.id}: what was answered is something else than its hash says"
    for line in await suggestions.uncounted(db):
        yield line


async def of_digest(db: Database, digest: Digest) -> list[str]:
    """What does not match in a published digest: hashes, and the ledger."""
    found = [
        f"{mismatch.what} is {mismatch.stated}, computed {mismatch.computed}"
        for mismatch in mismatches_in(await publication(db, digest))
    ]
    # Names that are deleted leave more people than there were, never fewer.
    there = people_of(await spans.standings(db, digest.id)) if digest.people else {}
    found += [
        f"{part}: {people} people were told, and there are {there.get(part, 0)}"
        for part, people in digest.people.items()
        if people > there.get(part, 0)
    ]
    return found + hindrances(await ledger_of(db, digest))
