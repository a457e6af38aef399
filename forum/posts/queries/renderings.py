"""What the markup made of the words of posts, and which edition of it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from forum.db import Database


@dataclass(frozen=True, slots=True)
class Words:
    """What the author of a post typed, and what its readers see."""

    id: int
    topic_id: int
    change: int
    raw: str
    # What of it is masked.
    passages: list[str]
    # Whom it calls without brackets.
    called: list[str]
    html: str
    # Of the markup that made this of it; 0: nobody said.
    edition: int


WORDS = """
select p.id, p.topic_id, p.change, r.raw, array(
    select substr(o.raw, m.start_at + 1, greatest(m.end_at - m.start_at, 0)) from masks m
    join revisions o on o.id = m.revision_id where m.post_id = p.id and m.lifted_by is null
) as passages, r.called, p.html, p.edition from posts p join revisions r on r.id = p.revision_id
"""


async def words(db: Database, post_id: int) -> Words | None:
    """The current ones."""
    return await db.record(Words, WORDS + "where p.id = :id", id=post_id)


def every(db: Database) -> AsyncIterator[Words]:
    return db.each(Words, WORDS + "where p.id > :after order by p.id limit :batch")


def of_editions_before(db: Database, edition: int) -> AsyncIterator[Words]:
    # A number of our own: `each` asks for two values and no more.
    earlier = f"where p.edition < {edition:d} and p.id > :after order by p.id limit :batch"
    return db.each(Words, WORDS + earlier, batch=100)


async def count_of_editions_before(db: Database, edition: int) -> int:
    number: int = await db.value("select count(*) from posts where edition < :edition", edition=edition)
    return number


async def confirm(db: Database, words: Words, edition: int) -> None:
    """This edition makes the same, unless the post changed meanwhile."""
    await db.run(
        "update posts set edition = :edition where id = :id and change = :change",
        id=words.id,
        change=words.change,
        edition=edition,
    )


async def replace(db: Database, post_id: int, *, html: str, edition: int, change: int) -> None:
    """The same words look otherwise: nobody did anything to the post."""
    await db.run(
        "update posts set html = :html, edition = :edition, change = :change where id = :id",
        id=post_id,
        html=html,
        edition=edition,
        change=change,
    )
