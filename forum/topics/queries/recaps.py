"""The summary at the head of a topic."""

from forum.db import Database
from forum.posts.queries import posts
from forum.posts.rules import PostView, State
from forum.topics.heads import TopicHead
from forum.topics.recapping import with_citations


async def recap_of(db: Database, topic: TopicHead) -> PostView | None:
    """As everybody may read it, with links to the posts that it names."""
    found = await posts.view(db, topic.recap_id) if topic.recap_id else None
    return with_citations(found) if found and found.state == State.VISIBLE else None
