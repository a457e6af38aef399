"""Proposing to publish, the second person's word, and whether the town asks for one."""

from dataclasses import replace

from forum import clock
from forum.access import Actor, Ruling, require
from forum.accounts.queries import office_holders
from forum.db import Database
from forum.errors import Conflict, Forbidden, Invalid
from forum.i18n import _
from forum.notifications.actions import tell, tell_all
from forum.proof import digest
from moderation.approvals import queries, rules
from moderation.approvals.rules import Answer, Approval, Note, Outcome, Subject, Switch, Switched, Use


async def ask(db: Database, actor: Actor, may: Ruling, subject: Subject, note: Note) -> None:
    """Within the transaction that has locked the subject. Colleagues are told."""
    assert actor.id is not None
    found = await queries.of(db, subject.kind, subject.id)
    require(rules.can_ask(may, found, subject.content))
    if outdated := rules.waiting(found):
        await _end(db, actor, outdated, Outcome.OVERTAKEN, "")
    draft = Approval(
        id=0, kind=subject.kind, subject_id=subject.id, content=subject.content, note=note.note,
        asked_by=actor.id, asked_at=clock.now(), sha256="",
    )  # fmt: skip
    await queries.add(db, replace(draft, sha256=digest(rules.document(draft))))
    section = subject.section_id or actor.section_id
    colleagues = [
        person.id or 0
        for person in await office_holders(db)
        if person.is_staff
        and (person.section_id == section or person.is_administrator)
        and person.id != actor.id
    ]
    await tell_all(db, colleagues, "approval_asked", subject.address, title=subject.title)


async def answer(db: Database, actor: Actor, may: Ruling, subject: Subject, given: Answer) -> None:
    """Approves what was proposed, or sends it back with a reason."""
    waits = rules.waiting(await queries.of(db, subject.kind, subject.id))
    if waits is None or given.seen != waits.content:
        raise Conflict(_("画面を開いたあとに変わりました。いまの内容を確かめてください。"))
    require(rules.can_answer(may, actor, waits, subject.content))
    outcome = Outcome.CONFIRMED if given.step == "confirm" else Outcome.DECLINED
    if outcome is Outcome.DECLINED and not given.answer:
        raise Invalid(answer=_("差し戻す理由を書いてください。"))
    await _end(db, actor, waits, outcome, given.answer)
    await tell(
        db,
        waits.asked_by,
        "approval_answered",
        subject.address,
        title=subject.title,
        outcome=outcome.value,
        answer=given.answer,
    )


async def require_approval(db: Database, subject: Subject) -> Approval | None:
    """The approval on which a publication rests; None where the town asks for none. Nobody switches until the end."""
    asks = await queries.asks_until_the_end(db)
    approval = rules.approved(await queries.of(db, subject.kind, subject.id), subject.content)
    if asks and approval is None:
        raise Forbidden(_("公表には、もう1人の決裁が要ります。"))
    return approval


async def use(db: Database, approval: Approval | None, published: str) -> None:
    """Puts on record what was published because of it."""
    if approval is not None:
        draft = Use(approval.id, published, clock.now(), "")
        sha256 = digest(rules.use_document(draft, approval.end_sha256))
        await queries.add_use(db, replace(draft, sha256=sha256))


async def switch(db: Database, actor: Actor, wish: Switch) -> None:
    """From now on."""
    require(rules.can_switch(actor))
    assert actor.id is not None
    async with db.transaction():
        await queries.lock_switch(db)
        asks = wish.asks == "yes"
        if asks == await queries.asks(db):
            raise Conflict(_("もうそうなっています。"))
        if asks and sum(person.is_staff for person in await office_holders(db)) < rules.PEOPLE_MIN:
            raise Invalid(asks=_("決裁できる職員が2人いません。"))
        draft = Switched(0, asks, wish.why, actor.id, clock.now(), "")
        await queries.switch(db, replace(draft, sha256=digest(rules.switch_document(draft))))


async def _end(db: Database, actor: Actor, approval: Approval, outcome: Outcome, words: str) -> None:
    ended = replace(approval, outcome=outcome, ended_by=actor.id, answer=words, ended_at=clock.now())
    await queries.end(db, replace(ended, end_sha256=digest(rules.end_document(ended))))
