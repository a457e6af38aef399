"""Whoever submitted adds pictures and documents; the section decides whether everybody sees them."""

from forum import clock
from forum.access import Actor
from forum.db import Database
from forum.errors import Forbidden, Invalid, NotFound
from forum.files import actions as files
from forum.files.rules import File
from forum.i18n import _
from moderation.consultations.actions.running import to_act_on
from moderation.consultations.rules import Act
from moderation.submissions import queries as received
from moderation.submissions.attachments import FILES_MAX, USED_BY, attachment_sha256
from moderation.submissions.queries import attached


async def attach(db: Database, actor: Actor, consultation_id: int, receipt: str, file: File) -> None:
    """Who has the number of a receipt before the period ends is who submitted: it stands nowhere else yet."""
    now = clock.now()
    async with db.transaction():
        await to_act_on(db, actor, Act.ATTACH, consultation_id)
        submission = await received.submission(db, consultation_id, receipt)
        if submission is None:
            raise NotFound
        if await received.withdrawal(db, submission.id):
            raise Forbidden(_("この意見は、すでに取り下げられています。"))
        there = await attached.of(db, submission.id)
        if file.sha256 in [each.file_sha256 for each in there]:
            raise Invalid(file=_("このファイルは、もう添付してあります。"))
        if len(there) >= FILES_MAX:
            raise Invalid(file=_("添付できるのは、%(n)sつまでです。", n=FILES_MAX))
        sha256 = attachment_sha256(file=file.sha256, submission=submission.sha256, attached_at=now)
        await attached.add(db, submission_id=submission.id, file_id=file.id, now=now, sha256=sha256)
        await files.attach(db, [file.id], USED_BY, submission.id)


async def show(
    db: Database, actor: Actor, consultation_id: int, receipt: str, file_id: int, *, to_all: bool
) -> None:
    """Publishes an attachment with the result, or keeps it back after all, until the result is out."""
    async with db.transaction():
        await to_act_on(db, actor, Act.ANSWER, consultation_id)
        assert actor.id is not None
        submission = await received.submission(db, consultation_id, receipt)
        if submission is None or file_id not in [
            each.file_id for each in await attached.of(db, submission.id)
        ]:
            raise NotFound
        at = clock.now() if to_all else None
        await attached.publish(db, submission.id, file_id, at=at, by=actor.id)
