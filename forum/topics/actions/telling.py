"""Who hears of a post that has become visible: the author it answers, and those it quotes."""

from forum.db import Database
from forum.notifications.actions import tell
from forum.posts.queries import posts
from forum.posts.rules import quoted_posts
from forum.topics import queries

EXCERPT = 120


async def about_post(db: Database, topic_id: int, post_id: int) -> None:
    """Tells each person once: as answered rather than quoted, and never about their own post."""
    post, topic, shown = (
        await posts.post(db, post_id),
        await queries.topic(db, topic_id),
        await posts.view(db, post_id),
    )
    assert post is not None
    assert topic is not None
    assert shown is not None
    answered = [shown.reply_to_id] if shown.reply_to_id else []
    quoted = quoted_posts(post.raw)
    told = {post.author_id}
    if not answered and not quoted:
        return
    authors = {found[0]: found[1:] for found in await posts.authors(db, topic_id, answered + quoted)}
    for kind, ids in (("reply", answered), ("quote", quoted)):
        for number, author_id in (authors[i] for i in ids if i in authors):
            if author_id not in told:
                told.add(author_id)
                await tell(
                    db,
                    author_id,
                    kind,
                    f"/posts/{post_id}",
                    post=post_id,
                    by=shown.pen_name,
                    number=number,
                    topic=topic.title,
                    excerpt=post.shown[:EXCERPT],
                )
