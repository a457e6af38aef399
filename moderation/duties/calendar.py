"""Duties as a calendar that other programs subscribe to (RFC 5545): one event of a whole day for each."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from forum.i18n import _, by_locale
from moderation.duties.rules import Duty

MEDIA_TYPE = "text/calendar; charset=utf-8"
# Octets of a line (3.1); what is longer goes on after a space.
LINE_MAX = 75


def calendar(duties: Sequence[Duty], now: datetime, host: str, link: str) -> str:
    """`host` makes the names of the events those of this room, `link` leads to the page."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//IT Citizens' Room//Rota//JA"]
    for duty in duties:
        lines += _event(duty, now, host, link)
    return "".join(f"{part}\r\n" for line in [*lines, "END:VCALENDAR"] for part in _folded(line))


def _event(duty: Duty, now: datetime, host: str, link: str) -> list[str]:
    board = by_locale(duty.board_name, duty.board_name_en or "") if duty.board_name else _("すべての会議室")
    return [
        "BEGIN:VEVENT",
        f"UID:duty-{duty.id}@{host}",
        f"DTSTAMP:{now:%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{duty.day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{duty.day + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_escaped(_('審査の当番（%(board)s）', board=board))}",
        f"URL:{link}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _escaped(text: str) -> str:
    """3.3.11; a board's name has one line."""
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
