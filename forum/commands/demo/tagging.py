"""The list of tags of the demo, and what bears them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from forum.commands.demo.cast import Cast
from forum.commands.demo.reading import read
from forum.commands.demo.script import Scripted
from forum.commands.demo.talk import KEEPER, Thread
from forum.commands.demo.timeline import Timeline
from forum.db import Database
from forum.topics.actions import tagging as actions
from forum.topics.queries import tags as queries
from forum.topics.tagging import Choice, NewTag

# When somebody sat down and put the rooms in order.
AT = "3d 15:20"


class Tag(Scripted):
    slug: str
    name: str
    name_en: str
    topics: Sequence[str]


class Tags(Scripted):
    tag: Sequence[Tag]


def schedule(db: Database, cast: Cast, timeline: Timeline, threads: Mapping[str, Thread]) -> None:
    """Puts the list and every choice from it on the timeline."""

    async def put_in_order() -> None:
        keeper, chosen = await cast.actor(KEEPER), defaultdict(list)
        for told in read("tags", Tags).tag:
            await actions.add(db, keeper, NewTag(slug=told.slug, name=told.name, name_en=told.name_en))
            added = await queries.tag(db, told.slug, [])
            assert added is not None
            for key in told.topics:
                chosen[key].append(added.id)
        for key, tags in chosen.items():
            await actions.choose(db, keeper, threads[key].topic_id, Choice(tags=tags))

    timeline.at(AT, put_in_order)
