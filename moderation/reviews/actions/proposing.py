"""Wanting something from a post or its author: decided at once, or proposed where the board asks for two people."""

from collections.abc import Sequence
from dataclasses import replace

from forum import clock
from forum.access import Actor
from forum.db import Database
from forum.errors import Conflict
from forum.events import QueueChanged, publish
from forum.guides.queries import CharterRule
from forum.i18n import _
from forum.posts.queries import posts
from forum.posts.rules import Post
from forum.proof import digest
from forum.topics.rules import Topic
from moderation.reviews import pairs, rules
from moderation.reviews.actions import deciding, masking, sanctioning
from moderation.reviews.actions.ending import end
from moderation.reviews.acts import ABOUT
from moderation.reviews.masking import Place
from moderation.reviews.masking import Wish as Masking
from moderation.reviews.pairs import Done, Ending, Outcome, Proposal
from moderation.reviews.queries import decisions, proposals, switches
from moderation.reviews.rules import Verdict
from moderation.reviews.sanctions import Wish as Sanctioning


async def decide(db: Database, actor: Actor, post_id: int, verdict: Verdict) -> Done:
    """Judges a post, or proposes to."""
    async with db.transaction():
        topic, post, rule = await deciding.considered(db, actor, post_id, verdict)
        if not await _needs_two(db, topic, verdict):
            await deciding.carry_out(db, actor, topic, post, verdict, rule)
            return Done.DECIDED
        assert rule is not None
        await _clear_the_way(db, actor, post, verdict)
        decision_id = None
        if pairs.at_once(post.state, verdict.act, verdict.rule):
            decision_id = await deciding.carry_out(db, actor, topic, post, verdict, rule, first=True)
        return await _propose(db, actor, topic, post, verdict, rule, enacted_by=decision_id)


async def mask(db: Database, actor: Actor, post_id: int, wish: Masking) -> Done:
    """Masks passages of a post or lifts its masks, or proposes to."""
    verdict = wish.verdict()
    async with db.transaction():
        topic, post, rule, places = await masking.considered(db, actor, post_id, wish)
        if not await _needs_two(db, topic, verdict):
            await masking.carry_out(db, actor, topic, post, verdict, rule, places)
            return Done.DECIDED
        assert rule is not None
        await _clear_the_way(db, actor, post, verdict)
        decision_id = None
        if pairs.at_once(post.state, verdict.act, verdict.rule):
            decision_id = await masking.carry_out(db, actor, topic, post, verdict, rule, places, first=True)
        return await _propose(db, actor, topic, post, verdict, rule, places=places, enacted_by=decision_id)


async def sanction(db: Database, actor: Actor, post_id: int, wish: Sanctioning) -> Done:
    """Sanctions the author of a post, or proposes to."""
    async with db.transaction():
        topic, post, rule = await sanctioning.considered(db, actor, post_id, wish)
        if not await _needs_two(db, topic, wish.verdict()):
            await sanctioning.carry_out(db, actor, topic, post, wish, rule)
            return Done.DECIDED
        assert rule is not None
        await _clear_the_way(db, actor, post, wish.verdict())
        days = wish.days if wish.until(clock.now()) else None
        return await _propose(db, actor, topic, post, wish.verdict(), rule, days=days)


async def _needs_two(db: Database, topic: Topic, verdict: Verdict) -> bool:
    return verdict.act in pairs.NEEDS_TWO and await switches.asks_until_the_end(db, topic.board_id)


async def _clear_the_way(db: Database, actor: Actor, post: Post, verdict: Verdict) -> None:
    """What was proposed for words that have changed makes place; what still waits is to be answered first."""
    for proposal in await proposals.open_of_post(db, post.id):
        if proposal.about is not ABOUT[verdict.act]:
            continue
        if not proposal.stale(post, post.revision_id):
            raise Conflict(_("この投稿には、もう提案が出ています。確認するか、認めないかを選んでください。"))
        await end(db, actor, Ending(proposal, Outcome.OVERTAKEN))


async def _propose(
    db: Database,
    actor: Actor,
    topic: Topic,
    judged: Post,
    verdict: Verdict,
    rule: CharterRule,
    *,
    days: int | None = None,
    places: Sequence[Place] = (),
    enacted_by: int | None = None,
) -> Done:
    post, now = await posts.post(db, judged.id), clock.now()
    assert post is not None
    assert actor.id is not None
    draft = Proposal(
        id=0, post_id=post.id, revision_id=post.revision_id, version=post.version, act=verdict.act,
        rule_number=rule.number, rule_version=rule.version, reason=verdict.reason, days=days, places=places,
        proposed_by=actor.id, role=rules.role_of(actor), proposed_at=now,
        due_at=now + rules.allowance(1, [rule.number]), enacted_by=enacted_by, sha256="",
    )  # fmt: skip
    line = await decisions.line_hash(db, enacted_by) if enacted_by else None
    await proposals.add(db, replace(draft, sha256=digest(pairs.document(draft, line))))
    await publish(db, QueueChanged(topic.board_id))
    return Done.AT_ONCE if enacted_by else Done.PROPOSED
