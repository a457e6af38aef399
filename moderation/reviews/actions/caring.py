"""Choosing how to be spared, and what that means for a page."""

from collections.abc import Sequence

from forum import clock
from forum.access import Actor, require
from forum.db import Database
from moderation.reviews import caring, rules
from moderation.reviews.caring import Care, Comforts
from moderation.reviews.queries import caring as queries


async def care_for(db: Database, actor: Actor, post_ids: Sequence[int]) -> Care:
    """What to fold of these posts, and whether to propose a break."""
    assert actor.id is not None
    now, comforts = clock.now(), await queries.comforts(db, actor.id)
    folded = await queries.hard(db, post_ids) if comforts.folded else frozenset()
    if not (comforts.minutes or comforts.posts):
        return Care(folded, None)
    deeds = await queries.deeds(db, actor.id, now - caring.LOOKED_BACK)
    return Care(folded, caring.tired(deeds, comforts, now))


async def choose(db: Database, actor: Actor, chosen: Comforts) -> None:
    require(rules.can_see_queue(actor))
    assert actor.id is not None
    async with db.transaction():
        await queries.choose(db, actor.id, chosen)


async def rest(db: Database, actor: Actor) -> None:
    """Puts the proposal away, rested or not: the next one comes after another stretch."""
    require(rules.can_see_queue(actor))
    assert actor.id is not None
    async with db.transaction():
        await queries.rest(db, actor.id, clock.now())
