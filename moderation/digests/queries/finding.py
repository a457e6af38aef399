"""Finding opinions on the bench: by words, kind, board, and how they stand."""

from dataclasses import asdict, dataclass

from forum.db import Database
from moderation.digests.queries.opinions import FROM, OPINION, Opinion


@dataclass(frozen=True, slots=True)
class Search:
    """What a clerk looks for; empty fields ask for nothing. `standing`: undecided, set_aside or changed."""

    words: str = ""
    kind: str = ""
    board: int = 0
    standing: str = ""

    @property
    def asks(self) -> bool:
        return any(asdict(self).values())


@dataclass(frozen=True, slots=True)
class BoardName:
    id: int
    name: str
    name_en: str


FOUND = """
where o.digest_id = :id and coalesce(p.state, 'visible') = 'visible' and o.part = 'opinion'
    and (:words = '' or position(lower(:words) in lower(shown_words(o))) > 0)
    and (:kind = '' or o.kind = :kind) and (:board = 0 or t.board_id = :board)
    and case :standing when '' then true when 'changed' then p.revision_id <> o.revision_id
        else o.disposition = :standing end
"""


async def ids(db: Database, digest_id: int, search: Search) -> list[int]:
    """All of them, however many; a search that asks for nothing finds nothing."""
    if not search.asks:
        return []
    rows = await db.rows("select o.id " + FROM + FOUND + "order by o.id", id=digest_id, **asdict(search))
    return [row["id"] for row in rows]


async def find(db: Database, digest_id: int, search: Search, limit: int) -> list[Opinion]:
    """Readable opinions that are all of this."""
    return await db.records(
        Opinion,
        OPINION + FOUND + "order by o.position, o.id limit :limit",
        id=digest_id,
        **asdict(search),
        limit=limit,
    )


async def boards(db: Database, digest_id: int) -> list[BoardName]:
    """The boards on which the opinions of a digest were said."""
    return await db.records(
        BoardName,
        """
        select b.id, b.name, b.name_en from boards b where b.id in (
            select t.board_id from opinions o join revisions r on r.id = o.revision_id
                join posts p on p.id = r.post_id join topics t on t.id = p.topic_id where o.digest_id = :id)
        order by b.position, b.id
        """,
        id=digest_id,
    )
