"""Correcting a draft plan while people answer to it: the version before stays, with its hash and its readers' opinions."""

from dataclasses import replace

from forum import clock
from forum.access import Actor
from forum.db import Database
from forum.errors import Conflict, Invalid
from forum.i18n import _
from moderation.consultations.actions.following import news_of
from moderation.consultations.actions.recording import tell_concerned
from moderation.consultations.actions.running import to_act_on
from moderation.consultations.proofs import plan_sha256, version_sha256
from moderation.consultations.queries import notices, versions
from moderation.consultations.queries.versions import Version
from moderation.consultations.rules import Act, Consultation
from moderation.consultations.rules.correcting import Correction
from moderation.consultations.rules.notice import Section, as_text, sections


async def correct(db: Database, actor: Actor, consultation_id: int, correction: Correction) -> None:
    """Adds a version and tells everybody concerned. Raises Conflict when a colleague was faster."""
    async with db.transaction():
        consultation = await to_act_on(db, actor, Act.CORRECT, consultation_id)
        plan = [Section(part.heading, part.body) for part in await notices.plan(db, consultation_id)]
        if correction.number != await versions.newest(db, consultation_id):
            raise Conflict(_("ほかの人が先に訂正しました。"), theirs=as_text(plan), yours=correction.plan)
        if faults := correction.faults(plan):
            raise Invalid(**faults)
        kept = await versions.of(db, consultation_id) or [await begin(db, consultation, plan)]
        await add(db, consultation, sections(correction.plan), correction.reason, kept[-1], actor.id)
        await notices.correct_plan(db, consultation_id, sections(correction.plan))
        await tell_concerned(db, consultation, news_of(consultation, Act.CORRECT, reason=correction.reason))


async def begin(db: Database, consultation: Consultation, plan: list[Section]) -> Version:
    """The first version: what the period began with."""
    return await add(db, consultation, plan, "", None, None)


async def add(
    db: Database,
    consultation: Consultation,
    plan: list[Section],
    reason: str,
    before: Version | None,
    made_by: int | None,
) -> Version:
    """Adds a version, whose hash holds that of the one before."""
    version = Version(
        number=before.number + 1 if before else 1,
        sections=[{"heading": part.heading, "body": part.body} for part in plan],
        reason=reason,
        made_at=clock.now() if before else consultation.opens_at,
        sha256="",
    )
    sha256 = version_sha256(
        consultation_id=consultation.id,
        number=version.number,
        plan=plan_sha256(version.parts),
        reason=reason,
        made_at=version.made_at,
        previous=before.sha256 if before else None,
    )
    version = replace(version, sha256=sha256)
    await versions.add(db, consultation.id, version, made_by)
    return version
