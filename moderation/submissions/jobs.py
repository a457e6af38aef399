"""The receipt by mail, for those who gave an address."""

from typing import Any

from forum import mail
from forum.i18n import DEFAULT_LOCALE, _, by_locale, in_locale
from forum.jobs import Handler
from forum.web import Site
from moderation.submissions import queries


def reader(site: Site, envelope: bytes) -> tuple[str, str] | None:
    """Opens it for the address alone: where, if anywhere, and in which language to write to the person. Envelopes of the first
    release do not say which."""
    person = site.seal.unseal(envelope)
    return (person["email"], person.get("locale", DEFAULT_LOCALE)) if person.get("email") else None


async def submission_receipt(site: Site, payload: dict[str, Any]) -> None:
    """Opens the envelope for the one thing the submitter asked for: the number of the receipt."""
    submission = await queries.by_id(site.db, payload["submission_id"])
    envelope = await queries.sealed(site.db, payload["submission_id"])
    if submission is None or envelope is None or not (found := reader(site, envelope)):
        return
    address, locale = found
    with in_locale(locale):
        text = site.renderer.render(
            "mail/submission_receipt.txt",
            {
                "title": await queries.title_of_consultation(site.db, submission.consultation_id),
                "receipt": submission.receipt,
                "received": submission.received_at,
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
