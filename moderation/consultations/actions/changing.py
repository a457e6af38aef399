"""What changes a procedure once it is under way: on record with its reason, and told to those who submitted."""

from dataclasses import replace
from datetime import tzinfo

from forum import clock
from forum.access import Actor
from forum.db import Database
from forum.errors import Invalid
from moderation.consultations import rules
from moderation.consultations.actions.recording import record
from moderation.consultations.actions.running import to_act_on
from moderation.consultations.queries import notices
from moderation.consultations.rules import Act, State
from moderation.consultations.rules.extending import Extension


async def extend(
    db: Database, actor: Actor, consultation_id: int, extension: Extension, zone: tzinfo
) -> None:
    """Moves the end of a running period to a later hour."""
    async with db.transaction():
        consultation = await to_act_on(db, actor, Act.EXTEND, consultation_id)
        if faults := extension.faults(consultation, zone):
            raise Invalid(**faults)
        closes_at, due = extension.end(zone), extension.due(consultation)
        await notices.extend(db, consultation_id, closes_at=closes_at, result_due=due)
        after = replace(consultation, closes_at=closes_at, result_due=due)
        await record(db, actor, consultation, after, Act.EXTEND, extension.extended_because)


async def close(db: Database, actor: Actor, consultation_id: int, reason: str) -> None:
    """Ends the period before its time; the reason is published with the notice."""
    async with db.transaction():
        consultation = await to_act_on(db, actor, Act.CLOSE, consultation_id)
        require_reason(reason)
        # Once nobody submits any more: whoever was faster is not late.
        now = clock.now()
        await notices.close(db, consultation_id, reason, now)
        await record(db, actor, consultation, replace(consultation, closes_at=now), Act.CLOSE, reason)


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
        await record(db, actor, consultation, consultation, act, reason)


def require_reason(reason: str) -> None:
    if not (ruling := rules.needs_reason(reason)):
        raise Invalid(reason=str(ruling.reason))
