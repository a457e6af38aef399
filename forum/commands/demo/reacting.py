"""What the people of the demo pressed under posts."""

from collections.abc import Mapping, Sequence

from forum.commands.demo.cast import Cast
from forum.commands.demo.reading import read
from forum.commands.demo.script import Scripted
from forum.commands.demo.talk import Thread
from forum.commands.demo.timeline import Timeline
from forum.db import Database
from forum.posts.reacting import Kind, Press
from forum.topics.actions import responding

# The evening on which everybody read all of it.
AT = "4d 21:30"


class Reacted(Scripted):
    topic: str
    number: int
    agree: Sequence[str] = ()
    disagree: Sequence[str] = ()
    insight: Sequence[str] = ()
    thanks: Sequence[str] = ()


class Reactions(Scripted):
    post: Sequence[Reacted]


def schedule(db: Database, cast: Cast, timeline: Timeline, threads: Mapping[str, Thread]) -> None:
    """Puts every button that is pressed on the timeline."""

    async def press() -> None:
        for told in read("reactions", Reactions).post:
            post_id = threads[told.topic].posts[told.number - 1]
            for kind in Kind:
                for name in getattr(told, kind):
                    await responding.react(db, await cast.actor(name), post_id, Press(kind=kind, on=True))

    timeline.at(AT, press)
