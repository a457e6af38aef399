"""Recomputing what topics promise: their titles are as they were given, their posts and changes numbered without
gaps, the results of their polls follow from the counts, and every timetable follows the one before."""

from collections.abc import AsyncIterator

from forum.db import Database
from forum.proof import digest
from forum.topics import phasing, polling
from forum.topics.queries import phases, polls, recount, transfers
from forum.topics.titles import title_hash
from forum.topics.transfers import document


async def mismatches(db: Database) -> AsyncIterator[str]:
    """One line for every topic that does not agree with its posts."""
    async for title in recount.all_titles(db):
        if title.sha256 != title_hash(title):
            yield f"topic {title.id}: the hash of its title differs"
    for topic_id, what in await recount.broken(db):
        yield f"topic {topic_id}: {what}"
    for of_a_kind in (mismatches_of_transfers, mismatches_of_polls, mismatches_of_phases):
        async for mismatch in of_a_kind(db):
            yield mismatch


async def mismatches_of_transfers(db: Database) -> AsyncIterator[str]:
    """One line for every transfer that was altered, and for every post that stands elsewhere than its last one brought it."""
    async for transfer in transfers.every(db):
        if transfer.sha256 != digest(document(transfer)):
            yield f"transfer {transfer.id}: says something else than its hash"
    for post_id, number in await recount.astray(db):
        yield f"post {post_id}: stands elsewhere than where transfer {number} brought it"


async def mismatches_of_polls(db: Database) -> AsyncIterator[str]:
    """One line for every result that is not what its numbers say, for ballots that should be forgotten, and for a
    poll that was hidden, or shown again, otherwise than its hash says."""
    for result in await polls.results(db):
        poll = await polls.poll(db, result.poll_id)
        if poll is None or result.sha256 != digest(polling.document(poll, result)):
            yield f"poll {result.poll_id}: its result says something else than its hash"
        elif not polling.follows(result):
            yield f"poll {result.poll_id}: its places do not follow from its counts"
    for poll_id in await polls.remembered(db):
        yield f"poll {poll_id}: its ballots are still there"
    for hiding in await polls.hidings(db):
        if hiding.sha256 != digest(polling.hiding_document(hiding)):
            yield f"poll {hiding.poll_id}: its hiding says something else than its hash"
        lifted = digest(polling.lift_document(hiding)) if hiding.lifted_sha256 else None
        if hiding.lift_sha256 != lifted:
            yield f"poll {hiding.poll_id}: was shown again otherwise than its hash says"


async def mismatches_of_phases(db: Database) -> AsyncIterator[str]:
    """One line for every timetable that was altered, removed or put in, and for topics that show other phases."""
    last: dict[int, tuple[int, str]] = {}
    async for made in phases.every(db):
        number, before = last.get(made.topic_id, (0, ""))
        if made.number != number + 1:
            yield f"timetable of topic {made.topic_id}: version {made.number} does not follow version {number}"
        elif made.sha256 != digest(phasing.document(made, before)):
            yield f"timetable of topic {made.topic_id}: version {made.number} says something else than its hash"
        last[made.topic_id] = (made.number, made.sha256)
    for topic_id in await phases.astray(db):
        yield f"timetable of topic {topic_id}: the topic shows another one"
