"""Following consultations, and telling those who do."""

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import partial

from forum import clock
from forum.access import Actor, require
from forum.db import Database
from forum.errors import NotFound
from forum.jobs import each
from forum.notifications import actions as notifications
from moderation.consultations import rules
from moderation.consultations.queries import followers, notices
from moderation.consultations.queries.followers import Call
from moderation.consultations.rules import Consultation

# What happened while no worker ran is told for so long; older news is none.
NEWS_FOR = timedelta(days=2)


async def follow(db: Database, actor: Actor, consultation_id: int | None, *, wanted: bool) -> None:
    """Follows one, or all with None; or follows it no longer."""
    async with db.transaction():
        require(rules.can_follow(actor))
        assert actor.id is not None
        if consultation_id is not None:
            consultation = await notices.consultation(db, consultation_id)
            if consultation is None or not rules.can_see(actor, consultation):
                raise NotFound
        if wanted:
            await followers.add(db, actor.id, consultation_id, clock.now())
        else:
            await followers.remove(db, actor.id, consultation_id)


async def tell_followers(
    db: Database,
    consultation: Consultation,
    act: str,
    *,
    closes_at: datetime | None = None,
    place: str = "",
    told_already: Collection[int | None] = (),
) -> None:
    """In the inbox and by mail. Call it inside the transaction of what it tells about."""
    news = news_of(consultation, act, closes_at)
    for account_id in await followers.of(db, consultation.id):
        if account_id not in told_already:
            address = f"/consultations/{consultation.id}{place}"
            await notifications.tell(db, account_id, "consultation_changed", address, **news)


def news_of(
    consultation: Consultation, act: str, closes_at: datetime | None = None, reason: str = ""
) -> dict[str, str]:
    """As its notice and its mail say it."""
    return {
        "title": consultation.title,
        "act": act,
        "closes_at": (closes_at or consultation.closes_at).isoformat(),
        "reason": reason,
    }


async def tell_announced(db: Database, consultation: Consultation, *, at_once: bool) -> None:
    """That it will begin, or that it has begun, which is then not told again."""
    await tell_followers(db, consultation, "open" if at_once else "announce")
    if at_once:
        await followers.note(db, Call(consultation.id, "open", consultation.opens_at), clock.now())


async def tell_of_time(db: Database) -> None:
    """What came by itself since the last look: periods that began, end in three days, or ended."""
    now = clock.now()
    await each(await followers.due(db, now, now - NEWS_FOR), partial(tell_call, db, now))


async def tell_call(db: Database, now: datetime, call: Call) -> None:
    """Unless another worker told it meanwhile, or somebody moved the moment."""
    async with db.transaction():
        consultation = await notices.locked(db, call.consultation_id)
        assert consultation is not None
        if call in await followers.due(db, now, now - NEWS_FOR):
            await followers.note(db, call, now)
            await tell_followers(db, consultation, call.act)
