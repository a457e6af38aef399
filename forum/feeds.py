"""Answers to feed readers: they ask often, and mostly for what they have."""

import hashlib
from datetime import UTC, datetime
from email.utils import format_datetime

from starlette.requests import Request
from starlette.responses import Response

from forum.i18n import _, by_locale, language
from forum.web import site

MEDIA_TYPE = "application/atom+xml"


def named(request: Request, title: str) -> str:
    """How a feed or calendar stands in a list of those of many places."""
    settings = site(request).settings
    return _("｜").join([title, _("IT市民会議室"), by_locale(settings.city, settings.city_en)])


def feed(request: Request, atom: bytes, modified: datetime | None) -> Response:
    """The feed, or 304 when the reader has just this. It is the words that count and not the date: when a post is hidden,
    nothing gets newer."""
    tag = f'W/"{hashlib.sha256(atom).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Content-Language": language()}
    if modified is not None:
        headers["Last-Modified"] = format_datetime(modified.astimezone(UTC), usegmt=True)
    known = [part.strip() for part in request.headers.get("if-none-match", "").split(",")]
    if tag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    return Response(atom, media_type=MEDIA_TYPE, headers=headers)
