"""Changes of a procedure that was announced: on record with what they move and why, and told."""

from forum import clock
from forum.access import Actor
from forum.db import Database
from forum.jobs import enqueue
from forum.notifications import actions as notifications
from moderation.consultations.actions.following import news_of
from moderation.consultations.proofs import change_sha256
from moderation.consultations.queries import changes, followers
from moderation.consultations.rules import Consultation
from moderation.consultations.rules.dates import moved
from moderation.submissions import queries as received


async def record(
    db: Database, actor: Actor, before: Consultation, after: Consultation, act: str, reason: str
) -> None:
    """Adds the change to those of before, whose newest its hash holds."""
    assert actor.id is not None
    earlier, now, dates = await changes.of(db, before.id), clock.now(), moved(before, after)
    number = len(earlier) + 1
    sha256 = change_sha256(
        consultation_id=before.id,
        number=number,
        act=act,
        dates=dates,
        reason=reason,
        made_at=now,
        previous=earlier[-1].sha256 if earlier else None,
    )
    await changes.add(
        db,
        dates,
        consultation_id=before.id,
        number=number,
        act=act,
        reason=reason,
        made_by=actor.id,
        made_at=now,
        sha256=sha256,
    )
    news = news_of(before, act, after.closes_at, reason) | dates.told()
    await tell_concerned(db, before, news)


async def tell_concerned(db: Database, consultation: Consultation, news: dict[str, str]) -> None:
    """In the inbox of those who submitted or follow; by mail, through a job, to submitters who left only an address."""
    place = f"/consultations/{consultation.id}"
    concerned = {*await received.account_ids(db, consultation.id), *await followers.of(db, consultation.id)}
    for account_id in sorted(concerned):
        await notifications.tell(db, account_id, "consultation_changed", place, **news)
    await enqueue(db, "tell_submitters", {"consultation_id": consultation.id, "news": news})
