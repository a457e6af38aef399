"""Recomputing what the steps towards the city's answers promise: none is altered, missing or put in."""

from collections import defaultdict
from collections.abc import AsyncIterator

from forum.db import Database
from forum.proof import digest
from moderation.city_answers import queries
from moderation.city_answers.rules import document


async def mismatches(db: Database) -> AsyncIterator[str]:
    """One line for every step that does not match, and for every topic that says something else than its steps."""
    last: dict[int, tuple[int, str]] = defaultdict(lambda: (0, ""))
    async for step in queries.every(db):
        number, before = last[step.topic_id]
        if step.number != number + 1:
            yield f"city's answer to topic {step.topic_id}: step {step.number} does not follow step {number}"
        elif step.sha256 != digest(document(step, before)):
            yield f"city's answer to topic {step.topic_id}: step {step.number} says something else than its hash"
        last[step.topic_id] = (step.number, step.sha256)
    for topic, what in await queries.astray(db):
        yield f"city's answer to topic {topic}: {what}"
