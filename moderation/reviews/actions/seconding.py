"""The second person's answer to a proposal, and the first one's second thoughts."""

from forum.access import Actor, require
from forum.db import Database
from forum.errors import Conflict, Invalid, NotFound
from forum.events import QueueChanged, publish
from forum.guides.queries import CharterRule, cited_rule
from forum.i18n import _
from forum.posts.rules import Post, State
from forum.topics.actions import judging
from forum.topics.actions.locking import post_for, require_version
from forum.topics.rules import Topic
from moderation.reviews import pairs, telling
from moderation.reviews.actions import deciding, masking, sanctioning
from moderation.reviews.actions.ending import end
from moderation.reviews.acts import About, Act
from moderation.reviews.pairs import Answer, Ending, Outcome, Proposal, Step
from moderation.reviews.queries import claims, proposals, reports
from moderation.reviews.rules import EVERY_REPORT, Verdict
from moderation.reviews.sanctions import DAYS, Wish
from moderation.reviews.targets import Target

# What takes back what took effect at once.
INVERSE = {Act.HIDE: Act.RESTORE, Act.MASK: Act.UNMASK}


async def answer(db: Database, actor: Actor, post_id: int, proposal_id: int, given: Answer) -> None:
    """Confirms, declines or withdraws: state, log, reports, notices and the proposal change together or not at all."""
    async with db.transaction():
        topic, post = await post_for(db, actor, post_id)
        proposal = await proposals.proposal(db, proposal_id)
        if proposal is None or proposal.post_id != post.id:
            raise NotFound
        may = pairs.can_withdraw if given.step is Step.WITHDRAW else pairs.can_answer
        require(may(actor, post, proposal))
        if proposal.outcome:
            raise Conflict(_("この提案は、もう終わっています。いまの状態を確かめてください。"))
        if given.step is Step.CONFIRM:
            await _confirm(db, actor, topic, post, proposal, given)
        else:
            await _leave(db, actor, topic, post, proposal, given)
        await claims.release(db, Target.POST, post.id, actor.id or 0)
        await publish(db, QueueChanged(topic.board_id))


async def _confirm(
    db: Database, actor: Actor, topic: Topic, post: Post, proposal: Proposal, given: Answer
) -> None:
    """What was proposed takes effect, in the words and under the rule of the first; or what took effect at once stays."""
    require_version(post, given.version)
    if proposal.stale(post, post.revision_id):
        raise Conflict(_("提案のあとに投稿が変わりました。いまの内容について、もう一度提案してください。"))
    ending = Ending(proposal, Outcome.CONFIRMED, given.answer)
    rule = await cited_rule(db, proposal.rule_number, proposal.rule_version)
    verdict = _verdict(post, proposal, Act(proposal.act), proposal.reason)
    if proposal.enacted_by:
        await _let_stand(db, actor, topic, post, rule, ending)
    elif proposal.about is About.POST:
        await deciding.carry_out(db, actor, topic, post, verdict, rule, ending=ending)
    elif proposal.about is About.WORDS:
        places = [(place[0], place[1], place[2]) for place in proposal.places]
        await masking.carry_out(db, actor, topic, post, verdict, rule, places, ending=ending)
    else:
        await sanctioning.require_possible(db, actor, post, verdict.act)
        wish = Wish(
            act=verdict.act, rule=verdict.rule, reason=verdict.reason, days=proposal.days or DAYS[0], version=post.version
        )  # fmt: skip
        await sanctioning.carry_out(db, actor, topic, post, wish, rule, ending=ending)


async def _let_stand(
    db: Database, actor: Actor, topic: Topic, post: Post, rule: CharterRule | None, ending: Ending
) -> None:
    """A second line of the log beside the first, and nothing that a reader sees."""
    await judging.dismiss(db, topic, post)
    verdict = _verdict(post, ending.proposal, Act.CONFIRM, ending.answer)
    decision_id = await deciding.record(db, actor, topic, post, verdict, rule, ending=ending)
    await telling.about_decision(
        db, actor, post, verdict, rule, [], decision_id=decision_id, part=telling.part(ending, first=False)
    )


async def _leave(
    db: Database, actor: Actor, topic: Topic, post: Post, proposal: Proposal, given: Answer
) -> None:
    """Nothing happens, and what happened at once is undone: reports that it answered wait again. Whoever declines says why."""
    withdrawn = given.step is Step.WITHDRAW
    if not withdrawn and not given.answer:
        raise Invalid(answer=_("認めない理由を書いてください。提案した人に伝わります。"))
    ending = Ending(proposal, Outcome.WITHDRAWN if withdrawn else Outcome.DECLINED, given.answer)
    if proposal.enacted_by and post.state != State.WITHDRAWN:
        reason = given.answer or _("判断した担当者が、もう一人の確認の前に取り下げました。")
        verdict = _verdict(post, proposal, INVERSE[Act(proposal.act)], reason)
        await reports.reopen(db, proposal.enacted_by)
        if verdict.act is Act.RESTORE:
            await deciding.carry_out(db, actor, topic, post, verdict, None, ending=ending)
        else:
            await masking.carry_out(db, actor, topic, post, verdict, None, [], ending=ending)
    else:
        await end(db, actor, ending)
    if not withdrawn:
        await telling.about_decline(db, post, proposal, given.answer)


def _verdict(post: Post, proposal: Proposal, act: Act, reason: str) -> Verdict:
    return Verdict(
        act=act, rule=proposal.rule_number, reason=reason, version=post.version, report=EVERY_REPORT
    )
