"""決裁 of a result: exactly these answers to exactly these opinions, as they stand on the bench."""

from forum import clock
from forum.access import ALLOWED, Actor, require
from forum.db import Database
from forum.errors import NotFound
from moderation.approvals import actions as approvals
from moderation.approvals.rules import Answer, Kind, Note, Subject
from moderation.consultations import rules
from moderation.consultations.actions.running import to_act_on
from moderation.consultations.gathering import Gathered, gather_to_publish
from moderation.consultations.proofs import HASH_VERSION
from moderation.consultations.rules import Act, Consultation
from moderation.consultations.sealing import result_sha256
from moderation.digests.actions import approving as digests


async def subject(db: Database, consultation: Consultation, gathered: Gathered) -> Subject:
    """The result with the digest in it; references from one answer to another are numbered when it is published."""
    digest = gathered.digest
    below = digest.sha256 or (await digests.subject(db, digest)).content
    content = await result_sha256(db, consultation, gathered, below, HASH_VERSION)
    address = f"/consultations/{consultation.id}/answers"
    return Subject(
        Kind.CONSULTATION, consultation.id, consultation.title, address, content, consultation.section_id
    )


async def ask_approval(db: Database, actor: Actor, consultation_id: int, note: Note) -> None:
    """Only of what could be published otherwise."""
    async with db.transaction():
        consultation, gathered = await _to_approve(db, actor, consultation_id)
        require(rules.can_publish(actor, consultation, gathered.in_the_way, gathered.balanced, clock.now()))
        await approvals.ask(db, actor, ALLOWED, await subject(db, consultation, gathered), note)


async def answer_approval(db: Database, actor: Actor, consultation_id: int, given: Answer) -> None:
    async with db.transaction():
        consultation, gathered = await _to_approve(db, actor, consultation_id)
        await approvals.answer(db, actor, ALLOWED, await subject(db, consultation, gathered), given)


async def _to_approve(db: Database, actor: Actor, consultation_id: int) -> tuple[Consultation, Gathered]:
    consultation = await to_act_on(db, actor, Act.PUBLISH, consultation_id)
    gathered = await gather_to_publish(db, consultation_id)
    if gathered is None:
        raise NotFound
    return consultation, gathered
