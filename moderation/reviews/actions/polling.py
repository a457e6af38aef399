"""One poll of a topic, reported, hidden and shown again: on record at the opening post, bound to the poll by a hash."""

from forum.access import Actor, require
from forum.db import Database
from forum.errors import Conflict, NotFound
from forum.events import QueueChanged, publish
from forum.i18n import _
from forum.posts.queries import posts
from forum.posts.rules import Post
from forum.topics.actions import polling
from forum.topics.actions.locking import topic_for
from forum.topics.queries import polls
from forum.topics.rules import Topic
from moderation.reviews import telling
from moderation.reviews.actions.deciding import grounds, record, take_in
from moderation.reviews.acts import Act
from moderation.reviews.keeping import Keeping
from moderation.reviews.polling import can_judge_poll, can_report_poll, judged_with
from moderation.reviews.queries import decisions, reports
from moderation.reviews.rules import EVERY_REPORT, Complaint, Verdict


async def report(db: Database, actor: Actor, poll_id: int, complaint: Complaint) -> None:
    """A resident asks for a look at a poll; it stays as it is until a person has decided."""
    async with db.transaction():
        asked = await polls.poll(db, poll_id)
        if asked is None:
            raise NotFound
        topic = await topic_for(db, actor, asked.topic_id)
        poll = await polls.poll(db, poll_id)
        assert poll is not None
        require(can_report_poll(actor, topic, poll))
        await take_in(db, actor, topic, await _opening(db, topic), complaint, poll_id=poll.id)


async def judge(db: Database, actor: Actor, topic_id: int, wish: Keeping) -> int:
    """Hides the poll of the wish, or shows it; its reports and the notices change with it. The id of the line."""
    async with db.transaction():
        topic = await topic_for(db, actor, topic_id)
        found = {poll.id: poll for poll in judged_with(wish.act, await polls.of_topic(db, topic.id))}
        poll = found.get(wish.poll_id if wish.act is Act.HIDE_POLL else wish.shown_id)
        if poll is None:
            raise Conflict(_("この投票の状態はもう変わっています。いまの状態を確かめてください。"))
        require(can_judge_poll(actor, topic, poll))
        opening = await _opening(db, topic)
        verdict = Verdict(act=wish.act, rule=wish.rule, reason=wish.reason, version=opening.version)
        rule = await grounds(db, verdict)
        decision_id = await record(db, actor, topic, opening, verdict, rule)
        line_sha256 = await decisions.line_hash(db, decision_id)
        if wish.act is Act.HIDE_POLL:
            await polling.hide(db, topic, poll, decision_id, line_sha256)
            reported = await reports.settle(
                db, opening.id, decision_id=decision_id, newest=EVERY_REPORT, polls=[poll.id]
            )
            await telling.about_reports(db, actor, opening, verdict, rule, reported, decision_id=decision_id)
        else:
            await polling.show(db, topic, poll.id, decision_id, line_sha256)
        await telling.about_keeping(
            db, actor, topic, opening, wish, {topic.author_id, poll.opened_by}, poll.opened_by, decision_id
        )
        await publish(db, QueueChanged(topic.board_id))
    return decision_id


async def show_again(db: Database, topic: Topic, hidden_by: int, decision_id: int) -> None:
    """After an appeal: the poll that one decision hid is shown by another one."""
    poll_id = await polls.hidden_by(db, hidden_by)
    if poll_id is not None:
        await polling.show(db, topic, poll_id, decision_id, await decisions.line_hash(db, decision_id))


async def _opening(db: Database, topic: Topic) -> Post:
    opening = await posts.opening(db, topic.id)
    assert opening is not None
    return opening
