"""`spellings`: how words are spelt here, and up to where that was read."""

from dataclasses import dataclass

from forum.db import Database


@dataclass(frozen=True, slots=True)
class Written:
    """What a post says since a revision of it, and the title if it opens a topic."""

    id: int
    words: str


async def revisions_to_read(db: Database, limit: int) -> list[Written]:
    """The next ones in the order in which they were written, as long as they are what their post says. Locks the place."""
    return await db.records(
        Written,
        """
        with place as materialized (select revision_id from spellings_read for update)
        select r.id, concat_ws(' ', case when p.number = 1 then t.words end, p.words) as words
        from place, revisions r join posts p on p.revision_id = r.id join topics t on t.id = p.topic_id
        where r.id > place.revision_id order by r.id limit :limit
        """,
        limit=limit,
    )


async def read_up_to(db: Database, revision_id: int) -> None:
    await db.run("update spellings_read set revision_id = :id", id=revision_id)


async def add_spellings(db: Database, spellings: list[tuple[str, str]]) -> None:
    """Keys, each with a spelling of it; known ones stay."""
    await db.run(
        """
        insert into spellings (key, spelling)
        select * from unnest(cast(:keys as text[]), cast(:spellings as text[])) on conflict do nothing
        """,
        keys=[key for key, _ in spellings],
        spellings=[spelling for _, spelling in spellings],
    )
