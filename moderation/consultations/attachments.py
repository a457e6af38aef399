"""Who may see what came with a submission: its section, and once it is published with the result, everybody."""

from forum.access import Actor
from forum.db import Database
from forum.files.seeing import Judge
from moderation.consultations import rules
from moderation.consultations.queries import notices
from moderation.consultations.rules import State
from moderation.submissions.attachments import USED_BY
from moderation.submissions.queries import attached


async def may_see(db: Database, actor: Actor, sha256: str, submission_ids: list[int]) -> bool:
    for attachment, consultation_id in await attached.among(db, sha256, submission_ids):
        consultation = await notices.consultation(db, consultation_id)
        if consultation is None or attachment.withdrawn:
            continue
        if attachment.is_public and consultation.state == State.PUBLISHED:
            return True
        if rules.runs(actor, consultation):
            return True
    return False


FILES: dict[str, Judge] = {USED_BY: may_see}
