"""Recent posts that a text may be a copy of."""

from dataclasses import dataclass

from forum.db import Database
from forum.posts.rules import kept_title


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A post as it is compared."""

    id: int
    number: int
    topic_title: str
    topic_state: str
    pen_name: str
    raw: str

    @property
    def title(self) -> str:
        return kept_title(self.topic_state, self.topic_title)


async def recent(db: Database, post_id: int, board_id: int, limit: int) -> list[Neighbour]:
    """The newest posts that every moderator of this board may read: visible ones of open boards, and this board's own."""
    return await db.records(
        Neighbour,
        """
        select p.id, p.number, t.title as topic_title, t.state as topic_state, a.pen_name, r.raw
        from posts p
            join topics t on t.id = p.topic_id
            join boards b on b.id = t.board_id
            join accounts a on a.id = p.author_id
            join revisions r on r.id = p.revision_id
        where p.id <> :post_id and (
            (t.board_id = :board_id and p.state <> 'withdrawn')
            or (b.kind <> 'staff' and p.state = 'visible' and t.state = 'visible')
        )
        order by p.id desc limit :limit
        """,
        post_id=post_id,
        board_id=board_id,
        limit=limit,
    )
