"""What a moderator decides about a post, each time as an act of its own, as in the review queue."""

from collections.abc import Awaitable, Callable

from forum.access import Actor
from forum.db import Database
from forum.posts.rules import Post
from forum.topics.actions import judging
from forum.topics.actions.locking import post_for
from forum.topics.rules import Topic


def _act(
    step: Callable[[Database, Topic, Post], Awaitable[None]],
) -> Callable[[Database, Actor, int], Awaitable[None]]:
    async def act(db: Database, moderator: Actor, post_id: int) -> None:
        async with db.transaction():
            await step(db, *await post_for(db, moderator, post_id))

    return act


approve, return_to_author, hide, restore = map(
    _act, (judging.approve, judging.return_to_author, judging.hide, judging.restore)
)
