"""The section reports what became of an answer, and everybody whose words it answers hears of it."""

from forum import clock
from forum.access import Actor
from forum.db import Database
from forum.errors import Conflict, NotFound
from forum.i18n import _
from forum.jobs import enqueue
from forum.notifications import actions as notifications
from moderation.consultations.actions.following import tell_followers
from moderation.consultations.actions.running import to_act_on
from moderation.consultations.gathering import Answered, gather
from moderation.consultations.queries import progress
from moderation.consultations.rules import Act, Consultation
from moderation.consultations.rules.progress import STATUS_NAMES, NewReport, report_sha256
from moderation.digests.counting import said


async def report(db: Database, actor: Actor, consultation_id: int, group_number: int, new: NewReport) -> None:
    """Adds a report to a group of the published result. Raises Conflict when a colleague was faster."""
    now = clock.now()
    async with db.transaction():
        consultation = await to_act_on(db, actor, Act.REPORT, consultation_id)
        assert actor.id is not None
        gathered = await gather(db, consultation_id)
        group = (
            next((each for each in gathered.groups if each.number == group_number), None)
            if gathered
            else None
        )
        if group is None or group.answer is None:
            raise NotFound
        earlier = await progress.of_group(db, group.row.id)
        if len(earlier) != new.number:
            raise Conflict(
                _("ほかの人が先に報告しました。"),
                theirs=earlier[-1].body if earlier else None,
                yours=new.body,
            )
        values = {**new.model_dump(), "number": len(earlier) + 1, "reported_at": now}
        previous = earlier[-1].sha256 if earlier else None
        sha256 = report_sha256(answer=group.answer.sha256, previous=previous, **values)
        await progress.add(db, group_id=group.row.id, reported_by=actor.id, sha256=sha256, **values)
        await tell(db, consultation, group, new)


async def tell(db: Database, consultation: Consultation, group: Answered, new: NewReport) -> None:
    """In the inbox of those who have an account; by mail, through a job, to those who left only an address."""
    place = f"/consultations/{consultation.id}/results/groups/{group.number}#afterwards"
    news = {
        "title": consultation.title,
        "group": group.row.title,
        "status": STATUS_NAMES[new.status],
        "year": new.year,
        "body": new.body,
    }
    for account_id in sorted({row.account_id for row in group.heard if row.account_id}):
        await notifications.tell(db, account_id, "progress_reported", place, **news)
    # Nobody knows which of the submissions without a name are one person's.
    strangers = {
        said(row).person or row.submission_id: row.submission_id for row in group.heard if not row.account_id
    }
    for submission_id in sorted(filter(None, strangers.values())):
        template = "notifications/progress_reported.txt"
        await enqueue(
            db,
            "submitter_mail",
            {
                "submission_id": submission_id,
                "person": True,
                "news": news,
                "template": template,
                "place": place,
            },
        )
    heard = {row.account_id for row in group.heard}
    await tell_followers(db, consultation, "progress", place="/progress", told_already=heard)
