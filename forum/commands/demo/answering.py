"""What the city of the demo promises its discussions, and the steps of its answers."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial

from forum import clock
from forum.commands.demo.cast import Cast
from forum.commands.demo.reading import read
from forum.commands.demo.script import Ago, Scripted, Words
from forum.commands.demo.talk import Thread
from forum.commands.demo.timeline import Timeline
from forum.db import Database
from moderation.city_answers import actions, queries
from moderation.city_answers.rules import Act, Move, Promise


class PromiseOfBoard(Scripted):
    board: str
    by: str
    at: Ago
    days: int


class Step(Scripted):
    """`days`: until it is due; `post`: the reply that is the answer, by its place in the script."""

    by: str
    at: Ago
    act: Act
    words: Words = ""
    section: str | None = None
    days: int | None = None
    post: int | None = None


class Topic(Scripted):
    key: str
    step: Sequence[Step]


class Answers(Scripted):
    promise: Sequence[PromiseOfBoard]
    topic: Sequence[Topic]


def schedule(db: Database, cast: Cast, timeline: Timeline, threads: Mapping[str, Thread]) -> None:
    """Puts every promise and every step on the timeline."""
    answers = read("answers", Answers)

    async def promise(told: PromiseOfBoard) -> None:
        clerk, board = await cast.actor(told.by), await cast.board(told.board)
        await actions.promise(db, clerk, board, Promise(days=told.days))

    async def take(told: Step, thread: Thread) -> None:
        today = clock.now().astimezone(timeline.zone).date()
        move = Move(
            act=told.act,
            words=told.words,
            post=thread.posts[told.post - 1] if told.post else None,
            section=cast.sections[told.section] if told.section else None,
            due=today + timedelta(days=told.days) if told.days else None,
            version=len(await queries.steps(db, thread.topic_id)),
        )
        await actions.take(db, await cast.actor(told.by), thread.topic_id, move, timeline.zone)

    for told in answers.promise:
        timeline.at(told.at, partial(promise, told))
    for topic in answers.topic:
        for step in topic.step:
            timeline.at(step.at, partial(take, step, threads[topic.key]))
