"""Addresses of this site: which are, and where a page stands."""

import re

from starlette.requests import Request

REFERER = re.compile("https?://[^/]+(/[^#]*)")


def local_path(url: str, otherwise: str = "/") -> str:
    """The address if it leads to a page of this site, else `otherwise`: open redirects are refused."""
    safe = url.startswith("/") and not url.startswith(("//", "/\\")) and url.isprintable() and "\\" not in url
    return url if safe else otherwise


def this_page(request: Request) -> str:
    """The address of the page; of a refused form, which is shown where it was sent to, that of the page where it stood."""
    if request.method in ("GET", "HEAD"):
        return f"{request.url.path}?{request.url.query}".removesuffix("?")
    sent_from = REFERER.match(request.headers.get("referer", ""))
    return local_path(sent_from[1]) if sent_from else "/"
