"""What Prometheus is told of the recounts."""

from forum import clock
from forum.db import Database
from forum.metrics import Fact
from moderation.figures.queries import recounts


async def facts(db: Database) -> list[Fact]:
    """Before the first recount nothing is wrong, and it is infinitely late."""
    last = await recounts.last(db)
    age = (clock.now() - last.checked_at).total_seconds() if last else float("inf")
    return [
        Fact(
            "forum_recount_findings",
            "What did not balance at the last recount of the room.",
            last.found if last else 0,
        ),
        Fact("forum_recount_age_seconds", "How long ago a recount was written down.", age),
    ]
