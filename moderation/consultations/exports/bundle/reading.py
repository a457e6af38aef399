"""What a bundle is made of, read at one moment."""

from collections.abc import Callable
from datetime import tzinfo

from forum.db import Database
from moderation.consultations.composing import compose
from moderation.consultations.exports.bundle.beside import Beside, beside
from moderation.consultations.gathering import gather
from moderation.consultations.results import Result
from moderation.consultations.rules import Consultation


async def read(
    db: Database, consultation: Consultation, link: Callable[[str], str], zone: tzinfo
) -> tuple[Result, Beside] | None:
    """A published result and what stands beside it; None if it lacks something. A post that is hidden while this reads is in all
    files or in none: else its page would find that they contradict each other."""
    async with db.transaction("repeatable_read"):
        gathered = await gather(db, consultation.id)
        if gathered is None or gathered.lacking:
            return None
        result = await compose(db, consultation, gathered, link, zone)
        return result, await beside(db, consultation, gathered, link)
