"""Recomputing what consultations promise: every version of every answer, and the sealed results."""

from collections.abc import AsyncIterator

from forum.db import Database
from moderation.consultations.gathering import gather
from moderation.consultations.proofs import answer_sha256
from moderation.consultations.queries import answers, notices
from moderation.consultations.queries.answers import AnswerRow
from moderation.consultations.rules import Consultation, State
from moderation.consultations.sealing import result_sha256


async def mismatches(db: Database) -> AsyncIterator[str]:
    """One line for everything that does not match. What lies below is verified by its own slice."""
    async for answer in answers.every(db):
        if not is_genuine(answer):
            yield f"answer {answer.number} to group {answer.group_id}: hash differs"
    for consultation in await notices.known_to_all(db):
        if consultation.state == State.PUBLISHED:
            for problem in await of_result(db, consultation):
                yield f"consultation {consultation.id}: {problem}"


def is_genuine(answer: AnswerRow) -> bool:
    return answer.sha256 == answer_sha256(
        number=answer.number,
        category=answer.category,
        body=answer.body,
        reason=answer.reason,
        plan_before=answer.plan_before,
        plan_after=answer.plan_after,
        group=answer.opinions,
    )


async def of_result(db: Database, consultation: Consultation) -> list[str]:
    """What is wrong with a published result: no digest, an answer to other words, a sum that does not come out."""
    gathered = await gather(db, consultation.id)
    if gathered is None or gathered.digest.sha256 is None:
        return ["published without a published digest"]
    problems = list(gathered.lacking)
    if not gathered.balanced:
        problems.append("the ledger does not balance")
    if consultation.sha256 != await result_sha256(
        db, consultation, gathered, gathered.digest.sha256, consultation.hash_version
    ):
        problems.append("hash differs")
    return problems
