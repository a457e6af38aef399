"""Recomputing what files promise: the bytes that are kept are those that the words name."""

import hashlib
from collections.abc import AsyncIterator

from forum.db import Database
from forum.files import queries
from forum.files.rules import File
from forum.storage import Storage


async def mismatches(db: Database, storage: Storage) -> AsyncIterator[str]:
    """One line for every file whose bytes are not there, or not the same."""
    async for file in queries.every(db):
        for key, sha256 in _kept(file):
            data = await storage.get(key)
            if data is None:
                yield f"file {file.id}: its bytes are gone"
            elif hashlib.sha256(data).hexdigest() != sha256:
                yield f"file {file.id}: other bytes than its hash"


def _kept(file: File) -> list[tuple[str, str]]:
    small = [(file.small_key, file.small_sha256)] if file.small_sha256 else []
    return [(file.key, file.sha256), *small]
