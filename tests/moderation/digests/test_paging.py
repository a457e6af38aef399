"""How groups are laid out on pages, and where an act leads on to."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.digests.queries.finding import Search
from moderation.digests.queries.groups import Group
from moderation.digests.web.going_on import place_after
from moderation.digests.web.paging import GROUPS_PER_PAGE, OPINIONS_PER_PAGE, page_of, paged
from moderation.digests.web.viewing import View


def groups(*sizes: int) -> list[Group]:
    return [
        Group(
            id=n,
            position=n,
            title="図書館",
            summary="",
            theme="",
            plan_section_id=None,
            opinions=size,
            undecided=0,
        )
        for n, size in enumerate(sizes, 1)
    ]


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


def test_a_group_that_a_colleague_took_away_leads_to_the_first_page() -> None:
    assert page_of(paged(groups(2, 60, 2)), 4) == 1


def view(tab: str = "open", page: int = 1) -> View:
    return View(tab, page, Search())


def left(before: list[Group], *ids: int, undecided: tuple[int, ...] = ()) -> list[Group]:
    """What an act leaves of the groups: these, of which some still wait."""
    by_id = {group.id: group for group in before}
    return [
        replace(by_id[number], position=n, undecided=number in undecided) for n, number in enumerate(ids, 1)
    ]


@pytest.mark.parametrize(
    ("tab", "touched", "ids", "undecided", "judged", "goes_to"),
    [
        ("open", {2}, (1, 2, 3), (1, 2, 3), False, "#group-2"),  # named, quoted, an opinion moved out of it
        ("open", {1, 3}, (1, 2), (1, 2), False, "#group-1"),  # merged into the first
        ("open", {2}, (1, 3), (1, 3), False, "#group-3"),  # emptied: the next one
        ("open", {1, 2}, (1, 2, 3), (3,), True, "#group-3"),  # confirmed: what waits
        ("groups", {1}, (1, 2, 3), (3,), True, "#group-3"),
        ("groups", {2}, (1, 2, 3), (), False, "#group-2"),
        ("groups", {3}, (1, 2, 3), (1,), True, "#group-1"),  # nothing waits behind it, something before
        ("groups", {3}, (1, 2, 3), (), True, "#desk-tabs"),
        ("found", {2}, (1, 2, 3), (1, 2, 3), False, "#desk-tabs"),
        ("loose", {None}, (1, 2, 3), (), False, "#desk-tabs"),
    ],
)
def test_an_act_leads_on_from_where_one_was(
    tab: str,
    touched: set[int | None],
    ids: tuple[int, ...],
    undecided: tuple[int, ...],
    judged: bool,
    goes_to: str,
) -> None:
    before = left(groups(2, 2, 2), 1, 2, 3, undecided=(1, 2, 3))
    after = left(before, *ids, undecided=undecided)
    assert place_after(view(tab), before, after, touched, judged) == f"show={tab}&page=1{goes_to}"


def test_what_waits_is_found_on_whatever_page_it_stands() -> None:
    every = tuple(range(1, 46))
    before = left(groups(*[1] * 45), *every, undecided=every)
    on_two = set(range(21, 41))
    rest = tuple(number for number in every if number not in on_two)
    for tab, page in (("open", 2), ("groups", 3)):
        after = left(before, *every, undecided=rest)
        place = place_after(view(tab, 2), before, after, on_two, judged=True)
        assert place == f"show={tab}&page={page}#group-41"
