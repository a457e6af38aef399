"""The receipt by mail, for those who gave an address."""

from typing import Any

from babel.dates import format_datetime

from forum import mail
from forum.i18n import DEFAULT_LOCALE, _, by_locale, in_locale
from forum.jobs import Handler
from forum.web import Site
from moderation.submissions import queries


async def submission_receipt(site: Site, payload: dict[str, Any]) -> None:
    """Opens the envelope for the one thing the submitter asked for: the number of the receipt."""
    submission = await queries.by_id(site.db, payload["submission_id"])
    envelope = await queries.sealed(site.db, payload["submission_id"])
    if submission is None or envelope is None or not (address := site.seal.unseal(envelope).get("email")):
        return
    with in_locale(DEFAULT_LOCALE):
        received = site.renderer.local(submission.received_at)
        text = site.renderer.render(
            "mail/submission_receipt.txt",
            {
                "title": await queries.title_of_consultation(site.db, submission.consultation_id),
                "receipt": submission.receipt,
                "received": format_datetime(received, "y年M月d日 H:mm", locale=DEFAULT_LOCALE),
                "sha256": submission.sha256,
                "link": site.settings.link(
                    f"/consultations/{submission.consultation_id}/submissions/{submission.receipt}"
                ),
            },
        )
        subject = _(
            "【%(city)s】意見を受け付けました（%(receipt)s）",
            city=by_locale(site.settings.city, site.settings.city_en),
            receipt=submission.receipt,
        )
        await mail.send(site.settings, to=address, subject=subject, text=text)


JOBS: dict[str, Handler] = {"submission_receipt": submission_receipt}
