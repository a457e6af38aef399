"""Taking back a slip of the finger. The log keeps both lines; it never loses one."""

from datetime import timedelta

from forum import clock
from forum.access import Actor
from forum.db import Database
from forum.errors import Conflict
from forum.i18n import _
from moderation.reviews.actions.deciding import decide
from moderation.reviews.acts import Act
from moderation.reviews.queries import reports, slips
from moderation.reviews.queries.slips import Slip
from moderation.reviews.rules import Verdict

# Long enough to see that it was the wrong key. Later it is another judgement, with a reason of its own.
UNDO_WITHIN = timedelta(minutes=1)


async def undoable(db: Database, actor: Actor) -> Slip | None:
    """Only hiding what was public can be undone without a trace in the room: whatever else is decided shows or answers
    something at once."""
    return await slips.slip(db, actor.id, clock.now() - UNDO_WITHIN) if actor.id is not None else None


async def undo(db: Database, actor: Actor) -> int:
    """Restores what the actor has hidden a moment ago; the post. Its author hears of both. Reports that the slip answered
    wait again: nobody has judged them."""
    slip = await undoable(db, actor)
    if slip is None:
        raise Conflict(_("取り消せる判断がありません。取り消せるのは、1分以内の直前の「非公開」だけです。"))
    reason = _("担当者が押し間違えたので、すぐに取り消しました。")
    async with db.transaction():
        await reports.reopen(db, slip.decision_id)
        await decide(db, actor, slip.post_id, Verdict(act=Act.RESTORE, reason=reason, version=slip.version))
    return slip.post_id
