"""Opinions come in: by the web form or on paper."""

from datetime import datetime, tzinfo

from forum import clock
from forum.access import Actor, require
from forum.db import Database
from forum.errors import Forbidden, Invalid, NotFound
from forum.i18n import _, current_locale
from forum.jobs import enqueue
from forum.notifications import actions as notifications
from forum.posts.queries import posts
from forum.sealed import Seal
from moderation.consultations import rules
from moderation.consultations.actions.running import to_act_on
from moderation.consultations.queries import notices, versions
from moderation.consultations.rules import TOO_EARLY, Act, Consultation
from moderation.digests.queries import digests
from moderation.submissions import actions as submissions
from moderation.submissions.actions import Received
from moderation.submissions.queries import registered
from moderation.submissions.rules import (
    PAPER,
    Channel,
    Draft,
    Lateness,
    PaperForm,
    WebForm,
)


async def submit(
    db: Database,
    seal: Seal,
    actor: Actor,
    consultation_id: int,
    form: WebForm,
    receipt: str | None = None,
) -> Received:
    """A formal submission by its author; with the `receipt` that was made for the form once, however often it comes. The owning
    section is told of each one: none waits unseen."""
    # Before it is judged: what is taken in at the last moment is not dated after it.
    received_at = clock.now()
    async with db.transaction():
        consultation = await to_act_on(db, actor, Act.SUBMIT, consultation_id)
        position = await require_section(db, consultation_id, form.plan_section_id)
        version = await read_version(db, consultation_id, form.plan_version, position)
        draft = Draft(
            channel=Channel.WEB,
            body=form.body,
            person=form,
            received_at=received_at,
            plan_section_id=form.plan_section_id,
            account_id=actor.id,
            revision_id=await own_words(db, actor, form.post_id),
            locale=current_locale(),
        )
        taken = await submissions.add(db, seal, consultation_id, draft, receipt)
        if taken.again:
            return taken
        await submissions.note_about(db, taken, version, form.passage_number)
        if form.email:
            await enqueue(db, "submission_receipt", {"submission_id": taken.id})
        await tell_section(db, consultation, taken)
    return taken


async def enter(
    db: Database, seal: Seal, actor: Actor, consultation_id: int, form: PaperForm, zone: tzinfo
) -> Received:
    """A clerk copies what came by post, fax, mail or over the counter; of what came late, also what becomes of it."""
    received_at = form.received_at.replace(tzinfo=zone)
    async with db.transaction():
        consultation = await to_act_on(db, actor, Act.ENTER, consultation_id)
        require(rules.can_enter(actor, consultation, received_at, clock.now()))
        is_late = rules.is_late(consultation, received_at)
        position = await require_section(db, consultation_id, form.plan_section_id)
        await check_paper(db, consultation, form, received_at)
        if is_late:
            await check_late(db, consultation_id, form)
        draft = Draft(
            channel=form.channel,
            body=form.body,
            person=form,
            received_at=received_at,
            plan_section_id=form.plan_section_id,
            source_ref=form.source_ref,
        )
        taken = await submissions.add(db, seal, consultation_id, draft)
        kept = await versions.of(db, consultation_id)
        in_force = versions.holding(kept, versions.in_force(kept, received_at), position)
        await submissions.note_about(db, taken, in_force, None)
        if is_late:
            assert actor.id is not None
            await submissions.note_late(
                db,
                taken,
                considered=form.lateness == Lateness.CONSIDERED,
                reason=form.late_because,
                entered_by=actor.id,
                now=clock.now(),
            )
        return taken


async def require_section(db: Database, consultation_id: int, plan_section_id: int | None) -> int | None:
    """Its place in the plan. Raises Invalid for a section of another one."""
    if plan_section_id is None:
        return None
    position = {part.id: part.position for part in await notices.plan(db, consultation_id)}
    if plan_section_id not in position:
        raise Invalid(plan_section_id=_("選択肢から選んでください。"))
    return position[plan_section_id]


async def read_version(
    db: Database, consultation_id: int, typed: int | None, position: int | None = None
) -> int:
    """The version of the plan that was on the screen, as far as it has the section, or else the newest."""
    newest = await versions.newest(db, consultation_id)
    number = typed if typed and typed <= newest else newest
    return versions.holding(await versions.of(db, consultation_id), number, position)


async def own_words(db: Database, actor: Actor, post_id: int | None) -> int | None:
    """The revision of the author's own post that becomes a submission."""
    if post_id is None:
        return None
    post = await posts.post(db, post_id)
    if post is None or not actor.wrote(post.author_id):
        raise NotFound
    return post.revision_id


async def check_paper(
    db: Database, consultation: Consultation, form: PaperForm, received_at: datetime
) -> None:
    if form.channel not in PAPER:
        raise Invalid(channel=_("選択肢から選んでください。"))
    if received_at > clock.now():
        raise Invalid(received_at=_("受付日時が未来になっています。"))
    if rules.is_too_early(consultation, received_at):
        raise Invalid(received_at=_(TOO_EARLY))
    if form.source_ref and await registered.known_refs(db, consultation.id, [form.source_ref]):
        raise Invalid(source_ref=_("この整理番号はすでに使われています。"))


async def check_late(db: Database, consultation_id: int, form: PaperForm) -> None:
    """What came late is considered or not, for a reason that everybody can read."""
    faults = {}
    if form.lateness is None:
        faults["lateness"] = _("締め切りのあとに届いた意見です。検討に含めるかどうかを選んでください。")
    if not form.late_because:
        faults["late_because"] = _("理由を書いてください。")
    if faults:
        raise Invalid(**faults)
    await digests.hold_of_consultation(db, consultation_id)
    digest = await digests.of_consultation(db, consultation_id)
    if digest is not None and digest.is_published:
        raise Forbidden(_("意見のまとめを公表したあとは、入力できません。"))


async def tell_section(db: Database, consultation: Consultation, taken: Received) -> None:
    for account_id in await notices.staff_of(db, consultation.section_id):
        await notifications.tell(
            db,
            account_id,
            "submission_received",
            f"/consultations/{consultation.id}/desk",
            title=consultation.title,
            receipt=taken.receipt,
        )
