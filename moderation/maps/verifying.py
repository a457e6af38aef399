"""Recomputing what maps promise: the outcome from the sheets, the hashes, and that nobody's name is kept with an answer."""

from asyncio import to_thread
from collections.abc import AsyncIterator

from forum.db import Database
from forum.proof import digest
from moderation.maps import queries
from moderation.maps.parameters import Parameters
from moderation.maps.proofs import of_map, problems_of_changes
from moderation.maps.queries import Drawn


async def mismatches(db: Database) -> AsyncIterator[str]:
    """One line for everything about maps that does not match."""
    for one in await queries.every(db):
        for problem in problems_of_changes(one.id, one.closes_at, await queries.changes(db, one.id)):
            yield f"map {one.id}: {problem}"
    for map_id in await queries.all_drawn(db):
        found = await queries.drawn(db, map_id)
        assert found is not None
        for problem in await to_thread(_of_outcome, found):
            yield f"map {map_id}: {problem}"
        if await sha256_of(db, found) != found.sha256:
            yield f"map {map_id}: hash differs"
        if named := await queries.count_named(db, map_id):
            yield f"map {map_id}: drawn, and still knows who gave {named} answers"


async def sha256_of(db: Database, drawn: Drawn) -> str:
    """The hash of a map as it stands in the database now."""
    return of_map(
        of_digest=drawn.digest,
        points=await queries.points(db, drawn.id),
        opened_at=drawn.opened_at,
        closes_at=drawn.closes_at,
        manifest=drawn.manifest,
        outcome=drawn.outcome,
    )


def _of_outcome(drawn: Drawn) -> list[str]:
    from moderation.maps.charting import charted

    problems = []
    if digest(drawn.answers) != drawn.manifest["input"]:
        problems.append("the answers are not those of its manifest")
    outcome = charted(drawn.answers, Parameters(**drawn.manifest["parameters"]))
    if digest(outcome) != drawn.manifest["output"] or outcome != drawn.outcome:
        problems.append("other groups or figures come out")
    return problems
