"""How the words of a post become what its readers see."""

from collections.abc import Iterable

from forum.markup import to_html
from forum.posts.masking import masked


def rendered(raw: str, passages: Iterable[str]) -> str:
    """By the markup of today, with these passages masked."""
    return to_html(masked(raw, passages))
