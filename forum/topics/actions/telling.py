"""Who hears of a post that has become visible: the author it answers, those it quotes or calls by name, and those who
watch its topic."""

from dataclasses import dataclass

from forum.boards.rules import Kind
from forum.calls import possible_names
from forum.db import Database
from forum.following import queries as following
from forum.following.rules import Level
from forum.jobs import enqueue
from forum.notifications.actions import tell, tell_more
from forum.pictures import spoken
from forum.posts.calling import called_names, own_words, quoted_posts
from forum.posts.queries import posts, standing
from forum.posts.rules import Draft, Post, State

EXCERPT = 120


@dataclass(frozen=True, slots=True)
class Addressee:
    """Somebody whom a post answers, quotes or calls, and the number of their own post; 0: of none."""

    account_id: int
    kind: str
    number: int


async def about_post(db: Database, post_id: int) -> None:
    """Tells each person once: as answered rather than quoted, as quoted rather than called, and never about their own
    post. Those who watch hear of it soon after: however many they are, nobody waits for that."""
    post = await posts.post(db, post_id)
    assert post is not None
    await _tell(db, post, await _addressees(db, post))
    await _tell_watchers(db, post_id)


async def about_new_post(db: Database, post_id: int, draft: Draft) -> None:
    """The same of one that was visible at once. What speaks to nobody need not be looked up."""
    if draft.reply_to_id or quoted_posts(draft.body) or possible_names(draft.body):
        await about_post(db, post_id)
    else:
        await _tell_watchers(db, post_id)


async def _tell_watchers(db: Database, post_id: int) -> None:
    await enqueue(db, "tell_watchers", {"post_id": post_id})


async def about_edit(db: Database, before: Post) -> None:
    """Tells those to whom the post speaks now and did not before."""
    post = await posts.post(db, before.id)
    assert post is not None
    if people := await _addressees(db, post):
        told = {person.account_id for person in await _addressees(db, before)}
        await _tell(db, post, [person for person in people if person.account_id not in told])


async def about_post_to_watchers(db: Database, post_id: int) -> None:
    """Tells those who watch the topic or its board, unless they wrote the post or were told that it speaks to them."""
    post = await posts.post(db, post_id)
    if post is None or post.state != State.VISIBLE:
        return
    pen_name, title = await standing.names(db, post_id)
    async with db.transaction():
        # Two at once would begin two notices for the same person, and wait for each other when both are counted up.
        await following.take_turn(db, post.topic_id)
        told = {post.author_id} | {person.account_id for person in await _addressees(db, post)}
        staff_only = post.board_kind == Kind.STAFF
        found = await following.followers(db, post.topic_id, post.board_id, staff_only=staff_only)
        watchers = {one.account_id for one in found if one.level is Level.WATCH} - told
        if watchers:
            await tell_more(
                db,
                sorted(watchers),
                "posted",
                f"/posts/{post_id}",
                about=post.topic_id,
                post=post_id,
                by=pen_name,
                topic=title,
                excerpt=_excerpt(post),
            )


async def _tell(db: Database, post: Post, people: list[Addressee]) -> None:
    if not people:
        return
    pen_name, title = await standing.names(db, post.id)
    for person in people:
        await tell(
            db,
            person.account_id,
            person.kind,
            f"/posts/{post.id}",
            post=post.id,
            by=pen_name,
            number=person.number,
            topic=title,
            excerpt=_excerpt(post),
        )


def _excerpt(post: Post) -> str:
    """What the author says, rather than what they quote."""
    return spoken(own_words(post.shown) or post.shown)[:EXCERPT]


async def _addressees(db: Database, post: Post) -> list[Addressee]:
    """Each once, in the first of their parts, without the author and those who muted the topic."""
    answered = [post.reply_to_id] if post.reply_to_id else []
    quoted, names = quoted_posts(post.raw), called_names(post.shown, post.called)
    if not answered and not quoted and not names:
        return []
    authors = {found[0]: found[1:] for found in await standing.authors(db, post.topic_id, answered + quoted)}
    called = await following.called(db, names, staff_only=post.board_kind == Kind.STAFF) if names else []
    people = [
        *(Addressee(authors[i][1], "reply", authors[i][0]) for i in answered if i in authors),
        *(Addressee(authors[i][1], "quote", authors[i][0]) for i in quoted if i in authors),
        *(Addressee(account_id, "mention", 0) for account_id in called),
    ]
    told = {post.author_id} | await following.muting(
        db, post.topic_id, post.board_id, [person.account_id for person in people]
    )
    first: dict[int, Addressee] = {}
    for person in people:
        first.setdefault(person.account_id, person)
    return [person for person in first.values() if person.account_id not in told]
