"""Duties as events of a calendar: one whole day for each."""

from collections.abc import Sequence
from datetime import datetime

from forum.i18n import _, by_locale
from forum.icalendar import Event
from forum.icalendar import calendar as written
from moderation.duties.rules import Duty


def calendar(duties: Sequence[Duty], now: datetime, host: str, link: str) -> str:
    """`host` makes the names of the events those of this room, `link` leads to the page."""
    return written("Rota", _("審査の当番"), (_event(duty, host, link) for duty in duties), now)


def _event(duty: Duty, host: str, link: str) -> Event:
    board = by_locale(duty.board_name, duty.board_name_en or "") if duty.board_name else _("すべての会議室")
    summary = _("審査の当番（%(board)s）", board=board)
    return Event(uid=f"duty-{duty.id}@{host}", start=duty.day, summary=summary, url=link)
