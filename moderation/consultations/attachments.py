"""Who may see the files of a consultation: of a plan whoever may see the procedure; what came with a submission its section,
and once it is published with the result, everybody."""

from forum.access import Actor
from forum.db import Database
from forum.files.seeing import Judge
from moderation.consultations import rules
from moderation.consultations.actions import documents
from moderation.consultations.queries import notices
from moderation.consultations.rules import State
from moderation.submissions.attachments import USED_BY
from moderation.submissions.queries import attached


async def may_see(db: Database, actor: Actor, sha256: str, submission_ids: list[int]) -> bool:
    for attachment, consultation_id in await attached.among(db, sha256, submission_ids):
        consultation = await notices.consultation(db, consultation_id)
        if consultation is None or attachment.withdrawn or attachment.deleted:
            continue
        if attachment.is_public and consultation.state == State.PUBLISHED:
            return True
        if rules.runs(actor, consultation):
            return True
    return False


async def may_see_documents(db: Database, actor: Actor, sha256: str, consultation_ids: list[int]) -> bool:
    """With the procedure: what is prepared is seen by its section alone."""
    found = [await notices.consultation(db, consultation_id) for consultation_id in consultation_ids]
    return any(rules.can_see(actor, consultation) for consultation in found if consultation)


FILES: dict[str, Judge] = {USED_BY: may_see, documents.USED_BY: may_see_documents}
