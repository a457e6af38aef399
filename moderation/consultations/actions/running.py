"""Preparing and announcing a procedure."""

from dataclasses import replace
from datetime import tzinfo

from forum import clock
from forum.access import Actor, require
from forum.db import Database
from forum.errors import Conflict, Invalid, NotFound
from forum.i18n import _
from moderation.consultations import rules
from moderation.consultations.actions.following import tell_announced
from moderation.consultations.actions.recording import record
from moderation.consultations.queries import notices
from moderation.consultations.rules import Act, Consultation
from moderation.consultations.rules.dates import RESCHEDULE, moved
from moderation.consultations.rules.notice import Frame, Notice, as_text, sections


async def prepare(db: Database, actor: Actor, notice: Notice, zone: tzinfo) -> int:
    """A new procedure, seen by its section alone until it is announced."""
    require(rules.can_create(actor, notice.section_id))
    frame = await lawful(db, notice, zone)
    assert actor.id is not None
    async with db.transaction():
        number = await notices.add(db, frame, notice.plain_source(None), created_by=actor.id, now=clock.now())
        await notices.replace_plan(db, number, sections(notice.plan))
    return number


async def edit(
    db: Database, actor: Actor, consultation_id: int, notice: Notice, version: int, zone: tzinfo
) -> None:
    """Rewrites frame and draft. Raises Conflict when somebody saved since `version` was read."""
    async with db.transaction():
        consultation = await to_act_on(db, actor, Act.EDIT, consultation_id)
        require(rules.can_create(actor, notice.section_id))
        if consultation.version != version:
            saved = await notices.plan(db, consultation_id)
            theirs = as_text((part.heading, part.body) for part in saved)
            raise Conflict(_("ほかの人が先に保存しました。"), theirs=theirs, yours=notice.plan)
        source, plan = notice.plain_source(consultation), sections(notice.plan)
        frame = await lawful(db, notice, zone)
        if consultation.announced_at is not None and (
            faults := rules.faults_of_announced(frame.opens_at, len(plan), clock.now())
        ):
            raise Invalid(**faults)
        await notices.rewrite(db, consultation_id, frame, source)
        await notices.replace_plan(db, consultation_id, plan)
        if consultation.announced_at is not None:
            await reschedule(db, actor, consultation, frame, notice.moved_because)


async def reschedule(db: Database, actor: Actor, before: Consultation, frame: Frame, reason: str) -> None:
    """Published dates are moved for a reason that everybody can read; whoever follows hears of it."""
    after = replace(before, opens_at=frame.opens_at, closes_at=frame.closes_at, result_due=frame.result_due)
    if not moved(before, after).any:
        return
    if not reason:
        raise Invalid(moved_because=_("予告した日程を変える理由を書いてください。"))
    await record(db, actor, before, after, RESCHEDULE, reason)


async def announce(
    db: Database, actor: Actor, consultation_id: int, zone: tzinfo, *, at_once: bool = False
) -> None:
    """Makes the procedure public: it opens at its hour, or at once."""
    now = clock.now()
    async with db.transaction():
        consultation = await to_act_on(db, actor, Act.ANNOUNCE, consultation_id)
        opens_at = now if at_once else consultation.opens_at
        plan = await notices.plan(db, consultation_id)
        require(rules.can_announce(actor, replace(consultation, opens_at=opens_at), len(plan), now, zone))
        await notices.announce(db, consultation_id, opens_at=opens_at, now=now)
        await tell_announced(db, replace(consultation, opens_at=opens_at), at_once=at_once)


async def to_act_on(db: Database, actor: Actor, act: Act, consultation_id: int) -> Consultation:
    """The procedure, locked. Raises NotFound when the person may not know of it, Forbidden when not now."""
    consultation = await notices.locked(db, consultation_id)
    if consultation is None or not rules.can_see(actor, consultation):
        raise NotFound
    require(rules.can(actor, act, consultation, clock.now()))
    return consultation


async def lawful(db: Database, notice: Notice, zone: tzinfo) -> Frame:
    """Raises Invalid where the law is not kept, or there is no such section."""
    frame = notice.frame(zone)
    if faults := frame.faults(zone):
        raise Invalid(**faults)
    if notice.section_id not in [each.id for each in await notices.city_sections(db)]:
        raise Invalid(section_id=_("選択肢から選んでください。"))
    return frame
