"""How the words of a post become what its readers see."""

from collections.abc import Collection, Iterable

from forum.markup import to_html
from forum.posts.masking import masked


def rendered(raw: str, passages: Iterable[str], called: Collection[str]) -> str:
    """By the markup of today, with these passages masked; `called`: the folded names that it calls without brackets."""
    return to_html(masked(raw, passages), called)
