"""What changes a procedure once it is under way: on record with its reason, and told to those who submitted."""

from datetime import datetime, tzinfo

from forum import clock
from forum.access import Actor
from forum.db import Database
from forum.errors import Invalid
from forum.jobs import enqueue
from forum.notifications import actions as notifications
from moderation.consultations import rules
from moderation.consultations.actions.following import news_of
from moderation.consultations.actions.running import to_act_on
from moderation.consultations.proofs import change_sha256
from moderation.consultations.queries import changes, followers, notices
from moderation.consultations.rules import Act, Consultation, State
from moderation.consultations.rules.extending import Extension
from moderation.submissions import queries as received


async def extend(
    db: Database, actor: Actor, consultation_id: int, extension: Extension, zone: tzinfo
) -> None:
    """Moves the end of a running period to a later hour."""
    async with db.transaction():
        consultation = await to_act_on(db, actor, Act.EXTEND, consultation_id)
        if faults := extension.faults(consultation, zone):
            raise Invalid(**faults)
        closes_at = extension.end(zone)
        await notices.extend(db, consultation_id, closes_at=closes_at, result_due=extension.due(consultation))
        await record(db, actor, consultation, Act.EXTEND, closes_at, extension.extended_because)


async def close(db: Database, actor: Actor, consultation_id: int, reason: str) -> None:
    """Ends the period before its time; the reason is published with the notice."""
    async with db.transaction():
        consultation = await to_act_on(db, actor, Act.CLOSE, consultation_id)
        require_reason(reason)
        # Once nobody submits any more: whoever was faster is not late.
        now = clock.now()
        await notices.close(db, consultation_id, reason, now)
        await record(db, actor, consultation, Act.CLOSE, now, reason)


async def skip(db: Database, actor: Actor, consultation_id: int, reason: str) -> None:
    """実施しなかった: the law exempts this plan, and the city says so."""
    await end(db, actor, Act.SKIP, consultation_id, State.NOT_CONDUCTED, reason)


async def withdraw(db: Database, actor: Actor, consultation_id: int, reason: str) -> None:
    """取りやめ: no plan comes of it, and the city says so (43条4項)."""
    await end(db, actor, Act.WITHDRAW, consultation_id, State.WITHDRAWN, reason)


async def end(db: Database, actor: Actor, act: Act, consultation_id: int, state: State, reason: str) -> None:
    async with db.transaction():
        consultation = await to_act_on(db, actor, act, consultation_id)
        require_reason(reason)
        await notices.set_state(db, consultation_id, state, end_reason=reason)
        await record(db, actor, consultation, act, consultation.closes_at, reason)


async def record(
    db: Database, actor: Actor, consultation: Consultation, act: Act, closes_at: datetime, reason: str
) -> None:
    """Adds the change to those of before, whose newest its hash holds."""
    assert actor.id is not None
    earlier, now = await changes.of(db, consultation.id), clock.now()
    number = len(earlier) + 1
    sha256 = change_sha256(
        consultation_id=consultation.id,
        number=number,
        act=act,
        closed_at=consultation.closes_at,
        closes_at=closes_at,
        reason=reason,
        made_at=now,
        previous=earlier[-1].sha256 if earlier else None,
    )
    await changes.add(
        db,
        consultation_id=consultation.id,
        number=number,
        act=act,
        closed_at=consultation.closes_at,
        closes_at=closes_at,
        reason=reason,
        made_by=actor.id,
        made_at=now,
        sha256=sha256,
    )
    await tell_submitters(db, consultation, act, closes_at, reason)


async def tell_submitters(
    db: Database, consultation: Consultation, act: Act, closes_at: datetime, reason: str
) -> None:
    """In the inbox of those who submitted or follow; by mail, through a job, to submitters who left only an address."""
    news = news_of(consultation, act.value, closes_at, reason)
    place = f"/consultations/{consultation.id}"
    concerned = {*await received.account_ids(db, consultation.id), *await followers.of(db, consultation.id)}
    for account_id in sorted(concerned):
        await notifications.tell(db, account_id, "consultation_changed", place, **news)
    await enqueue(db, "tell_submitters", {"consultation_id": consultation.id, "news": news})


def require_reason(reason: str) -> None:
    if not (ruling := rules.needs_reason(reason)):
        raise Invalid(reason=str(ruling.reason))
