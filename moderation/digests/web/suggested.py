"""What the desk shows of a model: where it is, what it suggested for the groups of a page, what failed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request

from forum.web import actor_of, database, site
from moderation.digests.queries import suggestions
from moderation.digests.queries.groups import Group
from moderation.digests.queries.suggestions import Latest
from moderation.digests.rules import Digest
from moderation.digests.rules.suggesting import Kind, can_ask, failure_words
from moderation.digests.web.paging import page_of, paged
from moderation.provider import endpoint_of


@dataclass(frozen=True)
class Near:
    """A group that may mean the same as another, and the page of the desk on which it stands."""

    group: Group
    page: int


@dataclass(frozen=True)
class Suggested:
    """For the desk of somebody who may ask."""

    host: str
    asks_words: bool
    asks_likeness: bool
    of_group: Mapping[int, Latest]
    likeness: Latest | None
    near: Mapping[int, Sequence[Near]]

    failure_words = staticmethod(failure_words)


async def suggested(
    request: Request, digest: Digest, points: Sequence[Group], shown: Sequence[int]
) -> Suggested | None:
    """None where no model can be asked, or not by this person."""
    db, actor, endpoint = database(request), actor_of(request), endpoint_of(site(request).settings)
    asks = {kind: bool(can_ask(actor, digest, endpoint, kind)) for kind in Kind}
    if endpoint is None or not any(asks.values()):
        return None
    of_group = await suggestions.for_groups(db, digest.id, list(shown)) if asks[Kind.WORDS] else []
    likeness = await suggestions.of_likeness(db, digest.id) if asks[Kind.LIKENESS] else None
    return Suggested(
        host=endpoint.host,
        asks_words=asks[Kind.WORDS],
        asks_likeness=asks[Kind.LIKENESS],
        of_group={one.group_id: one for one in of_group},
        likeness=likeness,
        near=near(likeness.found["pairs"] if likeness and likeness.found else [], points),
    )


def near(pairs: Sequence[Sequence[int]], points: Sequence[Group]) -> dict[int, list[Near]]:
    """Of each group those like it that are still there."""
    known, pages = {group.id: group for group in points}, paged(points)
    found: dict[int, list[Near]] = defaultdict(list)
    for pair in pairs:
        if not set(pair) <= known.keys():
            continue
        for one, other in (pair, pair[::-1]):
            found[one].append(Near(known[other], page_of(pages, known[other].position)))
    return found
