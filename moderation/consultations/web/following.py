"""Consultations for feed readers (Atom, RFC 4287) and calendars: no account, no script, nobody's address."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from xml.etree import ElementTree

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum import clock, feeds
from forum.i18n import N_, _, by_locale, language
from forum.icalendar import MEDIA_TYPE, Event, calendar
from forum.web import database, site
from moderation.consultations.queries import news, notices
from moderation.consultations.queries.news import News
from moderation.consultations.rules import Consultation, State

ATOM, LANGUAGE = "http://www.w3.org/2005/Atom", "{http://www.w3.org/XML/1998/namespace}lang"
NEWS_SHOWN = 50
# When nothing has happened yet.
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
HEADLINES = {
    "announce": N_("意見募集を予告しました：%(title)s"),
    "open": N_("意見募集を始めました：%(title)s"),
    "reschedule": N_("意見募集の日程を変えました：%(title)s"),
    "extend": N_("意見募集の期間を延ばしました：%(title)s"),
    "correct": N_("計画案を訂正しました：%(title)s"),
    "close": N_("意見募集を予定より早く締め切りました：%(title)s"),
    "skip": N_("意見募集は行いません：%(title)s"),
    "withdraw": N_("意見募集を取りやめました：%(title)s"),
    "publish": N_("意見と市の考え方を公表しました：%(title)s"),
}
# After these nothing is waited for any more.
GIVEN_UP = ("skip", "withdraw")


async def feed(request: Request) -> Response:
    found = await news.newest(database(request), clock.now(), NEWS_SHOWN)
    return feeds.feed(request, atom(request, found), found[0].at if found else None)


def atom(request: Request, found: Sequence[News]) -> bytes:
    """The feed, in the language of the moment."""
    settings = site(request).settings
    link = settings.link
    ElementTree.register_namespace("", ATOM)
    root = ElementTree.Element(f"{{{ATOM}}}feed", {LANGUAGE: language()})
    add(root, "id", link("/consultations"))
    add(root, "title", feeds.named(request, _("意見募集")))
    add(root, "updated", (found[0].at if found else EPOCH).isoformat())
    add(root, "link", rel="self", href=link("/consultations/feed.atom"))
    add(root, "link", href=link("/consultations"))
    add(add(root, "author"), "name", by_locale(settings.city, settings.city_en))
    for one in found:
        add_entry(request, root, one)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def add_entry(request: Request, root: ElementTree.Element, one: News) -> None:
    shared, path = site(request), f"/consultations/{one.consultation_id}"
    place = shared.settings.link(f"{path}/results" if one.act == "publish" else path)
    entry = add(root, "entry")
    add(entry, "id", f"{shared.settings.link(path)}#{one.act}-{int(one.at.timestamp())}")
    add(entry, "title", _(HEADLINES[one.act], title=one.title))
    add(entry, "updated", one.at.isoformat())
    add(entry, "link", href=place)
    until = "" if one.act in GIVEN_UP else _("締め切り") + _("：") + shared.renderer.minute(one.closes_at)
    add(entry, "summary", "\n".join(part for part in (one.reason or one.summary, until) if part))


def add(
    parent: ElementTree.Element, name: str, text: str | None = None, **attributes: str
) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    child.text = text
    return child


async def deadlines(request: Request) -> Response:
    """When each opens, closes and is expected to be answered; an extension moves the event that is there."""
    known = await notices.known_to_all(database(request))
    events = [event for consultation in known for event in events_of(request, consultation)]
    name = feeds.named(request, _("意見募集"))
    return Response(calendar("Consultations", name, events, clock.now()), media_type=MEDIA_TYPE)


def events_of(request: Request, consultation: Consultation) -> Iterator[Event]:
    settings, page = site(request).settings, f"/consultations/{consultation.id}"
    dates: dict[str, tuple[date | None, str, str]] = {
        "opens": (consultation.opens_at, N_("意見募集の開始：%(title)s"), page),
        "closes": (consultation.closes_at, N_("意見募集の締め切り：%(title)s"), page),
        "result": (consultation.result_due, N_("意見募集の結果の公表予定：%(title)s"), page),
    }
    if at := consultation.published_at:
        day = site(request).renderer.local(at).date()
        dates["result"] = (day, N_("意見募集の結果の公表：%(title)s"), f"{page}/results")
    for name, (start, summary, place) in dates.items():
        if start is not None:
            yield Event(
                uid=f"consultation-{consultation.id}-{name}@{settings.address.host or 'localhost'}",
                start=start,
                summary=_(summary, title=consultation.title),
                url=settings.link(place),
                version=consultation.version,
                cancelled=consultation.state in (State.NOT_CONDUCTED, State.WITHDRAWN),
            )


routes = [
    Route("/consultations/feed.atom", feed),
    Route("/feeds/consultations.atom", feed),
    Route("/consultations/calendar.ics", deadlines),
]
