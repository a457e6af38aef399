"""The one hash that stands for a whole result."""

from forum.db import Database
from moderation.consultations.gathering import Gathered
from moderation.consultations.proofs import consultation_sha256, plan_sha256
from moderation.consultations.queries import notices
from moderation.consultations.rules import Consultation


async def result_sha256(
    db: Database, consultation: Consultation, gathered: Gathered, digest_sha256: str, version: int
) -> str:
    plan = await notices.plan(db, consultation.id)
    return consultation_sha256(
        title=consultation.title,
        opens_at=consultation.opens_at,
        closes_at=consultation.closes_at,
        plan=plan_sha256((part.heading, part.body) for part in plan),
        digest_sha256=digest_sha256,
        answers=[group.answer.sha256 for group in gathered.groups if group.answer],
        categories={group.category.code: group.category.label for group in gathered.groups if group.category},
        version=version,
    )
