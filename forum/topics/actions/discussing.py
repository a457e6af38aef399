"""What residents do: start a topic, reply, edit, withdraw."""

from forum import clock
from forum.access import Actor, require
from forum.boards.rules import Board, can_read, can_start
from forum.db import Database
from forum.errors import NotFound, TooSoon
from forum.events import PostChanged, QueueChanged, publish
from forum.following.queries import watch_own
from forum.i18n import _
from forum.posts import actions as posts
from forum.posts import rules as post_rules
from forum.posts.queries.adding import Place
from forum.posts.queries.posts import last_written, standing
from forum.posts.queries.standing import sent_already
from forum.posts.rules import Draft, Edit, Post, State
from forum.topics import pacing, queries, rules
from forum.topics.actions.heading import follow_opening
from forum.topics.actions.locking import locked_post, post_for, require_version, topic_for_reply
from forum.topics.actions.responding import count_answer
from forum.topics.actions.telling import about_edit, about_new_post
from forum.topics.queries import adding
from forum.topics.rules import Opening, Topic


async def start(
    db: Database, actor: Actor, board: Board, opening: Opening, *, proposed: bool = False, once: bool = False
) -> tuple[int, int]:
    """Starts a topic with its opening post, or proposes it; (topic, post). `once` as in `reply`."""
    async with db.transaction():
        if not can_read(actor, board.kind):
            raise NotFound
        require(can_start(actor, board))
        assert actor.id is not None
        since = clock.now() - pacing.SENT_AGAIN_WITHIN
        if once and (sent := await adding.started_already(db, board.id, actor.id, opening, since)):
            return sent
        state = post_rules.starting_state(actor, board.id)
        place = await adding.add(
            db,
            board_id=board.id,
            author_id=actor.id,
            title=opening.title,
            state=state,
            proposed=proposed,
            now=clock.now(),
        )
        draft = Draft(body=opening.body)
        await posts.add(db, actor, place, draft, state=state)
        await watch_own(db, actor.id, place.topic_id)
        await _announce(db, board.id, place, state)
        if state is State.VISIBLE and not proposed:
            await about_new_post(db, place.post_id, draft)
    return place.topic_id, place.post_id


async def reply(db: Database, actor: Actor, topic_id: int, draft: Draft, *, once: bool = False) -> int:
    """Adds a post to a topic and tells everyone who should know; the post's id. `once`: not again what its author has just
    sent there, whose answer may have got lost on the way."""
    async with db.transaction():
        topic = await topic_for_reply(db, actor, topic_id, draft)
        require(rules.can_reply(actor, topic))
        since = clock.now() - pacing.SENT_AGAIN_WITHIN
        if once and (sent := await sent_already(db, topic.id, actor.id or 0, draft, since)):
            return sent
        await _wait_for_turn(db, actor, topic)
        state = post_rules.starting_state(actor, topic.board_id)
        visible = state is State.VISIBLE
        place = await adding.next_post(db, topic.id, bumped_at=clock.now() if visible else None)
        await posts.add(db, actor, place, draft, state=state)
        assert actor.id is not None
        await watch_own(db, actor.id, topic.id)
        await _announce(db, topic.board_id, place, state)
        if visible:
            await about_new_post(db, place.post_id, draft)
        if visible and draft.reply_to_id:
            await count_answer(db, place.post_id)
    return place.post_id


async def edit(db: Database, actor: Actor, post_id: int, edit: Edit) -> bool:
    """The author's new words, as a new revision. Whether anything changed."""
    async with db.transaction():
        topic, post = await post_for(db, actor, post_id)
        require(post_rules.can_edit(actor, post))
        require_version(post, edit.version, yours=edit.body)
        if edit.body == post.raw:
            return False
        change = await queries.next_change(db, topic.id)
        await posts.rewrite(db, actor, post, edit.body, change=change)
        if post.state == State.VISIBLE:
            await about_edit(db, post)
        # It may wait, be reported or contested.
        await publish(db, PostChanged(topic.id, post.id, change), QueueChanged(topic.board_id))
    return True


async def withdraw(db: Database, actor: Actor, post_id: int) -> None:
    """The author takes the post back; a tombstone with its number stays, and so do its revisions."""
    async with db.transaction():
        topic, post = await post_for(db, actor, post_id)
        require(post_rules.can_withdraw(actor, post))
        await _take_back(db, topic, post)


async def withdraw_all(db: Database, author_id: int) -> None:
    """Everything of the author's that somebody may read, one post after the other. What moderators took down stays as it is."""
    for post_id in await standing(db, author_id):
        async with db.transaction():
            found = await locked_post(db, post_id)
            if found and found[1].state in (State.VISIBLE, State.HELD):
                await _take_back(db, *found)


async def _take_back(db: Database, topic: Topic, post: Post) -> None:
    change = await queries.next_change(db, topic.id)
    await posts.set_state(db, post, State.WITHDRAWN, change=change)
    await publish(db, PostChanged(topic.id, post.id, change), QueueChanged(topic.board_id))
    await count_answer(db, post.id)
    await follow_opening(db, topic, post, State.WITHDRAWN)


async def _wait_for_turn(db: Database, actor: Actor, topic: Topic) -> None:
    assert actor.id is not None
    now = clock.now()
    if not pacing.is_slow(topic, now):
        return
    turn = pacing.next_turn(actor, topic, await last_written(db, topic.id, actor.id), now)
    if turn:
        seconds = int((turn - now).total_seconds()) + 1
        raise TooSoon(
            _(
                "この話題は、いま1人%(n)s分に1回までです。あと%(m)s分で書けます。",
                n=topic.slow_minutes,
                m=-(-seconds // 60),
            ),
            seconds,
        )


async def _announce(db: Database, board_id: int, place: Place, state: State) -> None:
    waits = [QueueChanged(board_id)] if state is State.HELD else []
    await publish(db, PostChanged(place.topic_id, place.post_id, place.change), *waits)
