"""Who hears of a rights request: moderators, the author of the post, and by mail the person who asked. The two sides do not
learn of each other's names."""

from datetime import datetime

from forum.clock import last_moment
from forum.db import Database
from forum.jobs import enqueue
from forum.notifications.actions import tell, tell_all
from moderation.rights import queries
from moderation.rights.rules import Filed


async def moderators(db: Database, filed: Filed, news: str) -> None:
    """`news`: received, answered or due. Nobody hears of a request about their own words this way."""
    people = [one for one in await queries.moderators(db, filed.board_id) if one != filed.author_id]
    url = f"/rights-requests/{filed.id}"
    await tell_all(db, people, "rights_waiting", url, news=news, receipt=filed.receipt)


async def author(db: Database, filed: Filed, due_at: datetime) -> None:
    """Asks: which words, which right, why, and until when. Not who."""
    await tell(
        db,
        filed.author_id,
        "rights_asked",
        f"/rights-requests/{filed.id}/reply",
        infringed=filed.infringed,
        words=filed.words,
        reason=filed.reason,
        due_at=last_moment(due_at).isoformat(),
    )


async def author_of_refusal(db: Database, filed: Filed, reason: str) -> None:
    """Whoever was asked learns that the post stays."""
    await tell(
        db, filed.author_id, "rights_refused", f"/posts/{filed.post_id}", receipt=filed.receipt, reason=reason
    )


async def requester(db: Database, request_id: int) -> None:
    """How the request stands, by mail, if the person left an address."""
    await enqueue(db, "rights_mail", {"request_id": request_id})
