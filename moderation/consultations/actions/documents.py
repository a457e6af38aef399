"""Files beside the text of a plan: what the section adds stays, for everybody who may see the procedure."""

from forum import clock
from forum.access import Actor, require
from forum.db import Database
from forum.errors import Invalid, NotFound
from forum.files import actions as files
from forum.files import queries as file_queries
from forum.files.rules import ANY, Sent
from forum.i18n import _
from forum.storage import Storage
from moderation.consultations import rules
from moderation.consultations.actions.following import tell_followers
from moderation.consultations.actions.running import to_act_on
from moderation.consultations.queries import notices
from moderation.consultations.rules import Act

USED_BY = "consultation"


async def add_file(db: Database, storage: Storage, actor: Actor, consultation_id: int, sent: Sent) -> None:
    """Keeps the file, made anew, and adds it for good; once, however often it is sent. Followers are told once the procedure is
    public."""
    consultation = await notices.consultation(db, consultation_id)
    if consultation is None or not rules.can_see(actor, consultation):
        raise NotFound
    require(rules.can(actor, Act.ADD_FILE, consultation, clock.now()))
    if not sent.data:
        raise Invalid(file=_("ファイルを選んでください。"))
    kept = await files.keep(db, storage, actor, sent, ANY)
    async with db.transaction():
        consultation = await to_act_on(db, actor, Act.ADD_FILE, consultation_id)
        before = [each.id for each in await file_queries.used_in(db, USED_BY, consultation_id)]
        await files.attach(db, [kept.id], USED_BY, consultation_id)
        if consultation.announced_at is not None and kept.id not in before:
            await tell_followers(db, consultation, "file", place="#files")
