"""Calendars that other programs subscribe to (RFC 5545)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

MEDIA_TYPE = "text/calendar; charset=utf-8"
# Octets of a line (3.1); what is longer goes on after a space.
LINE_MAX = 75


@dataclass(frozen=True)
class Event:
    """Something that happens at a moment, or on a whole day; it takes up nobody's time."""

    # Names it among all calendars, so that a later version replaces it.
    uid: str
    start: date | datetime
    summary: str
    url: str
    version: int = 0
    cancelled: bool = False
    # Of a moment; without it the event has no length.
    end: datetime | None = None
    place: str = ""


def calendar(product: str, name: str, events: Iterable[Event], now: datetime) -> str:
    """`product` says to programs what kind of calendar of this room it is, `name` to people (RFC 7986, and as it was before)."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//IT Citizens' Room//{product}//JA"]
    lines += [f"{title}:{_escaped(name)}" for title in ("NAME", "X-WR-CALNAME")]
    for event in events:
        lines += _lines(event, now)
    return "".join(f"{part}\r\n" for line in [*lines, "END:VCALENDAR"] for part in _folded(line))


def _lines(event: Event, now: datetime) -> list[str]:
    return [
        "BEGIN:VEVENT",
        f"UID:{event.uid}",
        f"DTSTAMP:{_utc(now)}",
        *_time(event.start),
        *([f"DTEND:{_utc(event.end)}"] if event.end else []),
        *([f"SEQUENCE:{event.version}"] if event.version else []),
        f"SUMMARY:{_escaped(event.summary)}",
        *([f"LOCATION:{_escaped(event.place)}"] if event.place else []),
        f"URL:{event.url}",
        *(["STATUS:CANCELLED"] if event.cancelled else []),
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _time(start: date | datetime) -> list[str]:
    """A moment, or a day, which lasts until the next."""
    if isinstance(start, datetime):
        return [f"DTSTART:{_utc(start)}"]
    return [f"DTSTART;VALUE=DATE:{start:%Y%m%d}", f"DTEND;VALUE=DATE:{start + timedelta(days=1):%Y%m%d}"]


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    """3.3.11; a summary has one line."""
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """Never inside a letter."""
    part, room = "", LINE_MAX
    for letter in line:
        if (size := len(letter.encode())) > room:
            yield part
            part, room = " ", LINE_MAX - 1
        part, room = part + letter, room - size
    yield part
