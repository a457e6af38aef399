"""What was proposed for a post, as the moderators of its board see it."""

from collections.abc import Sequence
from dataclasses import dataclass

from forum.access import Actor, Ruling
from forum.db import Database
from forum.posts.queries import revisions
from forum.posts.rules import Post
from forum.posts.viewing import all_published
from moderation.reviews import pairs
from moderation.reviews.acts import ABOUT, Act
from moderation.reviews.queries import proposals, switches
from moderation.reviews.queries.proposals import Shown


@dataclass(frozen=True, slots=True)
class Waiting:
    """A proposal without an answer. `words` would be masked; where they are masked already, nobody reads them here."""

    proposal: Shown
    stale: bool
    mine: bool
    may_answer: Ruling
    words: Sequence[str]


@dataclass(frozen=True, slots=True)
class Proposed:
    """`pair`: whether the board asks for two people now; `over`: proposals that were answered, the newest first."""

    pair: bool
    waiting: Sequence[Waiting]
    over: Sequence[Shown]

    def left(self, acts: Sequence[Act]) -> list[Act]:
        """Those that are no answer to what waits: a proposal is answered, not made again, and what went at once is not
        restored beside it."""
        taken = {one.proposal.about for one in self.waiting if not one.stale}
        at_once = any(one.proposal.enacted_by for one in self.waiting)
        return [
            act
            for act in acts
            if not (act in pairs.NEEDS_TWO and ABOUT[act] in taken) and not (act is Act.RESTORE and at_once)
        ]


async def proposed_for(db: Database, actor: Actor, post: Post) -> Proposed:
    found = await proposals.of_post(db, post.id)
    waiting = [
        Waiting(
            proposal,
            proposal.stale(post, post.revision_id),
            proposal.proposed_by == actor.id,
            pairs.can_answer(actor, post, proposal),
            await _words(db, proposal) if proposal.places else (),
        )
        for proposal in found
        if proposal.outcome is None and post.state != "withdrawn"
    ]
    return Proposed(
        await switches.asks(db, post.board_id), waiting, [one for one in found if one.outcome is not None]
    )


async def _words(db: Database, proposal: Shown) -> list[str]:
    views = {
        view.revision.id: view.shown
        for view in await all_published(db, await revisions.of_post(db, proposal.post_id))
    }
    return [views[revision][start:end] for revision, start, end in proposal.places]
