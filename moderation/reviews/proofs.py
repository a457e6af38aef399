"""Recomputing what the log promises: its chain is whole, it names the words that were judged, posts and queue agree with it."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence

from forum.db import Database
from forum.posts.queries import masks
from forum.proof import digest, written
from moderation.reviews import chain, masking, pairs
from moderation.reviews.acts import Act
from moderation.reviews.history import disagreements
from moderation.reviews.pairs import switch_document
from moderation.reviews.queries import chain as lines
from moderation.reviews.queries import decisions, polls, proposals, recount, sanctions, switches, transfers
from moderation.reviews.queries.proposals import Kept
from moderation.reviews.queries.sanctions import Kept as Sanctioned
from moderation.reviews.queries.sanctions import Restricted
from moderation.reviews.sanctions import document, in_force


async def mismatches(db: Database) -> AsyncIterator[str]:
    """One line for everything about decisions that does not match."""
    async for finding in chain.findings(lines.lines(db), await lines.heads(db)):
        yield finding
    for check in (decisions, polls, transfers):
        for line in await check.unfounded(db):
            yield line
    async for mask in masks.every(db):
        if mask.sha256 != digest(masking.document(mask)):
            yield f"mask {mask.id}: altered: it says something else than its hash"
    async for post in decisions.histories(db):
        for disagreement in disagreements(post):
            yield f"post {post.id}: {disagreement}"
    for line in await sanctions.missing(db):
        yield line
    for line in sanction_findings(await sanctions.kept(db), await sanctions.restricted(db)):
        yield line
    async for proposal in proposals.every(db):
        for wrong in _wrong_with(proposal):
            yield f"proposal {proposal.id}: {wrong}"
    async for switched in switches.every_switch(db):
        if switched.sha256 != digest(switch_document(switched)):
            yield f"switch {switched.id} of board {switched.board_id}: altered: it says something else than its hash"
    for line in await proposals.unfounded(db):
        yield line
    for discrepancy in await recount.discrepancies(db):
        yield discrepancy


def _wrong_with(proposal: Kept) -> Iterator[str]:
    if proposal.sha256 != digest(pairs.document(proposal, proposal.enacted_sha256)):
        yield "altered: it says something else than its hash"
    ended = written(
        proposal.outcome,
        proposal.ended_by,
        proposal.answer,
        proposal.ended_at,
        proposal.end_sha256,
        proposal.decision_id,
    )
    if ended and proposal.end_sha256 != digest(pairs.end_document(proposal, proposal.decision_sha256)):
        yield "ended otherwise than its hash says"


def sanction_findings(kept: Sequence[Sanctioned], restricted: Sequence[Restricted]) -> Iterator[str]:
    """Sanctions say what was decided, and accounts are restricted as far as their sanctions say."""
    history = defaultdict(list)
    first = min((one.sanctioned_at for one in kept if one.decision_id is not None), default=None)
    for one in kept:
        history[one.account_id].append(one)
        if one.decision_id is None:
            if one.sha256 or one.act != Act.SUSPEND or (first is not None and one.sanctioned_at > first):
                yield f"sanction {one.id}: rests on no decision"
        elif (one.decided_act, one.author_id) != (one.act, one.account_id):
            yield f"sanction {one.id}: is not what decision {one.decision_id} says"
        elif one.sha256 != digest(document(one, one.decision_sha256 or "")):
            yield f"sanction {one.id}: altered: it says something else than its hash"
    for account in restricted:
        found = in_force(history[account.id])
        if (account.silenced_until, account.suspended_at) != (found.silenced_until, found.suspended_at):
            yield f"account {account.id}: is restricted otherwise than its sanctions say"
