"""Recomputing what the charter promises: every version says what it said when it was announced."""

from collections.abc import AsyncIterator

from forum.db import Database
from forum.guides.queries import rule_versions
from forum.guides.rules import document
from forum.proof import digest, those


async def mismatches(db: Database) -> AsyncIterator[str]:
    """One line for every version that is not as it was written, and for those that are missing before one."""
    versions: dict[int, int] = {}
    for rule in await rule_versions(db):
        if rule.sha256 != digest(document(rule)):
            yield f"rule {rule.number} version {rule.version}: altered: it says something else than its hash"
        before = versions.get(rule.number, 0)
        if rule.version > before + 1:
            yield f"rule {rule.number} {those('version', before + 1, rule.version - 1)}: removed"
        versions[rule.number] = rule.version
