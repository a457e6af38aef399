"""Taking steps towards the city's answer, promising answers on a board, and reminding of what waits."""

from dataclasses import replace
from datetime import tzinfo

from forum import clock
from forum.access import Actor, require
from forum.accounts import queries as accounts
from forum.accounts.queries.sections import named_sections
from forum.boards.rules import Board, can_promise
from forum.clock import last_moment
from forum.db import Database
from forum.errors import Conflict, Invalid
from forum.events import PostChanged, TopicChanged, publish
from forum.i18n import _
from forum.notifications.actions import tell_all
from forum.posts.queries import posts
from forum.posts.rules import Draft
from forum.proof import digest
from forum.topics import queries as topics
from forum.topics.actions import discussing
from forum.topics.actions.locking import topic_for
from forum.topics.rules import Topic
from moderation.city_answers import queries, rules
from moderation.city_answers.rules import Move, Promise, Step
from moderation.reminders.rules import BEFORE, EARLY, step_towards, told

# Among so many of its last replies a section finds the one that is its answer.
REPLIES_OFFERED = 20


async def take(db: Database, actor: Actor, topic_id: int, move: Move, zone: tzinfo) -> None:
    """One step; whoever started the discussion is told, and the section that has to answer from now on."""
    async with db.transaction():
        topic = await topic_for(db, actor, topic_id)
        require(rules.can_take(actor, topic, move.act))
        assert actor.id is not None
        before = await queries.steps(db, topic.id)
        if move.version != len(before):
            raise Conflict(
                _("あなたが開いたあとに、ほかの職員が進めました。いまの段階を確かめてください。"),
                theirs=before[-1].words if before else None,
                yours=move.words,
            )
        await _require_complete(db, topic, move, zone)
        section_id = move.section if move.act in rules.MOVES else topic.answer_section_id
        assert section_id is not None
        step = Step(
            id=0, topic_id=topic.id, number=len(before) + 1, act=move.act, section_id=section_id,
            due_at=rules.due_after(move, topic, clock.now(), zone), post_id=await _say(db, actor, topic, move),
            words="" if move.act in rules.SAID else move.words, by_id=actor.id, made_at=clock.now(), sha256="",
        )  # fmt: skip
        document = rules.document(step, before[-1].sha256 if before else "")
        await queries.add(db, replace(step, sha256=digest(document)))
        await _stand(db, topic, step)
        await _tell(db, actor, topic, step)


async def promise(db: Database, actor: Actor, board: Board, given: Promise) -> None:
    """Topics that are started from now on are owed an answer within so many days; or none is."""
    async with db.transaction():
        require(can_promise(actor, board))
        assert actor.id is not None
        await queries.promise(db, board.id, given.days, actor.id, clock.now())


async def remind(db: Database) -> int:
    """Reminds of every answer that is due soon or late, once for each step; how many.

    What is written down is what is told: of two workers at the same moment each tells only what it wrote first.
    """
    async with db.transaction():
        now, people = clock.now(), await accounts.office_holders(db)
        due = []
        for one in await queries.waiting(db, now + BEFORE):
            step = step_towards(one.due_at, one.since, now)
            if step is None or (one.reminded is not None and step <= one.reminded):
                continue
            if heard := told(rules.circles(people, one.section_id), step):
                due.append((one, step, heard))
        new = await queries.add_reminders(
            db, [(one.id, one.due_at, step, len(heard)) for one, step, heard in due], now
        )
        for one, step, heard in due:
            if one.id in new:
                await tell_all(
                    db, [person.id or 0 for person in heard], "city_answer_due", place(one.id), post=one.opening_id,
                    topic=one.title, until=last_moment(one.due_at).isoformat(), late=step > EARLY,
                )  # fmt: skip
    return len(new)


def place(topic_id: int) -> str:
    return f"/topics/{topic_id}/city-answer"


async def _require_complete(db: Database, topic: Topic, move: Move, zone: tzinfo) -> None:
    sections = [number for number, _name, _en in await named_sections(db)]
    own = topic.answer_section_id
    offered = await queries.replies(db, topic.id, own, REPLIES_OFFERED) if own is not None else []
    if wrong := rules.faults(move, topic, sections, [one.id for one in offered], clock.now(), zone):
        raise Invalid(**wrong)


async def _say(db: Database, actor: Actor, topic: Topic, move: Move) -> int | None:
    """The reply that is the answer, written now or before, marked as such; None for steps that are none."""
    if move.act not in rules.SAID:
        return None
    post_id = move.post or await discussing.reply(db, actor, topic.id, Draft(body=move.words))
    there = topic.merged_into or topic.id
    change = await topics.next_change(db, there)
    await posts.mark_city_answer(db, post_id, change=change)
    await publish(db, PostChanged(there, post_id, change))
    return post_id


async def _stand(db: Database, topic: Topic, step: Step) -> None:
    state = rules.state_after(step.act, topic.answer_state)
    change = await topics.set_answer(
        db, topic.id, state=state, section_id=step.section_id, due_at=step.due_at
    )
    await publish(db, TopicChanged(topic.id, change))


async def _tell(db: Database, actor: Actor, topic: Topic, step: Step) -> None:
    section = {number: (name, name_en) for number, name, name_en in await named_sections(db)}
    name, name_en = section[step.section_id]
    opening = await posts.opening(db, topic.id)
    assert opening is not None
    asked = set()
    if step.act in rules.MOVES:
        asked = {one.id or 0 for one in rules.circles(await accounts.office_holders(db), step.section_id)[0]}
    where = f"/posts/{step.post_id}" if step.post_id else place(topic.id)
    for kind, people in (("city_answer_asked", asked), ("city_answer", {topic.author_id} - asked)):
        await tell_all(
            db, sorted(people - {actor.id}), kind, where, post=step.post_id or opening.id, topic=topic.title,
            act=step.act, section=name, section_en=name_en, until=last_moment(step.due_at).isoformat(),
        )  # fmt: skip
