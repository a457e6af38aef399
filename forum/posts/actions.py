"""Writing posts and their revisions. The topic, which is locked first, hands out numbers and changes."""

from datetime import datetime

from forum import clock
from forum.access import Actor
from forum.db import Database
from forum.markup import to_html
from forum.posts.queries import posts, revisions
from forum.posts.rules import Draft, Post, State, revision_hash


async def add(
    db: Database, actor: Actor, topic_id: int, draft: Draft, *, number: int, change: int, state: State
) -> int:
    """Adds a post with its first revision; its id."""
    assert actor.id is not None
    now = clock.now()
    post_id = await posts.add(
        db,
        topic_id=topic_id,
        number=number,
        author_id=actor.id,
        state=state,
        change=change,
        reply_to_id=draft.reply_to_id,
        html=to_html(draft.body),
        now=now,
    )
    await _revise(db, actor, post_id, 1, draft.body, now)
    return post_id


async def rewrite(db: Database, actor: Actor, post: Post, body: str, *, change: int) -> None:
    """The author's new words: always a new revision, never a change of an old one."""
    now = clock.now()
    await posts.set_words(db, post.id, html=to_html(body), change=change, now=now)
    await _revise(db, actor, post.id, post.revision_number + 1, body, now)


async def set_state(
    db: Database, post: Post, state: State, *, change: int, returned_at: datetime | None = None
) -> None:
    await posts.set_state(db, post.id, state=state, change=change, returned_at=returned_at, now=clock.now())


async def _revise(db: Database, actor: Actor, post_id: int, number: int, raw: str, now: datetime) -> None:
    sha256 = revision_hash(post_id=post_id, number=number, raw=raw, author=actor.pseudonym, created_at=now)
    await revisions.add_revision(
        db, post_id=post_id, number=number, raw=raw, author=actor.pseudonym, sha256=sha256, now=now
    )
