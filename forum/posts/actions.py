"""Writing posts and their revisions. The topic, which is locked first, hands out their places."""

from datetime import datetime

from forum import clock
from forum.access import Actor, require
from forum.accounts.queries import count_approved
from forum.accounts.queries.identity import names_among
from forum.calls import possible_names
from forum.db import Database
from forum.files import actions as files
from forum.markup import EDITION
from forum.posts.pictures import USED_BY
from forum.posts.queries import adding, masks, posts, revisions
from forum.posts.queries.adding import Place
from forum.posts.rendering import rendered
from forum.posts.rules import Draft, Post, Revision, State, can_look_under_masks, revision_hash


async def add(db: Database, actor: Actor, place: Place, draft: Draft, *, state: State) -> None:
    """Adds a post with its first revision."""
    assert actor.id is not None
    now, called = clock.now(), await names_called(db, draft.body)
    new = adding.NewPost(
        id=place.post_id,
        topic_id=place.topic_id,
        number=place.number,
        author_id=actor.id,
        state=state,
        change=place.change,
        reply_to_id=draft.reply_to_id,
        html=rendered(draft.body, (), called),
        edition=EDITION,
        raw=draft.body,
        called=called,
        author=actor.pseudonym,
        sha256=_hash(actor, place.post_id, 1, draft.body, now),
        now=now,
    )
    await adding.add(db, new)
    await files.use(db, actor, draft.body, USED_BY, place.post_id)
    # The first post of a resident whom the town knows; others have standing from the moderator who shows theirs.
    if state is State.VISIBLE and actor.verified and not actor.approved_posts:
        await count_approved(db, actor.id)


async def rewrite(db: Database, actor: Actor, post: Post, body: str, *, change: int) -> None:
    """The author's new words: always a new revision, never a change of an old one."""
    now, called, number = clock.now(), await names_called(db, body), post.revision_number + 1
    await revisions.add_revision(
        db,
        post_id=post.id,
        number=number,
        raw=body,
        called=called,
        author=actor.pseudonym,
        sha256=_hash(actor, post.id, number, body, now),
        now=now,
    )
    await files.use(db, actor, body, USED_BY, post.id)
    html = rendered(body, await masks.passages(db, post.id), called)
    await posts.set_words(db, post.id, html=html, edition=EDITION, change=change, now=now)


async def set_state(
    db: Database, post: Post, state: State, *, change: int, returned_at: datetime | None = None
) -> None:
    await posts.set_state(db, post.id, state=state, change=change, returned_at=returned_at, now=clock.now())


async def show_masked(db: Database, post: Post, passages: list[str], *, change: int) -> None:
    """What is published of the same words, from now on."""
    html = rendered(post.raw, passages, post.called)
    await masks.show(db, post.id, html=html, edition=EDITION, change=change)


async def look_under_masks(db: Database, actor: Actor, post: Post, reason: str) -> list[Revision]:
    """The words as they were written, for whoever may see them; the look is on record before they are shown."""
    async with db.transaction():
        require(can_look_under_masks(actor, post))
        assert actor.id is not None
        role = "author" if actor.wrote(post.author_id) else actor.role.value
        await masks.look(db, post_id=post.id, account_id=actor.id, role=role, reason=reason, now=clock.now())
        return await revisions.of_post(db, post.id)


async def names_called(db: Database, raw: str) -> list[str]:
    """The folded names that the text may call, of those that somebody has today."""
    possible = possible_names(raw)
    return await names_among(db, sorted(possible)) if possible else []


def _hash(actor: Actor, post_id: int, number: int, raw: str, now: datetime) -> str:
    return revision_hash(post_id=post_id, number=number, raw=raw, author=actor.pseudonym, created_at=now)
