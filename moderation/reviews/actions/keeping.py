"""Acts on a topic, on record with their reason at its opening post."""

from collections.abc import Awaitable, Callable

from forum import clock
from forum.access import Actor, require
from forum.db import Database
from forum.errors import Conflict
from forum.events import QueueChanged, publish
from forum.i18n import _
from forum.posts.queries import posts
from forum.topics.actions import steering
from forum.topics.actions.locking import topic_for
from forum.topics.pacing import is_slow
from forum.topics.polling import Poll
from forum.topics.queries import polls
from forum.topics.rules import Topic, can_steer
from moderation.reviews import telling
from moderation.reviews.actions.deciding import grounds, record
from moderation.reviews.actions.polling import judge
from moderation.reviews.acts import Act
from moderation.reviews.keeping import Keeping, keeping_acts, role_in
from moderation.reviews.polling import can_judge_poll, judged_with
from moderation.reviews.queries import reports
from moderation.reviews.rules import EVERY_REPORT, Verdict

STEPS: dict[Act, Callable[[Database, Actor, int], Awaitable[bool]]] = {
    Act.LOCK: steering.lock,
    Act.UNLOCK: steering.unlock,
    Act.UNSLOW: steering.unslow,
    Act.PIN: steering.pin,
    Act.UNPIN: steering.unpin,
    Act.HIDE_POLLS: steering.hide_polls,
    Act.SHOW_POLLS: steering.show_polls,
}


async def acts_for(db: Database, actor: Actor, topic: Topic) -> tuple[Act, ...]:
    """What can be done with the topic now. Polls are words: whoever moderates the board judges them, if others asked."""
    asked = await polls.of_topic(db, topic.id)
    judges = bool(asked) and all(can_judge_poll(actor, topic, poll) for poll in asked)
    return keeping_acts(
        locked=topic.locked,
        slow=is_slow(topic, clock.now()),
        pinned=topic.pinned,
        polls_hidden=topic.polls_hidden if judges else None,
    )


async def polls_for(db: Database, actor: Actor, topic: Topic, act: Act) -> list[Poll]:
    """The polls that somebody may hide, or show again, one by one."""
    asked = await polls.of_topic(db, topic.id)
    return [poll for poll in judged_with(act, asked) if can_judge_poll(actor, topic, poll)]


async def keep(db: Database, actor: Actor, topic_id: int, wish: Keeping) -> int:
    """Changes the topic, the log and what its author knows, together; the id of the line."""
    if wish.act in (Act.HIDE_POLL, Act.SHOW_POLL):
        return await judge(db, actor, topic_id, wish)
    async with db.transaction():
        topic = await topic_for(db, actor, topic_id)
        require(can_steer(actor, topic))
        opening = await posts.opening(db, topic.id)
        assert opening is not None
        verdict = Verdict(act=wish.act, rule=wish.rule, reason=wish.reason, version=opening.version)
        acts = await acts_for(db, actor, topic)
        rule = await grounds(db, verdict) if wish.act in acts else None
        if wish.act not in acts or not await _step(db, actor, topic, wish):
            raise Conflict(_("この話題の状態はもう変わっています。いまの状態を確かめてください。"))
        role = role_in(actor, topic.board_id)
        decision_id = await record(db, actor, topic, opening, verdict, rule, role=role)
        concerned = await _concerned(db, topic, wish.act)
        await telling.about_keeping(db, actor, topic, opening, wish, concerned, topic.author_id, decision_id)
        if wish.act is Act.HIDE_POLLS:
            asked = [poll.id for poll in await polls.of_topic(db, topic.id)]
            reported = await reports.settle(
                db, opening.id, decision_id=decision_id, newest=EVERY_REPORT, polls=asked
            )
            await telling.about_reports(db, actor, opening, verdict, rule, reported, decision_id=decision_id)
            await publish(db, QueueChanged(topic.board_id))
    return decision_id


async def _concerned(db: Database, topic: Topic, act: Act) -> set[int]:
    """Who hears of it: whoever started the topic; of its polls also those who asked."""
    asked = await polls.of_topic(db, topic.id) if act in (Act.HIDE_POLLS, Act.SHOW_POLLS) else []
    return {topic.author_id, *(poll.opened_by for poll in asked)}


async def _step(db: Database, actor: Actor, topic: Topic, wish: Keeping) -> bool:
    """What the act does to the topic; whether that changed anything."""
    if wish.act is Act.MOVE:
        return await steering.move(db, actor, topic.id, wish.board_id)
    if wish.act is Act.SLOW:
        until = clock.now() + wish.lasting
        return await steering.slow(db, actor, topic.id, minutes=wish.minutes, until=until)
    return await STEPS[wish.act](db, actor, topic.id)
