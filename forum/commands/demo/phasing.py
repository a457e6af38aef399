"""The time-boxed discussions of the demo, and what their keepers sum up."""

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
from forum.topics.actions import phasing as actions
from forum.topics.actions import recapping
from forum.topics.phasing import Planning
from forum.topics.recapping import Recap


class Phase(Scripted):
    name: str
    asks: str
    days: int


class Course(Scripted):
    topic: str
    by: str
    at: Ago
    words: str
    phase: Sequence[Phase]


class Summary(Scripted):
    topic: str
    by: str
    at: Ago
    body: str


class Courses(Scripted):
    course: Sequence[Course]
    recap: Sequence[Summary]


def schedule(db: Database, cast: Cast, timeline: Timeline, threads: Mapping[str, Thread]) -> None:
    """Puts every plan on the timeline, and the hour in which each phase is told."""
    today = clock.now()

    async def plan(told: Course) -> None:
        now, topic_id = clock.now(), threads[told.topic].topic_id
        first = now.astimezone(timeline.zone).date()
        typed: dict[str, object] = {"version": 0, "words": told.words}
        for n, phase in enumerate(told.phase, 1):
            day = first + timedelta(days=phase.days)
            typed |= {f"name_{n}": phase.name, f"asks_{n}": phase.asks, f"day_{n}": day}
            if (turn := now + timedelta(days=phase.days + 1)) < today:
                timeline.at(turn, partial(actions.turn, db, topic_id))
        await actions.plan(db, await cast.actor(told.by), topic_id, Planning(**typed), timeline.zone)
        await actions.turn(db, topic_id)

    async def sum_up(told: Summary) -> None:
        recap = Recap(body=told.body.strip())
        await recapping.sum_up(db, await cast.actor(told.by), threads[told.topic].topic_id, recap)

    found = read("phases", Courses)
    for course in found.course:
        timeline.at(course.at, partial(plan, course))
    for recap in found.recap:
        timeline.at(recap.at, partial(sum_up, recap))
