"""The zone in which somebody reads the times of the room: the town's, or one that their account has chosen.

Pages, fragments and what sockets carry are made once for all readers, with every time in the town's zone. Where they leave for
somebody elsewhere, `own_times` writes theirs. Decision 48 says why.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import cache, partial
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from babel.core import get_global
from babel.dates import format_datetime, get_timezone_location
from markupsafe import Markup

from forum.i18n import N_, _, language

REGIONS = {
    "Africa": N_("アフリカ"),
    "America": N_("アメリカ"),
    "Asia": N_("アジア"),
    "Atlantic": N_("大西洋"),
    "Australia": N_("オーストラリア"),
    "Europe": N_("ヨーロッパ"),
    "Indian": N_("インド洋"),
    "Pacific": N_("太平洋"),
}
# As templates write it: a moment, or one that counts for everybody. What takes place in the town is said otherwise.
TIME = re.compile(r'<time datetime="([^"]+)"( data-town)?>([^<]*)</time>')
_zone: ContextVar[ZoneInfo | None] = ContextVar("zone", default=None)


def current_zone() -> ZoneInfo | None:
    """None: the town's."""
    return _zone.get()


def use_zone(name: str | None) -> None:
    """For the rest of the current task (one request, one job)."""
    _zone.set(_known(name))


@contextmanager
def in_zone(name: str | None) -> Iterator[None]:
    """Inside the block: mail is written with the times of its reader."""
    token = _zone.set(_known(name))
    try:
        yield
    finally:
        _zone.reset(token)


@cache
def _known(name: str | None) -> ZoneInfo | None:
    """One that this machine does not know any more is read as the town's."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        return None


@cache
def zones() -> frozenset[str]:
    """What may be chosen: places, each under one name, which the names of countries know."""
    aliases, countries = get_global("zone_aliases"), get_global("zone_territories")
    return frozenset(
        name
        for name in available_timezones()
        if name not in aliases and name in countries and name.partition("/")[0] in REGIONS
    )


def zone_name(zone: str | ZoneInfo) -> str:
    """As people say it: イギリス時間."""
    return _zone_name(str(zone), language())


@cache
def _zone_name(zone: str, language: str) -> str:
    return str(get_timezone_location(zone, locale=language))


def offered() -> list[tuple[str, list[tuple[str, str]]]]:
    """(region, zones with their names in order)."""
    return [
        (
            name,
            sorted(
                ((zone, zone_name(zone)) for zone in zones() if zone.startswith(f"{region}/")), key=_by_name
            ),
        )
        for region, name in REGIONS.items()
    ]


def _by_name(zone: tuple[str, str]) -> str:
    return zone[1]


def short(moment: datetime, zone: ZoneInfo) -> str:
    pattern = "y年M月d日 H:mm" if language() == "ja" else "d MMM y, HH:mm"
    return str(format_datetime(moment.astimezone(zone), pattern, locale=language()))


def own_times(html: str, city: str) -> str:
    """The page, or a piece of one, with every time in the zone of the reader of the moment: the town's stands in its title, and
    behind a deadline where all can see it."""
    zone = current_zone()
    return TIME.sub(partial(_own, zone, city), html) if zone else html


def _own(zone: ZoneInfo, city: str, found: re.Match[str]) -> str:
    exact, counts, said = found.groups()
    own = short(datetime.fromisoformat(exact), zone)
    if counts:
        there = _("（%(city)sでは%(when)s）", city=city, when=said)
        return Markup('<time datetime="{}">{}</time>{}').format(exact, own, there)
    there = _("%(city)sの時刻：%(when)s", city=city, when=said)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(exact, there, own)
