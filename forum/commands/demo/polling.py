"""The polls of the demo, with everybody who answered."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial

from forum import clock
from forum.commands.demo.cast import Cast
from forum.commands.demo.reading import read
from forum.commands.demo.script import Ago, Scripted
from forum.commands.demo.talk import Thread
from forum.commands.demo.timeline import Timeline
from forum.db import Database
from forum.topics.actions import polling as actions
from forum.topics.polling import Ballot, Kind, NewPoll

VOTED_AFTER = timedelta(hours=3)


class Poll(Scripted):
    topic: str
    by: str
    at: Ago
    days: int
    question: str
    kind: Kind
    live: bool = False
    options: Sequence[str]
    votes: Mapping[str, Sequence[int]]


class Polls(Scripted):
    poll: Sequence[Poll]


def schedule(db: Database, cast: Cast, timeline: Timeline, threads: Mapping[str, Thread]) -> None:
    """Puts every poll on the timeline, its answers, and its end if that has come."""
    today = clock.now()

    async def ask(told: Poll) -> None:
        now = clock.now()
        last_day = now.astimezone(timeline.zone).date() + timedelta(days=told.days)
        options = "\n".join(told.options)
        new = NewPoll(
            question=told.question, options=options, kind=told.kind, closes=last_day, live=told.live
        )
        asker, topic_id = await cast.actor(told.by), threads[told.topic].topic_id
        poll_id = await actions.open_poll(db, asker, topic_id, new, timeline.zone)
        for name, ranks in told.votes.items():
            timeline.at(now + VOTED_AFTER, partial(vote, poll_id, name, ranks))
        end = now + timedelta(days=told.days + 1)
        if end < today:
            timeline.at(end, partial(actions.seal_closed, db))

    async def vote(poll_id: int, name: str, ranks: Sequence[int]) -> None:
        chosen = [number for number, rank in enumerate(ranks, 1) if rank]
        await actions.vote(db, await cast.actor(name), poll_id, Ballot(choices=chosen, ranks=list(ranks)))

    for told in read("polls", Polls).poll:
        timeline.at(told.at, partial(ask, told))
