"""The events, courses and groups of the demo."""

from collections.abc import Sequence
from functools import partial

from forum.commands.demo.cast import Cast
from forum.commands.demo.reading import read
from forum.commands.demo.script import Ago, Scripted, Words
from forum.commands.demo.timeline import Timeline
from forum.community import actions
from forum.community.rules import GroupForm, Kind, OccasionForm
from forum.db import Database


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


class Portal(Scripted):
    occasion: Sequence[Occasion]
    group: Sequence[Group]


def schedule(db: Database, cast: Cast, timeline: Timeline) -> None:
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

    for occasion in portal.occasion:
        timeline.at(occasion.at, partial(enter, occasion))
    for group in portal.group:
        timeline.at(group.at, partial(list_group, group))
