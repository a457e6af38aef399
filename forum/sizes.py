"""How big a reader wants everything, on this device."""

from collections.abc import Mapping

COOKIE = "size"
SIZES = ("large", "larger")


def display_size(cookies: Mapping[str, str]) -> str:
    """One of the sizes, or nothing: as the browser says."""
    size = cookies.get(COOKIE, "")
    return size if size in SIZES else ""
