"""News of a procedure by mail, for those who submitted without an account and left an address."""

from typing import Any

from forum import mail
from forum.i18n import DEFAULT_LOCALE, _, by_locale, in_locale
from forum.jobs import Handler, enqueue
from forum.web import Site
from moderation.submissions import queries as submissions


async def tell_submitters(site: Site, payload: dict[str, Any]) -> None:
    """One job for each person, so that an address which fails is tried again alone."""
    async with site.db.transaction():
        for submission_id in await submissions.one_for_each_stranger(site.db, payload["consultation_id"]):
            await enqueue(site.db, "submitter_mail", {**payload, "submission_id": submission_id})


async def submitter_mail(site: Site, payload: dict[str, Any]) -> None:
    """Opens the envelope for the address alone."""
    envelope = await submissions.sealed(site.db, payload["submission_id"])
    if envelope is None or not (address := site.seal.unseal(envelope).get("email")):
        return
    with in_locale(DEFAULT_LOCALE):
        words = site.renderer.render_text("notifications/consultation_changed.txt", payload["news"])
        title, _rest, text = words.strip().partition("\n")
        link = site.settings.link(f"/consultations/{payload['consultation_id']}")
        city = by_locale(site.settings.city, site.settings.city_en)
        subject = _("【%(city)s 市民会議室】%(title)s", city=city, title=title)
        await mail.send(site.settings, to=address, subject=subject, text=f"{title}\n{text}\n\n{link}\n")


JOBS: dict[str, Handler] = {"tell_submitters": tell_submitters, "submitter_mail": submitter_mail}
