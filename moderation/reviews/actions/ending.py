"""How proposals end: by what is decided, or without it."""

from dataclasses import replace

from forum import clock
from forum.access import Actor
from forum.db import Database
from forum.proof import digest
from moderation.reviews.acts import Act
from moderation.reviews.pairs import Ending, Outcome, end_document, overtakes
from moderation.reviews.queries import decisions, proposals


async def end(db: Database, actor: Actor, ending: Ending, decision_id: int | None = None) -> None:
    """Writes down how a proposal ended, for good."""
    ended = replace(
        ending.proposal,
        outcome=ending.outcome,
        ended_by=actor.id,
        answer=ending.answer,
        decision_id=decision_id,
        ended_at=clock.now(),
    )
    line = await decisions.line_hash(db, decision_id) if decision_id else None
    await proposals.end(db, replace(ended, end_sha256=digest(end_document(ended, line))))


async def end_with(
    db: Database, actor: Actor, post_id: int, act: Act, decision_id: int, ending: Ending | None
) -> None:
    """Ends what a decision answers, and every other proposal that it overtakes."""
    for proposal in await proposals.open_of_post(db, post_id):
        if ending and proposal.id == ending.proposal.id:
            await end(db, actor, ending, decision_id)
        elif overtakes(act, proposal):
            await end(db, actor, Ending(proposal, Outcome.OVERTAKEN), decision_id)
