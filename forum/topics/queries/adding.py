"""New topics, and places for new posts."""

from datetime import datetime

from forum.db import Database
from forum.posts.queries.adding import NEXT_ID, Place
from forum.topics.rules import Opening


async def add(
    db: Database, *, board_id: int, author_id: int, title: str, state: str, proposed: bool, now: datetime
) -> Place:
    """A new topic, with the place of its opening post."""
    place = await db.record(
        Place,
        f"""
        insert into topics (board_id, author_id, title, state, changes, head_change, last_number, created_at,
            bumped_at, proposed)
        values (:board_id, :author_id, :title, :state, 1, 1, 1, :now, :now, :proposed)
        returning id as topic_id, {NEXT_ID} as post_id, last_number as number, changes as change
        """,
        board_id=board_id,
        author_id=author_id,
        title=title,
        state=state,
        proposed=proposed,
        now=now,
    )
    assert place is not None
    return place


async def started_already(
    db: Database, board_id: int, author_id: int, opening: Opening, since: datetime, *, as_theme: bool = False
) -> tuple[int, int] | None:
    """The last post of the author and its topic, if it opened that very one, or proposed it as a theme."""
    row = await db.row(
        """
        select p.topic_id, p.id from (select * from posts where author_id = :author_id order by id desc limit 1) p
            join revisions r on r.id = p.revision_id join topics t on t.id = p.topic_id
        where t.board_id = :board_id and p.number = 1 and p.state in ('visible', 'held')
            and exists (select from theme_proposals where topic_id = t.id) = :as_theme
            and p.created_at > :since and r.raw = :body and t.title = :title
        """,
        board_id=board_id,
        author_id=author_id,
        title=opening.title,
        body=opening.body,
        since=since,
        as_theme=as_theme,
    )
    return None if row is None else (row["topic_id"], row["id"])


async def next_post(db: Database, topic_id: int, *, bumped_at: datetime | None) -> Place:
    """The place of the next post; a visible one brings the topic up."""
    place = await db.record(
        Place,
        f"""
        update topics set changes = changes + 1, last_number = last_number + 1,
            bumped_at = coalesce(:bumped_at, bumped_at)
        where id = :id returning id as topic_id, {NEXT_ID} as post_id, last_number as number, changes as change
        """,
        id=topic_id,
        bumped_at=bumped_at,
    )
    assert place is not None
    return place
