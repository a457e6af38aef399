"""Who carries the procedure opens the envelope of a submission, with a reason; nobody does so unseen."""

from typing import Any

from forum.access import Actor
from forum.db import Database
from forum.errors import Forbidden, NotFound
from forum.i18n import _
from forum.sealed import Seal
from moderation.consultations.actions.running import to_act_on
from moderation.consultations.rules import Act
from moderation.submissions import actions as submissions
from moderation.submissions import queries as received


async def look(
    db: Database, seal: Seal, actor: Actor, consultation_id: int, receipt: str, why: str
) -> dict[str, Any]:
    """Who submitted. The look is on record before it is answered."""
    async with db.transaction():
        await to_act_on(db, actor, Act.LOOK, consultation_id)
        submission = await received.submission(db, consultation_id, receipt)
        if submission is None:
            raise NotFound
        envelope = await received.sealed(db, submission.id)
        if envelope is None:
            raise Forbidden(_("氏名と住所は、すでに消されています。"))
        assert actor.id is not None
        await submissions.note_look(db, submission, actor.id, why)
        return seal.unseal(envelope)
