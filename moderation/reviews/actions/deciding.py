"""Reporting a post, deciding on it, publishing the head of the log."""

import secrets
from collections.abc import Awaitable, Callable
from datetime import date

from forum import clock
from forum.access import Actor, require
from forum.db import Database
from forum.errors import Conflict, Invalid
from forum.events import QueueChanged, publish
from forum.guides.queries import CharterRule, rules_in_force
from forum.i18n import _
from forum.posts.rules import Post
from forum.topics.actions import judging
from forum.topics.actions.locking import post_for, require_version
from forum.topics.rules import Topic
from moderation.reviews import pairs, rules, telling
from moderation.reviews.actions.ending import end_with
from moderation.reviews.acts import Act
from moderation.reviews.chain import GENESIS
from moderation.reviews.pairs import Ending
from moderation.reviews.polling import answerable
from moderation.reviews.queries import chain, claims, decisions, reports, switches
from moderation.reviews.rules import EVERY_REPORT, Complaint, Verdict
from moderation.reviews.targets import Target

# Letters and digits that nobody takes for each other; a label is `審査担当 K7QXM`.
LABEL_LETTERS = "ACDEFGHJKLMNPQRTUVWXY3479"
LABEL_LENGTH = 5

Step = Callable[[Database, Topic, Post], Awaitable[None]]
STEPS: dict[Act, Step] = {
    Act.APPROVE: judging.approve,
    Act.RETURN: judging.return_to_author,
    Act.HIDE: judging.hide,
    Act.RESTORE: judging.restore,
    Act.DISMISS: judging.dismiss,
}


async def publish_head(db: Database, day: date) -> bool:
    """Puts on record how long the log is today and with which hash it ends. Whether it was the first time today."""
    async with db.transaction():
        number, sha256 = await chain.last(db) or (0, GENESIS)
        return await chain.note_head(db, day, number=number, sha256=sha256, now=clock.now())


async def report(db: Database, actor: Actor, post_id: int, complaint: Complaint) -> None:
    """A resident asks for a look at a post; it stays as it is until a person has decided."""
    async with db.transaction():
        topic, post = await post_for(db, actor, post_id)
        require(rules.can_report(actor, post))
        await take_in(db, actor, topic, post, complaint)


async def take_in(
    db: Database, actor: Actor, topic: Topic, post: Post, complaint: Complaint, *, poll_id: int | None = None
) -> None:
    """The report of somebody who may send it, about the post, or a poll of the topic that it opens."""
    numbers = [rule.number for rule in await rules_in_force(db)]
    if lacking := rules.lacking_in_complaint(complaint, numbers):
        raise Invalid(**lacking)
    earlier = [report for report in await reports.of_post(db, post.id) if report.open]
    if any(actor.wrote(report.reporter_id) and report.poll_id == poll_id for report in earlier):
        raise Conflict(_("もう通報しています。担当者の確認をお待ちください。"))
    now = clock.now()
    since = min((report.created_at for report in earlier), default=now)
    named = [complaint.rule, *(report.rule_number for report in earlier)]
    assert actor.id is not None
    reporters = {actor.id, *(report.reporter_id for report in earlier)}
    await reports.add(
        db,
        post_id=post.id,
        revision_id=post.revision_id,
        reporter_id=actor.id,
        rule_number=complaint.rule,
        note=complaint.note,
        distressing=complaint.distressing,
        now=now,
        due_at=since + rules.allowance(len(reporters), named),
        poll_id=poll_id,
    )
    await publish(db, QueueChanged(topic.board_id))


async def decide(db: Database, actor: Actor, post_id: int, verdict: Verdict) -> int:
    """Judges a post: its state, the log, the reports and the notices change together or not at all."""
    async with db.transaction():
        topic, post, rule = await considered(db, actor, post_id, verdict)
        await require_alone(db, topic, verdict.act)
        return await carry_out(db, actor, topic, post, verdict, rule)


