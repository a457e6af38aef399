"""Finding opinions on the bench: by words, kind, board, and how they stand."""

from dataclasses import asdict, dataclass
from typing import Any

from forum.db import Database
from moderation.digests.queries.opinions import FROM, OPINION, STATE, Opinion
from moderation.digests.rules import UNREADABLE


@dataclass(frozen=True, slots=True)
class Search:
    """What a clerk looks for; empty fields ask for nothing. `standing`: undecided, set_aside, changed, or office, said
    by staff and moderators."""

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


# When the texts of a digest were last read.
READ_AT = """
(select coalesce(max(h.acted_at), d.created_at) from digests d
    left join digest_acts h on h.digest_id = d.id and h.act = 'retake' where d.id = :id group by d.created_at)
"""
MASKED = f"""
post_of(o) in (select m.post_id from masks m join decisions x on x.id = m.set_by
    where m.lifted_by is null and x.decided_at > {READ_AT})
"""
MOVED = f"p.id in (select unnest(f.posts) from transfers f where f.made_at > {READ_AT})"
# What became of the post since it was read, as far as nobody has dealt with it.
CHANGED = f"""
{STATE} <> 'visible' and o.disposition <> 'set_aside'
or {STATE} = 'visible' and (p.revision_id <> o.revision_id or o.set_aside_reason = any(:unreadable))
or {MASKED} or {MOVED}
"""
# Words and kinds of what may not be read (any more) are looked for in vain.
FOUND = f"""
where o.digest_id = :id and o.part = 'opinion'
    and ({STATE} = 'visible' or :standing = 'changed' and :words = '' and :kind = '')
    and (:words = '' or position(lower(:words) in lower(shown_words(o))) > 0)
    and (:kind = '' or o.kind = :kind) and (cast(:board as bigint) = 0 or t.board_id = :board)
    and case :standing when '' then true when 'changed' then ({CHANGED})
        when 'office' then a.role <> 'resident' else o.disposition = :standing end
"""


async def ids(db: Database, digest_id: int, search: Search) -> list[int]:
    """All of them, however many; a search that asks for nothing finds nothing."""
    if not search.asks:
        return []
    rows = await db.rows("select o.id " + FROM + FOUND + "order by o.id", **asked(digest_id, search))
    return [row["id"] for row in rows]


async def find(db: Database, digest_id: int, search: Search, limit: int) -> list[Opinion]:
    """Opinions that are all of this."""
    return await db.records(
        Opinion,
        OPINION + FOUND + "order by o.position, o.id limit :limit",
        **asked(digest_id, search),
        limit=limit,
    )


def asked(digest_id: int, search: Search) -> dict[str, Any]:
    return {"id": digest_id, "unreadable": list(UNREADABLE.values()), **asdict(search)}


async def masked_or_moved(db: Database, digest_id: int, ids: list[int]) -> dict[int, str]:
    """Of these opinions, those whose post was, since it was read."""
    rows = await db.rows(
        f"select o.id, case when {MASKED} then 'masked' when {MOVED} then 'moved' end as change {FROM} where o.id = any(:ids)",
        id=digest_id,
        ids=ids,
    )
    return {row["id"]: row["change"] for row in rows if row["change"]}


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
