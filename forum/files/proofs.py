"""Recomputing what files promise: the bytes that are kept are those that the words name."""

import hashlib
from collections.abc import AsyncIterator

from forum import clock
from forum.db import Database
from forum.files import queries
from forum.files.rules import UNUSED_FOR, File
from forum.storage import Storage

# The sweep spares what is younger than a day, and comes every hour.
GONE_AFTER = 2 * UNUSED_FOR


async def mismatches(db: Database, storage: Storage) -> AsyncIterator[str]:
    """One line for every file whose bytes are not there, or not the same; or still there, though they had to go."""
    for file_id in await queries.deleted_in_use(db):
        yield f"file {file_id}: deleted, and something uses it"
    async for file in queries.every(db):
        if file.deleted_at:
            if file.deleted_at < clock.now() - GONE_AFTER and await storage.get(file.key) is not None:
                yield f"file {file.id}: deleted, and its bytes are there"
            continue
        for key, sha256 in _kept(file):
            data = await storage.get(key)
            if data is None:
                yield f"file {file.id}: its bytes are gone"
            elif hashlib.sha256(data).hexdigest() != sha256:
                yield f"file {file.id}: other bytes than its hash"


async def deleted(db: Database) -> dict[str, int]:
    """What went as it had to, in the words of `forum verify`, and how much of it."""
    return {f"files deleted ({because})": number for because, number in await queries.deleted(db)}


def _kept(file: File) -> list[tuple[str, str]]:
    small = [(file.small_key, file.small_sha256)] if file.small_sha256 else []
    return [(file.key, file.sha256), *small]