async def considered(
    db: Database, actor: Actor, post_id: int, verdict: Verdict
) -> tuple[Topic, Post, CharterRule | None]:
    """The locked topic and post, and the rule that is cited, if this person may decide so on the post as it is."""
    topic, post = await post_for(db, actor, post_id)
    require(rules.can_review(actor, post))
    require_version(post, verdict.version)
    rule = await grounds(db, verdict)
    newest, told = _newest(verdict), answerable(actor, await reports.of_post(db, post.id))
    reported = any(report.open and report.id <= newest for report in told)
    if verdict.act not in rules.acts_on(post.state, returned=post.returned_at is not None, reported=reported):
        raise Conflict(_("この投稿の状態はもう変わっています。いまの内容を確かめてください。"))
    return topic, post, rule


async def require_alone(db: Database, topic: Topic, act: Act) -> None:
    """Raises Conflict where the board asks for a second person."""
    if act in pairs.NEEDS_TWO and await switches.asks_until_the_end(db, topic.board_id):
        raise Conflict(_("この会議室では、2人の担当者で決めます。提案してください。"))


async def carry_out(
    db: Database,
    actor: Actor,
    topic: Topic,
    post: Post,
    verdict: Verdict,
    rule: CharterRule | None,
    *,
    ending: Ending | None = None,
    first: bool = False,
) -> int:
    """What was considered takes effect. `ending`: and ends a proposal; `first`: before a second person has looked."""
    await STEPS[verdict.act](db, topic, post)
    decision_id = await record(db, actor, topic, post, verdict, rule, ending=ending)
    await claims.release(db, Target.POST, post.id, actor.id or 0)
    asked_by = actor.id if verdict.act is Act.DISMISS else None
    reported = await reports.settle(
        db, post.id, decision_id=decision_id, newest=_newest(verdict), asked_by=asked_by
    )
    if verdict.act is Act.RESTORE:  # who was told that it is hidden
        reported = await reports.answered_by_hiding(db, post.id)
    part = telling.part(ending, first=first)
    await telling.about_decision(db, actor, post, verdict, rule, reported, decision_id=decision_id, part=part)
    await publish(db, QueueChanged(topic.board_id))
    return decision_id


def _newest(verdict: Verdict) -> int:
    """Up to which report the verdict answers. Dismissing answers those that were read, not one that came in meanwhile; restoring
    none, for nobody reports what is hidden."""
    return {Act.DISMISS: verdict.report, Act.RESTORE: 0}.get(verdict.act, EVERY_REPORT)


async def grounds(db: Database, verdict: Verdict) -> CharterRule | None:
    """The rule in force that the verdict cites. Raises Invalid for a verdict that explains too little."""
    in_force = {rule.number: rule for rule in await rules_in_force(db)}
    if lacking := rules.lacking_in_verdict(verdict, in_force):
        raise Invalid(**lacking)
    return in_force[verdict.rule] if verdict.rule else None


async def record(
    db: Database,
    actor: Actor,
    topic: Topic,
    post: Post,
    verdict: Verdict,
    rule: CharterRule | None,
    *,
    appeal_of: int | None = None,
    role: str | None = None,
    ending: Ending | None = None,
) -> int:
    """Writes a line of the log, for good, and ends what was proposed instead; the number of the decision."""
    assert actor.id is not None
    proposed_by = ending.proposed_by if ending else None
    for account_id in filter(None, (actor.id, proposed_by)):
        await decisions.label(
            db, account_id, "".join(secrets.choice(LABEL_LETTERS) for _ in range(LABEL_LENGTH))
        )
    decision_id = await decisions.add(
        db,
        post_id=post.id,
        revision_id=post.revision_id,
        board_id=topic.board_id,
        act=verdict.act,
        appeal_of=appeal_of,
        rule_number=rule.number if rule else None,
        rule_version=rule.version if rule else None,
        reason=verdict.reason,
        moderator_id=actor.id,
        proposed_by=proposed_by,
        role=role or rules.role_of(actor),
        text_sha256=post.sha256,
        now=clock.now(),
    )
    await end_with(db, actor, post.id, verdict.act, decision_id, ending)
    return decision_id
