"""What happens without anybody at the keyboard: news by mail for those who submitted without an account, and
after the time for keeping them, no more names."""

from datetime import timedelta
from typing import Any

from forum import clock, mail
from forum.i18n import _, by_locale, in_locale
from forum.jobs import Handler, each, enqueue
from forum.web import Site
from moderation.consultations.actions.following import tell_of_time
from moderation.consultations.queries import notices
from moderation.digests.balancing import people_told
from moderation.submissions import queries as submissions
from moderation.submissions.actions import forget
from moderation.submissions.jobs import reader
from moderation.submissions.queries import strangers


async def tell_submitters(site: Site, payload: dict[str, Any]) -> None:
    """One job for each person, so that an address which fails is tried again alone."""
    async with site.db.transaction():
        for submission_id in await strangers.one_for_each_stranger(site.db, payload["consultation_id"]):
            await enqueue(
                site.db, "submitter_mail", {**payload, "submission_id": submission_id, "person": True}
            )


async def submitter_mail(site: Site, payload: dict[str, Any]) -> None:
    """What concerns the person goes to the address that came with any of their submissions; what concerns a receipt, only
    to the one that came with it."""
    number = payload["submission_id"]
    if payload.get("person"):
        envelopes = await strangers.sealed_of_person(site.db, number)
    else:
        envelopes = [envelope] if (envelope := await submissions.sealed(site.db, number)) else []
    # None is opened after the one that has an address.
    if (found := next(filter(None, (reader(site, each) for each in envelopes)), None)) is None:
        return
    address, locale = found
    with in_locale(locale):
        template = payload.get("template", "notifications/consultation_changed.txt")
        words = site.renderer.render(template, payload["news"])
        title, _rest, text = words.strip().partition("\n")
        link = site.settings.link(payload.get("place") or f"/consultations/{payload['consultation_id']}")
        city = by_locale(site.settings.city, site.settings.city_en)
        subject = _("【%(city)s 市民会議室】%(title)s", city=city, title=title)
        await mail.send(site.settings, to=address, subject=subject, text=f"{title}\n{text}\n\n{link}\n")


async def forget_submitters(site: Site, payload: dict[str, Any]) -> None:
    """Deletes the names and addresses that the town need not keep any longer, one consultation at a time."""
    now, days = clock.now(), site.settings.names_kept_days

    async def forget_those_of(consultation_id: int) -> None:
        async with site.db.transaction():
            await forget(site.db, consultation_id, days, now, await people_told(site.db, consultation_id))

    await each(await notices.with_names_since(site.db, now - timedelta(days=days)), forget_those_of)


async def tell_followers(site: Site, payload: dict[str, Any]) -> None:
    """That a period began, ends soon or ended."""
    await tell_of_time(site.db)


JOBS: dict[str, Handler] = {"tell_submitters": tell_submitters, "submitter_mail": submitter_mail}
HOURLY: dict[str, Handler] = {"forget_submitters": forget_submitters, "tell_followers": tell_followers}
