"""`forum verify`: recomputes everything that the room promises, and says what does not match."""

from collections.abc import AsyncIterator, Callable
from dataclasses import asdict

import typer

import forum.files.proofs
import forum.offices.proofs
import forum.posts.proofs
import forum.themes.proofs
import forum.topics.proofs
import forum.wordings.proofs
import moderation.appeals.proofs
import moderation.approvals.proofs
import moderation.charters.proofs
import moderation.city_answers.proofs
import moderation.consultations.verifying
import moderation.digests.verifying
import moderation.inquiries.proofs
import moderation.maps.verifying
import moderation.proxies.proofs
import moderation.records.proofs
import moderation.reviews.proofs
import moderation.rights.proofs
import moderation.submissions.proofs
from forum.commands.context import opened_site
from forum.db import Database
from forum.sealed import Seal
from forum.storage import Storage
from moderation.records.queries import counts

# In the order of the chain: what was said, what was sent in, what was made of it, what was answered.
CHECKS: tuple[Callable[[Database], AsyncIterator[str]], ...] = (
    forum.topics.proofs.mismatches,
    forum.posts.proofs.mismatches,
    forum.themes.proofs.mismatches,
    forum.wordings.proofs.mismatches,
    forum.offices.proofs.mismatches,
    moderation.charters.proofs.mismatches,
    moderation.reviews.proofs.mismatches,
    moderation.appeals.proofs.mismatches,
    moderation.rights.proofs.mismatches,
    moderation.submissions.proofs.mismatches,
    moderation.digests.verifying.mismatches,
    moderation.inquiries.proofs.mismatches,
    moderation.city_answers.proofs.mismatches,
    moderation.proxies.proofs.mismatches,
    moderation.maps.verifying.mismatches,
    moderation.consultations.verifying.mismatches,
    moderation.approvals.proofs.mismatches,
    moderation.records.proofs.mismatches,
)
# What only whoever has the key can look at.
SEALED: tuple[Callable[[Database, Seal], AsyncIterator[str]], ...] = (
    moderation.submissions.proofs.mismatches_under_seal,
    moderation.rights.proofs.mismatches_under_seal,
)


async def verify() -> bool:
    """Whether everything matches."""
    async with opened_site() as site:
        return await report(site.db, site.seal, site.storage) == 0


async def report(db: Database, seal: Seal, storage: Storage | None = None) -> int:
    """Says what there is and every mismatch in it; how many there are."""
    there = asdict(await counts(db)) | await forum.files.proofs.deleted(db)
    there |= await forum.posts.proofs.waiting(db)
    for what, number in there.items():
        typer.echo(f"{number:>9} {what}")
    found = 0
    async for mismatch in every_mismatch(db, seal, storage):
        typer.echo(f"MISMATCH {mismatch}")
        found += 1
    typer.echo(f"Mismatches: {found}." if found else "Every hash, number and reference matches.")
    return found


async def every_mismatch(db: Database, seal: Seal, storage: Storage | None = None) -> AsyncIterator[str]:
    """One line for everything that does not match: in the database as it is at one moment, whatever is written meanwhile, and
    in the files that are kept beside it."""
    async with db.transaction("repeatable_read"):
        for mismatches in CHECKS:
            async for mismatch in mismatches(db):
                yield mismatch
        for under_seal in SEALED:
            async for mismatch in under_seal(db, seal):
                yield mismatch
    if storage is not None:
        async for mismatch in forum.files.proofs.mismatches(db, storage):
            yield mismatch
