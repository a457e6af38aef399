"""Asking, answering, and writing the result down when the time is over."""

from dataclasses import replace
from datetime import tzinfo

from forum import clock
from forum.access import Actor, require
from forum.db import Database
from forum.errors import Invalid, NotFound
from forum.events import PollChanged, TopicChanged, publish
from forum.jobs import CLOCKS_DIFFER, enqueue
from forum.proof import digest
from forum.topics import polling
from forum.topics import queries as topics
from forum.topics.actions.locking import topic_for
from forum.topics.counting import tally
from forum.topics.polling import Ballot, Hiding, Kind, NewPoll, Poll, Result
from forum.topics.queries import polls
from forum.topics.rules import Topic


async def open_poll(db: Database, actor: Actor, topic_id: int, new: NewPoll, zone: tzinfo) -> int:
    """A new poll, shown at the head of its topic; its id. What is asked stays as it was asked."""
    now = clock.now()
    async with db.transaction():
        topic = await topic_for(db, actor, topic_id)
        require(polling.can_open_poll(actor, topic))
        if wrong := polling.faults_of_poll(new, await polls.of_topic(db, topic.id), now, zone):
            raise Invalid(**wrong)
        assert actor.id is not None
        end = polling.closes_at(new.closes, zone)
        number = await polls.add(db, topic.id, new, actor.id, now, end)
        await publish(db, TopicChanged(topic.id, await topics.next_head(db, topic.id)))
        await enqueue(db, "seal_poll", {"poll_id": number}, after=end - now + CLOCKS_DIFFER)
    return number


async def vote(db: Database, actor: Actor, poll_id: int, ballot: Ballot) -> None:
    """The person's answer, which replaces an earlier one."""
    async with db.transaction():
        poll = await polls.locked(db, poll_id)
        topic = await topics.topic(db, poll.topic_id) if poll else None
        if poll is None or topic is None or not polling.can_see_poll(actor, topic, poll):
            raise NotFound
        now = clock.now()
        require(polling.can_vote(actor, topic, poll, now))
        if wrong := polling.faults(poll, ballot):
            raise Invalid(**wrong)
        assert actor.id is not None
        await polls.cast(db, poll.id, actor.id, polling.ranks_of(poll, ballot), now)
        if polling.shows_counts(poll, now):
            await publish(db, PollChanged(poll.id))


async def hide(db: Database, topic: Topic, poll: Poll, decision_id: int, line_sha256: str) -> None:
    """Nobody but those who moderate the board sees this poll, or answers it. `line_sha256`: of the decision that says why."""
    hiding = Hiding(poll.id, poll.question, poll.options, line_sha256, "")
    await polls.hide(db, poll.id, decision_id, digest(polling.hiding_document(hiding)))
    await publish(db, TopicChanged(topic.id, await topics.next_head(db, topic.id)))


async def show(db: Database, topic: Topic, poll_id: int, decision_id: int, line_sha256: str) -> bool:
    """The inverse. Whether it was hidden."""
    hiding = await polls.hiding(db, poll_id)
    if hiding is None:
        return False
    lifted = replace(hiding, lifted_sha256=line_sha256)
    await polls.show(db, poll_id, decision_id, digest(polling.lift_document(lifted)))
    await publish(db, TopicChanged(topic.id, await topics.next_head(db, topic.id)))
    return True


async def seal_closed(db: Database) -> int:
    """Writes down the results of polls that are over, and forgets who answered what; open pages are told. How many."""
    waiting = await polls.to_seal(db, clock.now())
    for poll in waiting:
        async with db.transaction():
            await topics.locked(db, poll.topic_id)  # first, as whoever hides the poll does
            await polls.locked(db, poll.id)
            if await polls.result(db, poll.id) is None:
                await polls.seal(db, await _result(db, poll))
                await publish(db, TopicChanged(poll.topic_id, await topics.next_head(db, poll.topic_id)))
    return len(waiting)


async def forget(db: Database, account_id: int) -> None:
    """Whoever leaves takes back what they answered in polls that are open; in others they have answered."""
    answered = await polls.open_ones_answered(db, account_id, clock.now())
    await polls.forget(db, account_id, answered)
    for poll_id in answered:
        await publish(db, PollChanged(poll_id))


async def _result(db: Database, poll: Poll) -> Result:
    found = tally(await polls.sheets(db, poll.id), len(poll.options), ranked=poll.kind == Kind.RANKED)
    result = Result(poll.id, found.ballots, found.counts, found.pairs, found.places, clock.now(), "")
    return replace(result, sha256=digest(polling.document(poll, result)))
