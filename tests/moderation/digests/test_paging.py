"""How groups are laid out on pages."""

from hypothesis import given
from hypothesis import strategies as st

from moderation.digests.queries.groups import Group
from moderation.digests.web.paging import GROUPS_PER_PAGE, OPINIONS_PER_PAGE, page_of, paged


def groups(*sizes: int) -> list[Group]:
    return [Group(n, n, "図書館", "", None, size, 0) for n, size in enumerate(sizes, 1)]


def test_nothing_is_one_empty_page() -> None:
    assert paged([]) == [[]]


def test_a_large_group_has_a_page_of_its_own() -> None:
    pages = paged(groups(2, OPINIONS_PER_PAGE + 5, 2))
    assert [[group.position for group in page] for page in pages] == [[1], [2], [3]]


@given(st.lists(st.integers(1, 60), min_size=1, max_size=60))
def test_every_group_stands_on_the_page_that_is_said(sizes: list[int]) -> None:
    pages = paged(groups(*sizes))
    assert [group.opinions for page in pages for group in page] == sizes
    for number, page in enumerate(pages, 1):
        assert len(page) == 1 or sum(group.opinions for group in page) <= OPINIONS_PER_PAGE
        assert len(page) <= GROUPS_PER_PAGE
        assert {page_of(pages, group.position) for group in page} == {number}
