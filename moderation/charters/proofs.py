"""Recomputing what the charter promises: every version says what it said when it was announced."""

from collections.abc import AsyncIterator

from forum.db import Database
from forum.guides.queries import rule_versions
from forum.guides.rules import document
from forum.proof import digest


async def mismatches(db: Database) -> AsyncIterator[str]:
    """One line for every version that is missing or not as it was written."""
    versions: dict[int, int] = {}
    for rule in await rule_versions(db):
        if rule.sha256 != digest(document(rule)):
            yield f"rule {rule.number} version {rule.version}: altered: it says something else than its hash"
        for missing in range(versions.get(rule.number, 0) + 1, rule.version):
            yield f"rule {rule.number} version {missing}: removed"
        versions[rule.number] = rule.version
