"""Recomputing what proxy entries promise: which section entered what, and why it was corrected."""

from collections.abc import AsyncIterator

from forum.db import Database
from forum.proof import digest
from moderation.proxies import queries
from moderation.proxies.rules import correction_document, entry_document


async def mismatches(db: Database) -> AsyncIterator[str]:
    for entry in await queries.entries(db):
        if entry.sha256 != digest(entry_document(entry)):
            yield f"proxy entry of post {entry.post_id}: says something else than its hash"
    for correction in await queries.corrections(db):
        if correction.sha256 != digest(correction_document(correction)):
            yield f"correction of revision {correction.revision_id}: says something else than its hash"
    for post_id in await queries.unexplained(db):
        yield f"proxy entry of post {post_id}: was changed without a reason"
    for line in await queries.misattributed(db):
        yield line
