"""The steps by which a moderator's decision reaches a post: approve, return, hide, restore, dismiss.

Who may decide, the reason, the log and the notice belong to the review queue, which calls these inside its
own transaction with the topic and post it has locked by `locking.post_for`.
"""

from forum import clock
from forum.accounts import queries as accounts
from forum.db import Database
from forum.errors import Conflict
from forum.events import PostChanged, publish
from forum.i18n import _
from forum.posts import actions as posts
from forum.posts.queries import posts as post_queries
from forum.posts.rules import Post, State
from forum.topics import queries
from forum.topics.actions.heading import follow_opening
from forum.topics.actions.responding import count_answer
from forum.topics.actions.telling import about_post
from forum.topics.rules import Topic


async def approve(db: Database, topic: Topic, post: Post) -> None:
    """A held post is shown to everyone."""
    _require_state(post, State.HELD)
    await _show(db, topic, post)


async def return_to_author(db: Database, topic: Topic, post: Post) -> None:
    """A held post stays held until its author has revised it; then it is back in the queue. So does a hidden one after an
    appeal. Its topic stays as it was: under an opening that was hidden there are replies that everybody reads."""
    _require_state(post, State.HELD, State.HIDDEN)
    change = await queries.next_change(db, topic.id)
    await posts.set_state(db, post, State.HELD, change=change, returned_at=clock.now())
    await publish(db, PostChanged(topic.id, post.id, change))


async def hide(db: Database, topic: Topic, post: Post) -> None:
    """The words disappear; a tombstone with the rule stays in the thread."""
    _require_state(post, State.VISIBLE, State.HELD)
    await _change(db, topic, post, State.HIDDEN)


async def restore(db: Database, topic: Topic, post: Post) -> None:
    """A hidden post is shown again, as it was; or for the first time, if it was hidden while it was held."""
    _require_state(post, State.HIDDEN)
    await _show(db, topic, post)


async def dismiss(db: Database, topic: Topic, post: Post) -> None:
    """The reports were unfounded: nothing a reader sees changes, only the version."""
    await post_queries.count_act(db, post.id)


async def _show(db: Database, topic: Topic, post: Post) -> None:
    """The first time, it brings the topic up, gives its author standing and tells those whom it answers."""
    await _change(db, topic, post, State.VISIBLE)
    if post.shown_at is None:
        await accounts.count_approved(db, post.author_id)
        if not topic.proposed:
            await queries.bump(db, topic.id, clock.now(), opens=post.number == 1)
            await about_post(db, post.id)


async def _change(db: Database, topic: Topic, post: Post, state: State) -> None:
    change = await queries.next_change(db, topic.id)
    await posts.set_state(db, post, state, change=change)
    await publish(db, PostChanged(topic.id, post.id, change))
    await count_answer(db, post.id)
    await follow_opening(db, topic, post, state)


def _require_state(post: Post, *states: State) -> None:
    if post.state not in states:
        raise Conflict(_("この投稿の状態はもう変わっています。いまの内容を確かめてください。"))
