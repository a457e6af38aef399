"""Opinions come in as a whole file: all of it, or nothing and why."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from forum import clock
from forum.access import Actor, require
from forum.db import Database
from forum.i18n import _
from forum.sealed import Seal
from forum.text import fold
from moderation.consultations import rules
from moderation.consultations.actions.running import to_act_on
from moderation.consultations.queries import notices, versions
from moderation.consultations.rules import TOO_EARLY, Act
from moderation.consultations.rules.notice import meant_by
from moderation.submissions import actions as submissions
from moderation.submissions.cells import Row
from moderation.submissions.queries import registered
from moderation.submissions.reading import Fault, Unreadable
from moderation.submissions.rules import Draft, Person, person_key


async def import_rows(
    db: Database, seal: Seal, actor: Actor, consultation_id: int, rows: Sequence[Row]
) -> int:
    """A whole file, or nothing of it. Raises Unreadable for numbers that were imported before."""
    async with db.transaction():
        now = clock.now()
        consultation = await to_act_on(db, actor, Act.ENTER, consultation_id)
        require(rules.can_enter(actor, consultation, consultation.opens_at, now))
        if late := [row for row in rows if rules.is_late(consultation, row.received or now)]:
            raise Unreadable(*(too_late(row.line) if row.received else undated(row.line) for row in late))
        if early := [row for row in rows if row.received and rules.is_too_early(consultation, row.received)]:
            raise Unreadable(*(Fault(row.line, _(TOO_EARLY)) for row in early))
        refs = {row.source_ref: row.line for row in rows if row.source_ref is not None}
        known = await registered.known_refs(db, consultation_id, list(refs))
        if known:
            raise Unreadable(
                *(already_there(refs[ref], ref) for ref in sorted(known, key=lambda ref: refs[ref]))
            )
        places = await places_of(db, consultation_id, rows)
        drafts = [as_draft(row, now, places.get(row.section)) for row in rows]
        if not refs:
            await require_new(db, seal, consultation_id, drafts)
        kept = await versions.of(db, consultation_id)
        at = {part.id: part.position for part in await notices.plan(db, consultation_id)}
        in_force = [
            versions.holding(
                kept, versions.in_force(kept, draft.received_at), at.get(draft.plan_section_id or 0)
            )
            for draft in drafts
        ]
        await submissions.add_all(db, seal, consultation_id, drafts, in_force)
    return len(rows)


async def places_of(db: Database, consultation_id: int, rows: Sequence[Row]) -> dict[str, int]:
    """The sections of the plan by what the rows call them. Raises Unreadable for what means none, or several."""
    called = {row.section for row in rows if row.section}
    plan = await notices.plan(db, consultation_id) if called else []
    meant = meant_by(part.heading for part in plan)
    if strange := [row for row in rows if row.section and fold(row.section) not in meant]:
        raise Unreadable(*(not_in_plan(row.line, row.section) for row in strange))
    return {name: plan[meant[fold(name)] - 1].id for name in called}


def as_draft(row: Row, now: datetime, plan_section_id: int | None) -> Draft:
    return Draft(
        channel=row.channel,
        body=row.body,
        person=Person(name=row.name, address=row.address, organisation=row.organisation),
        received_at=row.received or now,
        plan_section_id=plan_section_id,
        source_ref=row.source_ref,
    )


async def require_new(db: Database, seal: Seal, consultation_id: int, drafts: Sequence[Draft]) -> None:
    """Raises Unreadable for a file of which all is there already, and nothing tells apart. Some of it may well come twice."""
    said = Counter((draft.body, person_key(seal, draft.person)) for draft in drafts)
    known = await registered.without_number(db, consultation_id, [body for body, _key in said])
    if said <= known:
        raise Unreadable(
            Fault(
                1,
                _(
                    "この表の意見は、どれもすでに登録されています。同じ文の別の意見なら、「整理番号」の列を付けてください。"
                ),
            )
        )


def already_there(line: int, ref: str) -> Fault:
    return Fault(line, _("番号「%(ref)s」はすでに登録されています。", ref=ref))


def not_in_plan(line: int, section: str) -> Fault:
    sentence = _(
        "「%(section)s」という箇所は、計画案のどこか一つに決まりません。見出しか、その番号を書いてください。",
        section=section,
    )
    return Fault(line, sentence)


def too_late(line: int) -> Fault:
    return Fault(line, _("締め切りのあとに届いています。取扱いと理由を書いて、1件ずつ登録してください。"))


def undated(line: int) -> Fault:
    return Fault(line, _("募集が終わっているので、受付日が要ります。"))
