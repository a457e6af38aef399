"""Where on the bench somebody goes on after an act: at the group that they were at, or at the next one."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from moderation.digests.queries.groups import Group
from moderation.digests.web.paging import page_of, paged
from moderation.digests.web.viewing import View

TABS = "#desk-tabs"


def laid_out(view: View, points: Sequence[Group]) -> list[Group]:
    """The groups of a tab, on whatever page."""
    return [group for group in points if view.tab == "groups" or group.undecided]


def place_after(
    view: View, before: Sequence[Group], after: Sequence[Group], touched: Collection[int | None], judged: bool
) -> str:
    """The rest of the address: the first group from the touched ones on that is there, or, once they were judged, that
    waits; behind the last one comes the first. Lists of opinions begin anew."""
    start = next((n for n, group in enumerate(before) if group.id in touched), None)
    if view.tab not in ("groups", "open") or start is None:
        return view.query + TABS
    order = [group.id for group in (*before[start:], *before[:start])]
    shown = laid_out(view, after)
    open_to_act = {group.id: group.position for group in shown if group.undecided or not judged}
    goal = next((number for number in order if number in open_to_act), None)
    if goal is None:
        return replace(view, page=1).query + TABS
    return f"{replace(view, page=page_of(paged(shown), open_to_act[goal])).query}#group-{goal}"
