"""Filing an appeal, and answering it: what the outcome undoes is undone in the same transaction."""

from dataclasses import replace

from forum import clock
from forum.access import Actor, require
from forum.boards import queries as boards
from forum.db import Database
from forum.errors import Conflict, NotFound
from forum.events import QueueChanged, publish
from forum.i18n import _
from forum.posts.queries import masks
from forum.posts.rules import Post
from forum.proof import digest
from forum.topics import queries as topics
from forum.topics.actions import judging, steering
from forum.topics.actions.locking import locked_post
from forum.topics.queries import transfers
from forum.topics.rules import Topic
from moderation.appeals import queries, rules, telling
from moderation.appeals.rules import Answer, Appeal, Contested, Filing
from moderation.reviews import telling as telling_of_decisions
from moderation.reviews.actions import deciding, masking, polling, sanctioning, transferring
from moderation.reviews.acts import ABOUT, About, Act
from moderation.reviews.queries import decisions, reports
from moderation.reviews.rules import EVERY_REPORT, Verdict


async def file(db: Database, actor: Actor, decision_id: int, filing: Filing) -> int:
    """Contests a decision, once; the number of the appeal."""
    async with db.transaction():
        await _locked(db, decision_id)
        contested = await _contested(db, decision_id)
        now = clock.now()
        require(rules.can_appeal(actor, contested, now))
        standing = rules.standing_of(actor, contested)
        assert actor.id is not None
        assert standing is not None
        filed = Appeal(
            id=0,
            decision_id=decision_id,
            appellant_id=actor.id,
            standing=standing,
            body=filing.body,
            filed_at=now,
            due_at=await boards.end_of_day(db, now + rules.ANSWERED_WITHIN),
            sha256="",
            answer_id=None,
            answer_act=None,
        )
        sha256 = digest(rules.document(filed, await decisions.line_hash(db, decision_id)))
        number = await queries.add(db, replace(filed, sha256=sha256))
        await telling.about_filing(db, actor.id, number, contested, filed.until)
        await publish(db, QueueChanged(contested.board_id))
    return number


async def answer(db: Database, actor: Actor, appeal_id: int, given: Answer) -> int:
    """Judges an appeal: the post, the log and the notices change together. The number of the new decision."""
    async with db.transaction():
        appeal = await queries.appeal(db, appeal_id)
        if appeal is None:
            raise NotFound
        topic, post = await _locked(db, appeal.decision_id)
        # Again, now that nobody else can decide.
        appeal = await queries.appeal(db, appeal_id)
        contested = await _contested(db, appeal.decision_id if appeal else 0)
        assert appeal is not None
        require(rules.can_answer(actor, contested, appeal.appellant_id))
        if not appeal.open or given.outcome not in rules.outcomes(contested):
            raise Conflict(_("この異議申立ては、もう終わっています。いまの内容を確かめてください。"))
        verdict = Verdict(
            act=rules.ANSWERS[Act(contested.act)][given.outcome],
            rule=given.rule,
            reason=given.reason,
            version=post.version,
        )
        # Of approving, the log says no reason; of granting an appeal it does.
        verdict.reason = given.reason
        rule = await deciding.grounds(db, verdict)
        place = await _opened_by(db, topic, post) if ABOUT[Act(contested.act)] is About.TOPIC else topic
        await _take_effect(db, contested, place, post, verdict.act)
        decision_id = await deciding.record(
            db, actor, topic, post, verdict, rule, appeal_of=appeal.decision_id
        )
        await _take_back(db, actor, contested, place, post, verdict, decision_id, appeal.appellant_id)
        await telling.about_answer(db, actor, appeal, contested, given, rule, decision_id)
        if verdict.act is Act.HIDE:  # news to its author, who was not asked yet and may appeal in turn
            reported = await reports.settle(db, post.id, decision_id=decision_id, newest=EVERY_REPORT)
            await telling_of_decisions.about_decision(
                db, actor, post, verdict, rule, reported, decision_id=decision_id
            )
        await publish(db, QueueChanged(topic.board_id))
    return decision_id


async def _take_effect(db: Database, contested: Contested, topic: Topic, post: Post, act: Act) -> None:
    """On the post or its topic. Masks, sanctions, single polls and transfers are taken back by the decision, once it has a
    number."""
    if act is Act.UPHOLD:
        await judging.dismiss(db, topic, post)  # changes nothing but the version
    elif act is Act.UNLOCK:
        await steering.open_again(db, topic)
    elif act is Act.UNSLOW:
        await steering.quicken(db, topic)
    elif act is Act.SHOW_POLLS:
        await steering.show_polls_again(db, topic)
    elif act is Act.MOVE:
        await steering.move_back(db, topic, contested.made_on)
    elif act in deciding.STEPS:
        await deciding.STEPS[act](db, topic, post)


async def _take_back(
    db: Database,
    actor: Actor,
    contested: Contested,
    topic: Topic,
    post: Post,
    verdict: Verdict,
    decision_id: int,
    appellant_id: int,
) -> None:
    """What the decision that answers the appeal undoes under its own number."""
    undone = contested.decision_id
    if verdict.act is Act.UNMASK:
        await masks.lift(db, post.id, decision_id, set_by=undone)
        await masking.show(db, topic, post)
    elif verdict.act is Act.SHOW_POLL:
        await polling.show_again(db, topic, undone, decision_id)
    elif verdict.act is Act.TRANSFER:
        await transferring.bring_back(
            db, actor, undone, decision_id, verdict.reason, appellant_id=appellant_id
        )
    elif verdict.act is Act.REINSTATE:
        await sanctioning.enact(db, post, Act.REINSTATE, decision_id, lifts=undone)


async def _locked(db: Database, decision_id: int) -> tuple[Topic, Post]:
    """The topic and post of a decision, as every other act locks them: whoever contests or judges comes one by one."""
    post_id = await queries.post_of(db, decision_id)
    found = await locked_post(db, post_id) if post_id else None
    if found is None:
        raise NotFound
    return found


async def _opened_by(db: Database, topic: Topic, post: Post) -> Topic:
    """The locked topic that the post opened. `topic`: where it stands now, which is another one after a merger."""
    for topic_id in await transfers.opened_by(db, post.id):
        return await topics.locked(db, topic_id) or topic
    return topic


async def _contested(db: Database, decision_id: int) -> Contested:
    contested = await queries.contested(db, decision_id)
    if contested is None:
        raise NotFound
    return contested
