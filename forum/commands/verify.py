"""`forum verify`: recomputes everything that the room promises, and says what does not match."""

from collections.abc import AsyncIterator, Callable
from dataclasses import asdict

import typer

import forum.posts.proofs
import forum.topics.proofs
import moderation.appeals.proofs
import moderation.approvals.proofs
import moderation.charters.proofs
import moderation.consultations.verifying
import moderation.digests.verifying
import moderation.inquiries.proofs
import moderation.maps.verifying
import moderation.records.proofs
import moderation.reviews.proofs
import moderation.rights.proofs
import moderation.submissions.proofs
from forum.commands.context import opened_site
from forum.db import Database
from forum.sealed import Seal
from moderation.records.queries import counts

# In the order of the chain: what was said, what was sent in, what was made of it, what was answered.
CHECKS: tuple[Callable[[Database], AsyncIterator[str]], ...] = (
    forum.topics.proofs.mismatches,
    forum.posts.proofs.mismatches,
    moderation.charters.proofs.mismatches,
    moderation.reviews.proofs.mismatches,
    moderation.appeals.proofs.mismatches,
    moderation.rights.proofs.mismatches,
    moderation.submissions.proofs.mismatches,
    moderation.digests.verifying.mismatches,
    moderation.inquiries.proofs.mismatches,
    moderation.maps.verifying.mismatches,
    moderation.consultations.verifying.mismatches,
    moderation.approvals.proofs.mismatches,
    moderation.records.proofs.mismatches,
)


async def verify() -> bool:
    """Whether everything matches."""
    async with opened_site() as site:
        return await report(site.db, site.seal) == 0


async def report(db: Database, seal: Seal) -> int:
    """Says what there is and every mismatch in it; how many there are."""
    for what, number in asdict(await counts(db)).items():
        typer.echo(f"{number:>9} {what}")
    found = 0
    async for mismatch in every_mismatch(db, seal):
        typer.echo(f"MISMATCH {mismatch}")
        found += 1
    typer.echo(f"{found} mismatches." if found else "Every hash, number and reference matches.")
    return found


async def every_mismatch(db: Database, seal: Seal) -> AsyncIterator[str]:
    """One line for everything that does not match."""
    for mismatches in CHECKS:
        async for mismatch in mismatches(db):
            yield mismatch
    async for mismatch in moderation.submissions.proofs.mismatches_under_seal(db, seal):
        yield mismatch
