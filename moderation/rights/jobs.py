"""What happens to a rights request without anybody at the keyboard: mail to the person who asked, and reminders."""

from typing import Any

from forum import clock, mail
from forum.i18n import DEFAULT_LOCALE, _, by_locale, in_locale
from forum.jobs import Handler
from forum.web import Site
from moderation.rights import actions, queries, rules
from moderation.rights.rules import STAGE_NAMES, STEP_NAMES, Filed, Kind

PURPOSE = "rights request"


def secret_path(site: Site, request_id: int) -> str:
    """The address of the status page, which only the town can make and only the person is told."""
    return f"/rights-requests/status/{site.signer(PURPOSE).dumps(request_id)}"


def mail_address(site: Site, filed: Filed) -> tuple[str, str]:
    """Opens the envelope for the one thing the person asked for: to hear how the request stands. Where, or nothing, and in
    which language; the envelopes of the first release do not say that. Raises Forbidden if it does not open."""
    person = site.seal.unseal(filed.sealed) if filed.sealed is not None else {}
    return person.get("email", ""), person.get("locale", DEFAULT_LOCALE)


async def rights_mail(site: Site, payload: dict[str, Any]) -> None:
    """Says what happened last, and what happens next until when."""
    filed = await queries.filed(site.db, payload["request_id"])
    if filed is None:
        return
    address, locale = mail_address(site, filed)
    if not address:
        return
    steps = [step for step in await queries.steps(site.db, filed.id) if step.kind != Kind.REMINDED]
    with in_locale(locale):
        news = _(STEP_NAMES[Kind(steps[-1].kind)]) if steps else _("申出を受け付けました")
        text = site.renderer.render(
            "mail/rights_request.txt",
            {
                "receipt": filed.receipt,
                "news": news,
                "stage": _(STAGE_NAMES[rules.stage(steps, clock.now())]),
                "reason": steps[-1].body if steps and steps[-1].kind in rules.OUTCOMES else "",
                "due_at": rules.until(filed.filed_at, steps, clock.now(), site.renderer.zone),
                "link": site.settings.link(secret_path(site, filed.id)),
            },
        )
        subject = _(
            "【%(city)s 市民会議室】%(news)s（%(receipt)s）",
            city=by_locale(site.settings.city, site.settings.city_en),
            news=news,
            receipt=filed.receipt,
        )
        await mail.send(site.settings, to=address, subject=subject, text=text)


async def remind(site: Site, payload: dict[str, Any]) -> None:
    await actions.remind(site.db, site.renderer.zone)


async def forget(site: Site, payload: dict[str, Any]) -> None:
    """Deletes the names and addresses that the town need not keep any longer."""
    await actions.forget(site.db, site.settings.names_kept_days)


JOBS: dict[str, Handler] = {"rights_mail": rights_mail}
HOURLY: dict[str, Handler] = {"remind_of_rights_requests": remind, "forget_claimants": forget}
