"""Recomputing promises of answers, and the steps towards them: none is altered, missing or put in."""

from collections import defaultdict
from collections.abc import AsyncIterator

from forum.db import Database
from forum.proof import digest
from moderation.city_answers.queries import recount
from moderation.city_answers.rules import document, promise_document


async def mismatches(db: Database) -> AsyncIterator[str]:
    """One line for every promise and step that does not match, and for every topic that says something else than its steps."""
    last: dict[int, tuple[int, str]] = defaultdict(lambda: (0, ""))
    async for step in recount.every(db):
        number, before = last[step.topic_id]
        if step.number != number + 1:
            yield f"city's answer to topic {step.topic_id}: step {step.number} does not follow step {number}"
        elif step.sha256 != digest(document(step, before)):
            yield f"city's answer to topic {step.topic_id}: step {step.number} says something else than its hash"
        last[step.topic_id] = (step.number, step.sha256)
    made: dict[int, str] = {}
    for promised in await recount.promises(db):
        if promised.sha256 != digest(promise_document(promised, made.get(promised.board_id, ""))):
            yield f"promise {promised.id} of board {promised.board_id}: says something else than its hash"
        made[promised.board_id] = promised.sha256
    for topic, what in await recount.astray(db):
        yield f"city's answer to topic {topic}: {what}"
