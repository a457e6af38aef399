"""Whoever submitted takes it back, with the receipt and the name that stands under it; no account is needed."""

from hmac import compare_digest

from forum import clock
from forum.access import Actor
from forum.db import Database
from forum.errors import Forbidden, Invalid, NotFound
from forum.i18n import _
from forum.notifications import actions as notifications
from forum.sealed import Seal
from moderation.consultations.actions.running import to_act_on
from moderation.consultations.queries import notices
from moderation.consultations.rules import Act, Consultation
from moderation.digests import actions as digests
from moderation.submissions import actions as received
from moderation.submissions import queries as submissions
from moderation.submissions.rules import Submission, TakingBack


async def take_back(
    db: Database, seal: Seal, actor: Actor, consultation_id: int, receipt: str, form: TakingBack
) -> None:
    """The record of the words and their hash stays, name and files go; nobody considers or shows the words from now on."""
    now = clock.now()
    async with db.transaction():
        consultation = await to_act_on(db, actor, Act.TAKE_BACK, consultation_id)
        submission = await submissions.submission(db, consultation_id, receipt)
        if submission is None:
            raise NotFound
        if await submissions.withdrawal(db, submission.id):
            raise Forbidden(_("この意見は、すでに取り下げられています。"))
        await require_author(db, seal, submission, form)
        await received.take_back(db, submission, now)
        await digests.let_go(db, submission.id)
        await tell_section(db, consultation, receipt)


async def require_author(db: Database, seal: Seal, submission: Submission, form: TakingBack) -> None:
    """Compares without opening the envelope. Raises Invalid, and does not say what of it is wrong."""
    key = await submissions.person_key(db, submission.id)
    if key is None or not compare_digest(key, seal.person_key(form.name, form.address)):
        raise Invalid(name=_("提出したときの氏名・住所と合いません。書いたとおりに入力してください。"))


async def tell_section(db: Database, consultation: Consultation, receipt: str) -> None:
    for account_id in await notices.staff_of(db, consultation.section_id):
        await notifications.tell(
            db,
            account_id,
            "submission_withdrawn",
            f"/consultations/{consultation.id}/desk",
            title=consultation.title,
            receipt=receipt,
        )
