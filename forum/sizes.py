"""How big a reader wants everything, on this device."""

from starlette.requests import HTTPConnection

COOKIE = "size"
SIZES = ("large", "larger")


def display_size(request: HTTPConnection) -> str:
    """One of the sizes, or nothing: as the browser says."""
    size = request.cookies.get(COOKIE, "")
    return size if size in SIZES else ""
