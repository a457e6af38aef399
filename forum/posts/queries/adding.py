"""Posts that are new, with their first revision."""

from dataclasses import asdict, dataclass
from datetime import datetime

from forum.db import Database

# The id of a post that is yet to be written: the hash of its words holds it.
NEXT_ID = "nextval(pg_get_serial_sequence('posts', 'id'))"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a post stands, and the number of its last change."""

    topic_id: int
    post_id: int
    number: int
    change: int


@dataclass(frozen=True, slots=True)
class NewPost:
    """A post that nobody has seen yet, and the first words in it."""

    id: int
    topic_id: int
    number: int
    author_id: int
    state: str
    change: int
    reply_to_id: int | None
    html: str
    edition: int
    raw: str
    called: list[str]
    author: str
    sha256: str
    now: datetime


async def add(db: Database, post: NewPost) -> None:
    """Writes the post and its first revision, each of which names the other."""
    await db.run(
        """
        with new as (
            insert into posts (id, topic_id, number, author_id, state, change, reply_to_id, html, edition, created_at,
                shown_at, revision_id)
            overriding system value
            values (:id, :topic_id, :number, :author_id, :state, :change,
                (select id from posts where id = cast(:reply_to_id as bigint) and topic_id = :topic_id),
                :html, :edition, cast(:now as timestamptz),
                case when :state = 'visible' then cast(:now as timestamptz) end,
                nextval(pg_get_serial_sequence('revisions', 'id')))
            returning id, revision_id
        )
        insert into revisions (id, post_id, number, raw, called, author, sha256, created_at)
        overriding system value
        select revision_id, id, 1, :raw, :called, :author, :sha256, :now from new
        """,
        **asdict(post),
    )
