"""Who hears of an appeal: who filed it, and when something changes also the others whom the decision concerned."""

from datetime import datetime

from forum.access import Actor
from forum.db import Database
from forum.guides.queries import CharterRule
from forum.notifications.actions import tell
from moderation.appeals.rules import Answer, Appeal, Contested, Outcome, Standing
from moderation.reviews import rules


async def about_filing(
    db: Database, appellant_id: int, number: int, contested: Contested, due_at: datetime
) -> None:
    """A receipt: what was contested, and until when there is an answer."""
    await tell(
        db,
        appellant_id,
        "appeal_filed",
        f"/appeals/{number}",
        line=contested.number,
        due_at=due_at.isoformat(),
    )


async def about_answer(
    db: Database,
    actor: Actor,
    appeal: Appeal,
    contested: Contested,
    given: Answer,
    rule: CharterRule | None,
    decision_id: int,
) -> None:
    """The outcome with its reason; reporters hear of it when the post whose hiding they had caused is seen otherwise."""
    said = {
        "outcome": given.outcome.value,
        "act": contested.act,
        "line": contested.number,
        "rule_number": rule.number if rule else None,
        "rule_version": rule.version if rule else None,
        "rule_title": rule.title if rule else "",
        "rule_title_en": rule.title_en if rule else "",
        "reason": given.reason,
        "role": rules.role_of(actor).value,
        "decision": decision_id,
    }
    await tell(db, appeal.appellant_id, "appeal_answered", f"/appeals/{appeal.id}", **said, yours=True)
    if given.outcome is Outcome.UPHELD or appeal.standing == Standing.REPORTER:
        return
    for reporter_id in contested.reporters:
        await tell(
            db,
            reporter_id,
            "appeal_answered",
            f"/moderation/log?post={contested.post_id}",
            **said,
            yours=False,
        )
