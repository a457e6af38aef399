"""Pages of a digest: whole groups, as many as together hold few enough opinions to load and to read."""

from collections.abc import Iterable, Sequence

from moderation.digests.queries.groups import Group

# A group larger than this has a page of its own.
OPINIONS_PER_PAGE = 40
GROUPS_PER_PAGE = 20


def paged(groups: Iterable[Group]) -> list[list[Group]]:
    """The groups of each page, in order; one empty page when there are none."""
    pages: list[list[Group]] = [[]]
    held = 0
    for group in groups:
        held += group.opinions
        if pages[-1] and (held > OPINIONS_PER_PAGE or len(pages[-1]) == GROUPS_PER_PAGE):
            pages.append([])
            held = group.opinions
        pages[-1].append(group)
    return pages


def page_of(pages: Sequence[Sequence[Group]], position: int) -> int:
    """The number of the page on which the group with this number stands; the first where a colleague took it away."""
    there = (number for number, page in enumerate(pages, 1) if any(g.position == position for g in page))
    return next(there, 1)


def count(things: int, each: int) -> int:
    """How many pages there are; at least one."""
    return max(1, -(-things // each))
