"""The events, courses and groups of the demo, and what people said at the counter."""

from collections.abc import Mapping, Sequence
from functools import partial

from forum import clock
from forum.commands.demo.cast import Cast
from forum.commands.demo.reading import read
from forum.commands.demo.script import Ago, Scripted, Words
from forum.commands.demo.talk import Thread
from forum.commands.demo.timeline import Timeline
from forum.community import actions
from forum.community.rules import GroupForm, Kind, OccasionForm
from forum.db import Database
from moderation.proxies import actions as proxies
from moderation.proxies.rules import Channel
from moderation.proxies.rules import Entry as ProxyEntry


class Occasion(Scripted):
    by: str
    at: Ago
    kind: Kind
    title: str
    starts: Ago
    ends: Ago
    place: str
    host: str
    about: Words = ""


class Group(Scripted):
    by: str
    at: Ago
    name: str
    about: Words
    contact: str = ""
    link: str = ""


class Entry(Scripted):
    by: str
    at: Ago
    topic: str
    channel: Channel
    body: Words


class Portal(Scripted):
    occasion: Sequence[Occasion]
    group: Sequence[Group]
    entry: Sequence[Entry]


def schedule(db: Database, cast: Cast, timeline: Timeline, threads: Mapping[str, Thread]) -> None:
    """Puts every entry on the timeline."""
    portal = read("portal", Portal)

    async def enter(told: Occasion) -> None:
        start, end = (timeline.moment(ago).replace(tzinfo=None) for ago in (told.starts, told.ends))
        form = OccasionForm(
            **told.model_dump(include={"kind", "title", "place", "host", "about"}),
            starts_at=start,
            ends_at=end,
        )
        await actions.enter_occasion(db, await cast.actor(told.by), form, timeline.zone)

    async def list_group(told: Group) -> None:
        form = GroupForm(**told.model_dump(exclude={"by", "at"}))
        await actions.list_group(db, await cast.actor(told.by), form)

    async def copy(told: Entry) -> None:
        today = clock.now().astimezone(timeline.zone).date()
        form = ProxyEntry(channel=told.channel, received_on=today, body=told.body, verbatim="on")
        await proxies.enter(db, await cast.actor(told.by), threads[told.topic].topic_id, form)

    for entry in portal.entry:
        timeline.at(entry.at, partial(copy, entry))
    for occasion in portal.occasion:
        timeline.at(occasion.at, partial(enter, occasion))
    for group in portal.group:
        timeline.at(group.at, partial(list_group, group))
