"""Looking at an item so that others see it: a sign on the door, never a lock. Who decides first decides."""

from datetime import datetime, timedelta

from forum import clock
from forum.access import Actor, require
from forum.db import Database
from forum.events import QueueChanged, publish
from moderation.reviews import rules
from moderation.reviews.queries import claims
from moderation.reviews.queries.claims import Claim
from moderation.reviews.targets import Target

# As long as a hard case takes to read. An open page renews it, one that was left without a word lets it expire.
CLAIMED_FOR = timedelta(minutes=10)


async def claim(
    db: Database,
    actor: Actor,
    number: int,
    target: Target = Target.POST,
    *,
    take_over: bool = False,
    again: bool = False,
) -> Claim | None:
    """Takes an item, or goes on holding it; somebody else's only to `take_over`. The claim as it is now; None if nothing
    waits, or nothing that this moderator could decide. A page that looks `again` holds what it held: it may be left before
    it has heard of anything longer, and could not give that back."""
    async with db.transaction():
        found, now = await claims.locked(db, target, number), clock.now()
        if found is None or actor.id is None:
            return None
        require(rules.can_review(actor, found))
        if actor.id in found.barred:
            return None
        holder = found.holder(now)
        if holder is not None and not take_over and (again or holder != actor.id):
            return found
        await claims.take(
            db,
            found.item_id,
            actor.id,
            until=now + CLAIMED_FOR,
            instead_of=holder,
            news=holder != actor.id,
        )
        if holder != actor.id:
            await publish(db, QueueChanged(found.board_id))
        return await claims.locked(db, target, number)


async def release(
    db: Database, actor: Actor, number: int, until: datetime, target: Target = Target.POST
) -> None:
    """The page that held the claim was left. `until`: a page opened meanwhile holds another, which stays."""
    assert actor.id is not None
    async with db.transaction():
        board_id = await claims.release(db, target, number, actor.id, until)
        if board_id is not None:
            await publish(db, QueueChanged(board_id))
