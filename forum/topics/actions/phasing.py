"""Giving a discussion its phases, going on to the next one, and telling when one begins."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, tzinfo

from forum import clock
from forum.access import Actor, require
from forum.boards.rules import Kind
from forum.db import Database
from forum.errors import Conflict, Invalid
from forum.events import TopicChanged, publish
from forum.following import queries as following
from forum.following.rules import Level
from forum.i18n import _
from forum.jobs import CLOCKS_DIFFER, enqueue
from forum.notifications.actions import tell_all
from forum.posts.queries import posts
from forum.posts.rules import State
from forum.proof import digest
from forum.topics import phasing
from forum.topics import queries as topics
from forum.topics.actions.locking import topic_for
from forum.topics.phasing import Act, Course, MovingOn, Timetable
from forum.topics.queries import phases
from forum.topics.rules import Topic
from forum.topics.timetable import Phase, kept, last_turn, next_turn


async def plan(db: Database, actor: Actor, topic_id: int, form: Course, zone: tzinfo) -> None:
    """The phases that are not over, from now on."""
    async with db.transaction():
        topic, before = await _timed(db, actor, topic_id, form.version)
        now, typed = clock.now(), phasing.rows(form)
        if wrong := phasing.faults(topic, typed, now, zone):
            raise Invalid(**wrong)
        act = Act.PROLONGED if topic.over else Act.CHANGED if before else Act.PLANNED
        found = phasing.replanned(topic, typed, now, zone)
        await _make(db, actor, topic, before, act, found, form.words, now)


async def move_on(db: Database, actor: Actor, topic_id: int, form: MovingOn) -> None:
    """Ends the phase of now before its day."""
    async with db.transaction():
        topic, before = await _timed(db, actor, topic_id, form.version)
        if topic.phase is None:
            raise Conflict(_("この話し合いはもう終わっています。"))
        now = clock.now()
        found = phasing.moved_on(topic.phases, now)
        await _make(db, actor, topic, before, Act.MOVED_ON, found, "", now)


async def turn_due(db: Database) -> None:
    """Every topic in which a phase began or ended by the clock."""
    for topic_id in await phases.to_turn(db, clock.now()):
        await turn(db, topic_id)


async def turn(db: Database, topic_id: int) -> None:
    """Open pages show the phase of now, and those who watch hear of it, once."""
    async with db.transaction():
        topic, now = await topics.locked(db, topic_id), clock.now()
        if topic is None or not topic.phases:
            return
        if not await phases.turn(db, topic.id, last_turn(topic.phases, now)):
            return
        await publish(db, TopicChanged(topic.id, await topics.next_head(db, topic.id)))
        await _wake(db, topic.id, topic.phases, now)
        if topic.state == State.VISIBLE and not topic.locked and not topic.merged_into:
            await _tell_watchers(db, topic)


async def _timed(db: Database, actor: Actor, topic_id: int, version: int) -> tuple[Topic, Timetable | None]:
    topic = await topic_for(db, actor, topic_id)
    require(phasing.can_phase(actor, topic))
    before = await phases.newest(db, topic.id)
    if version != (before.number if before else 0):
        raise Conflict(_("あなたが開いたあとに、ほかの人が進行を変えました。いまの進行を確かめてください。"))
    return topic, before


async def _make(
    db: Database,
    actor: Actor,
    topic: Topic,
    before: Timetable | None,
    act: Act,
    found: list[Phase],
    words: str,
    now: datetime,
) -> None:
    assert actor.id is not None
    number = before.number + 1 if before else 1
    made = Timetable(0, topic.id, number, act.value, kept(found), words, actor.id, now, "")
    sha256 = digest(phasing.document(made, before.sha256 if before else ""))
    await phases.add(db, replace(made, sha256=sha256))
    change = await phases.set_timetable(db, topic.id, made.phases, found[-1].ends_at)
    await publish(db, TopicChanged(topic.id, change))
    await enqueue(db, "turn_phase", {"topic_id": topic.id})
    await _wake(db, topic.id, found, now)


async def _wake(db: Database, topic_id: int, found: Sequence[Phase], now: datetime) -> None:
    """Open pages turn when the clock does, and not at the next hour. Whatever else it finds then, `turn` tells nothing twice."""
    if at := next_turn(found, now):
        await enqueue(db, "turn_phase", {"topic_id": topic_id}, after=at - now + CLOCKS_DIFFER)


async def _tell_watchers(db: Database, topic: Topic) -> None:
    opening = await posts.opening(db, topic.id)
    assert opening is not None
    phase, staff_only = topic.phase, topic.board_kind == Kind.STAFF
    followers = await following.followers(db, topic.id, topic.board_id, staff_only=staff_only)
    await tell_all(
        db,
        [follower.account_id for follower in followers if follower.level is Level.WATCH],
        "phase_begun",
        f"/topics/{topic.id}",
        post=opening.id,
        topic=topic.title,
        phase=phase.name if phase else "",
        asks=phase.asks if phase else "",
        until=phase.until.isoformat() if phase else "",
    )
