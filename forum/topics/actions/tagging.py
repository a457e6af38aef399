"""Keeping the list of tags, and choosing those of a topic."""

from forum import clock
from forum.access import Actor, require
from forum.boards.rules import readable_kinds
from forum.db import Database
from forum.errors import Invalid, NotFound
from forum.events import TopicChanged, publish
from forum.topics import queries as topics
from forum.topics import tagging
from forum.topics.actions.locking import topic_for
from forum.topics.queries import tags
from forum.topics.tagging import Choice, Naming, NewTag, Tag


async def choose(db: Database, actor: Actor, topic_id: int, choice: Choice) -> bool:
    """The topic bears these tags and no others. Whether anything changed."""
    async with db.transaction():
        topic = await topic_for(db, actor, topic_id)
        require(tagging.can_tag(actor, topic))
        before = await tags.of_topic(db, topic.id)
        if wrong := tagging.faults(set(choice.tags), before, await tags.every(db, [])):
            raise Invalid(**wrong)
        if set(choice.tags) == set(before):
            return False
        assert actor.id is not None
        await tags.choose(db, topic.id, choice.tags, actor.id, clock.now())
        await publish(db, TopicChanged(topic.id, await topics.next_head(db, topic.id)))
    return True


async def add(db: Database, actor: Actor, new: NewTag) -> None:
    async with db.transaction():
        require(tagging.can_keep_tags(actor))
        await _require_unlike(db, new)
        assert actor.id is not None
        await tags.add(db, new, actor.id, clock.now())


async def rename(db: Database, actor: Actor, slug: str, naming: Naming) -> None:
    """Another name for the same tag: topics keep it, its address stays."""
    async with db.transaction():
        found = await _tag(db, actor, slug)
        await _require_unlike(db, naming, besides=found.id)
        await tags.rename(db, found.id, naming)


async def retire(db: Database, actor: Actor, slug: str) -> None:
    """Topics that bear it keep it; no other topic gets it."""
    async with db.transaction():
        await tags.retire(db, (await _tag(db, actor, slug)).id, clock.now())


async def bring_back(db: Database, actor: Actor, slug: str) -> None:
    async with db.transaction():
        await tags.retire(db, (await _tag(db, actor, slug)).id, None)


async def _tag(db: Database, actor: Actor, slug: str) -> Tag:
    require(tagging.can_keep_tags(actor))
    found = await tags.tag(db, slug, readable_kinds(actor))
    if found is None:
        raise NotFound
    return found


async def _require_unlike(db: Database, naming: Naming, besides: int = 0) -> None:
    await tags.lock_list(db)
    others = [tag for tag in await tags.every(db, []) if tag.id != besides]
    if wrong := tagging.alike(naming, others):
        raise Invalid(**wrong)
