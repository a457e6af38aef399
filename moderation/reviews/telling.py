"""Who hears of a decision: the author of the post, and everyone whose report it answers. The moderator stays unnamed."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from forum import clock
from forum.access import Actor
from forum.db import Database
from forum.guides.queries import CharterRule
from forum.notifications.actions import tell
from forum.pictures import spoken
from forum.posts.rules import Post, State
from forum.topics.rules import Topic
from moderation.reviews import rules
from moderation.reviews.acts import Act
from moderation.reviews.keeping import TAKEN_BACK_BY, Keeping, role_in
from moderation.reviews.pairs import Ending, Proposal
from moderation.reviews.queries.reports import Settled
from moderation.reviews.rules import Verdict

EXCERPT = 120


async def about_decision(
    db: Database,
    actor: Actor,
    post: Post,
    verdict: Verdict,
    rule: CharterRule | None,
    reported: Iterable[Settled],
    *,
    decision_id: int,
    part: str = "",
) -> None:
    """Tells what was decided, under which rule, why and in which role; if two people judge it, in which `part` of that.
    Closing reports of a withdrawn post is no judgement, so its author is left in peace."""
    said = _said(actor, post, verdict, rule, decision_id) | {"part": part}
    if post.state != State.WITHDRAWN:
        own = appeal_until() if verdict.act in (Act.HIDE, Act.RETURN, Act.MASK) else None
        url = f"/posts/{post.id}/edit" if verdict.act is Act.RETURN else f"/posts/{post.id}"
        await tell(
            db, post.author_id, "decided", url, **said, appeal_until=own, excerpt=spoken(post.shown)[:EXCERPT]
        )
    await about_reports(db, actor, post, verdict, rule, reported, decision_id=decision_id, part=part)


async def about_reports(
    db: Database,
    actor: Actor,
    post: Post,
    verdict: Verdict,
    rule: CharterRule | None,
    reported: Iterable[Settled],
    *,
    decision_id: int,
    part: str = "",
) -> None:
    """Tells those whose reports are answered. Only of a post can it be contested that nothing was done: what would be hidden is
    the post."""
    said = _said(actor, post, verdict, rule, decision_id) | {"part": part}
    for report in reported:
        contestable = verdict.act is Act.DISMISS and post.state == State.VISIBLE and not report.of_poll
        await tell(
            db,
            report.reporter_id,
            "report_settled",
            f"/moderation/log?post={post.id}",
            **said,
            poll=report.of_poll,
            appeal_until=appeal_until() if contestable else None,
            withdrawn=post.state == State.WITHDRAWN,
        )


async def about_keeping(
    db: Database,
    actor: Actor,
    topic: Topic,
    opening: Post,
    wish: Keeping,
    concerned: set[int],
    contestant: int,
    decision_id: int,
) -> None:
    """Tells those concerned what was done to a topic; one of them may contest it, if it takes something away."""
    for person in concerned - {actor.id or 0}:
        await tell(
            db,
            person,
            "topic_kept",
            f"/topics/{topic.id}",
            post=opening.id,
            topic=topic.title if topic.state == State.VISIBLE or person == topic.author_id else "",
            act=wish.act.value,
            reason=wish.reason,
            role=role_in(actor, topic.board_id),
            decision=decision_id,
            appeal_until=appeal_until() if wish.act in TAKEN_BACK_BY and person == contestant else None,
        )


async def about_sanction(
    db: Database,
    actor: Actor,
    post: Post,
    verdict: Verdict,
    rule: CharterRule | None,
    *,
    decision_id: int,
    until: datetime | None,
    part: str = "",
) -> None:
    """Tells the author of the post what happens to their account because of it, and until when."""
    await tell(
        db,
        post.author_id,
        "sanctioned",
        f"/posts/{post.id}",
        **_said(actor, post, verdict, rule, decision_id),
        part=part,
        until=until.isoformat() if until else None,
        appeal_until=None if verdict.act is Act.REINSTATE else appeal_until(),
        excerpt=spoken(post.shown)[:EXCERPT],
    )


async def about_decline(db: Database, post: Post, proposal: Proposal, answer: str) -> None:
    """Whoever proposed learns that somebody saw it otherwise, and why; not who."""
    await tell(
        db,
        proposal.proposed_by,
        "proposal_declined",
        f"/queue/{post.id}",
        number=post.number,
        act=proposal.act,
        reason=answer,
    )


def part(ending: Ending | None, *, first: bool) -> str:
    """Of a decision that two people make: by the first alone for now, or by both. Who takes back what another proposed
    decides alone."""
    if first:
        return "first"
    return "both" if ending and ending.proposed_by else ""


def _said(
    actor: Actor, post: Post, verdict: Verdict, rule: CharterRule | None, decision_id: int
) -> dict[str, Any]:
    return {
        "decision": decision_id,
        "act": verdict.act.value,
        "number": post.number,
        "rule_number": rule.number if rule else None,
        "rule_version": rule.version if rule else None,
        "rule_title": rule.title if rule else "",
        "rule_title_en": rule.title_en if rule else "",
        "reason": verdict.reason,
        "role": rules.role_of(actor).value,
    }


def appeal_until() -> str:
    """How long a decision of now may be contested."""
    return (clock.now() + rules.APPEAL_WITHIN).isoformat()
