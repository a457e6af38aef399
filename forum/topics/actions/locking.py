"""The first step of every act: lock the topic, then the post, then judge what is there."""

from forum.access import Actor
from forum.db import Database
from forum.errors import Conflict, NotFound
from forum.i18n import _
from forum.posts.queries import posts
from forum.posts.rules import Draft, Post, can_know_of
from forum.topics import queries
from forum.topics.rules import Topic, can_read_topic


async def topic_for(db: Database, actor: Actor, topic_id: int) -> Topic:
    """The locked topic. Raises NotFound where the actor may not know of it."""
    return _known(actor, await queries.locked(db, topic_id))


async def topic_for_reply(db: Database, actor: Actor, topic_id: int, draft: Draft) -> Topic:
    """The same of the topic to which the reply goes. What was begun where posts have left since is not lost: it follows the
    post that it answers, or the whole topic."""
    return _known(actor, await queries.locked_for_reply(db, topic_id, draft.reply_to_id))


def _known(actor: Actor, topic: Topic | None) -> Topic:
    if topic is None or not can_read_topic(actor, topic):
        raise NotFound
    return topic


async def post_for(db: Database, actor: Actor, post_id: int) -> tuple[Topic, Post]:
    """The locked topic and post. Raises NotFound where the actor may not know of them."""
    found = await locked_post(db, post_id)
    if found is None or not can_read_topic(actor, found[0]) or not can_know_of(actor, found[1]):
        raise NotFound
    return found


async def locked_post(db: Database, post_id: int) -> tuple[Topic, Post] | None:
    """The post with the topic in which it stands; again, if it was transferred while this waited for the topic."""
    while topic := await queries.locked_of_post(db, post_id):
        post = await posts.locked(db, post_id)
        if post is not None and post.topic_id == topic.id:
            return topic, post
    return None


def require_version(post: Post, version: int, *, yours: str | None = None) -> None:
    """Raises Conflict, with both texts, unless the post is still the one the person saw."""
    if post.version != version:
        raise Conflict(
            _("あなたが開いたあとに、この投稿は変わりました。いまの内容を確かめてください。"),
            theirs=post.shown if yours is None else post.raw,
            yours=yours,
        )
