"""Following the markup: posts that an earlier edition of it has rendered, one by one, while people read and write."""

from forum.db import Database
from forum.events import PostChanged, publish
from forum.markup import EDITION
from forum.posts.queries import renderings
from forum.posts.queries.renderings import Words
from forum.posts.rendering import rendered
from forum.topics import queries


async def render_anew(db: Database) -> None:
    """Afterwards every post is of today's edition, and open pages have what looks otherwise now."""
    async for words in renderings.of_editions_before(db, EDITION):
        if words.html == rendered(words.raw, words.passages, words.called):
            await renderings.confirm(db, words, EDITION)
        else:
            await _replace(db, words)


async def _replace(db: Database, seen: Words) -> None:
    async with db.transaction():
        topic = await queries.locked(db, seen.topic_id)
        words = await renderings.words(db, seen.id)
        if topic is None or words is None or words.edition >= EDITION:
            return
        change = await queries.next_change(db, topic.id)
        html = rendered(words.raw, words.passages, words.called)
        await renderings.replace(db, words.id, html=html, edition=EDITION, change=change)
        await publish(db, PostChanged(topic.id, words.id, change))
