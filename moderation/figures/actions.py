"""Counting the room again, and raising the alarm when a post is missing."""

from datetime import date

from forum import clock
from forum.accounts.queries import office_holders
from forum.db import Database
from forum.notifications.actions import tell_all
from moderation.appeals.proofs import mismatches as in_appeals
from moderation.figures import rules
from moderation.figures.queries import recounts
from moderation.reviews.proofs import mismatches as in_reviews
from moderation.rights.proofs import mismatches as in_rights_requests

PAGE = "/moderation/recounts"


async def recount(db: Database, today: date) -> bool:
    """Counts every post, the queue with its appeals and requests, and the log against each other, once a day; whether there
    was something to write."""
    last = await recounts.last(db)
    if not rules.is_due(last, today):
        return False
    # What is written meanwhile would be in one number and not in the other.
    async with db.transaction("repeatable_read"):
        extent, counts = await recounts.extent(db), await recounts.counts(db)
        findings = [*rules.imbalances(counts), *await _lost(db)]
        for mismatches in (in_reviews, in_appeals, in_rights_requests):
            findings += [line async for line in mismatches(db)]
    async with db.transaction():
        await recounts.lock(db)
        last = await recounts.last(db)
        if not rules.is_news(last, today, findings):
            return False
        await recounts.add(
            db,
            day=today,
            now=clock.now(),
            extent=extent,
            found=len(findings),
            findings=findings[: rules.FINDINGS_KEPT],
            counts=counts,
        )
        if findings:
            await _alarm(db, findings)
    return True


async def _lost(db: Database) -> list[str]:
    earlier = await recounts.last_balanced(db)
    still = await recounts.posts_up_to(db, earlier.last_post_id) if earlier else 0
    return [*rules.losses(earlier, still)]


async def _alarm(db: Database, findings: list[str]) -> None:
    """To every administrator, in the inbox and by mail. The lines carry numbers and no words of anybody."""
    people = [person.id or 0 for person in await office_holders(db) if person.is_administrator]
    await tell_all(db, people, "imbalance", PAGE, found=len(findings), first=findings[:5])
