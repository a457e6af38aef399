"""Counting the room again, and raising the alarm when a post is missing."""

from datetime import date

from forum import clock
from forum.db import Database
from forum.notifications.actions import tell
from moderation.figures import rules
from moderation.figures.queries import recounts
from moderation.reviews import proofs

PAGE = "/moderation/recounts"


async def recount(db: Database, today: date) -> bool:
    """Counts every post, the queue and the log against each other, once a day; whether there was something to write."""
    last = await recounts.last(db)
    if not rules.is_due(last, today):
        return False
    extent, counts = await recounts.extent(db), await recounts.counts(db)
    findings = [*rules.imbalances(counts), *await _lost(db)]
    findings += [line async for line in proofs.mismatches(db)]
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
    for account_id in await recounts.administrators(db):
        await tell(db, account_id, "imbalance", PAGE, found=len(findings), first=findings[:5])
