"""Learning how words are spelt here."""

import asyncio

from forum.db import Database
from forum.search.queries import spellings
from forum.search.spelling import learned

# Read between two moments at which others may go on, and between two commits.
REVISIONS_AT_ONCE = 200


async def learn_spellings(db: Database) -> int:
    """Reads some of the revisions that were written since the last time; how many that were."""
    async with db.transaction():
        written = await spellings.revisions_to_read(db, REVISIONS_AT_ONCE)
        found: set[tuple[str, str]] = set()
        for revision in written:
            found |= learned(revision.words)
            await asyncio.sleep(0)
        await spellings.add_spellings(db, sorted(found))
        if written:
            await spellings.read_up_to(db, written[-1].id)
    return len(written)
