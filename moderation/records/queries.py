"""What the room holds, counted and by hash. Everything here is public once it is published."""

from dataclasses import dataclass

from forum.db import Database


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of each kind of record there are, whether or not their words may be read."""

    topics: int
    posts: int
    revisions: int
    decisions: int
    submissions: int
    opinions: int
    digests: int
    answers: int
    consultations: int


async def counts(db: Database) -> Counts:
    """Opinions, digests, answers and consultations count once they are published."""
    found = await db.record(
        Counts,
        """
        select (select count(*) from topics) as topics,
            (select count(*) from posts) as posts,
            (select count(*) from revisions) as revisions,
            (select count(*) from decisions) as decisions,
            (select count(*) from submissions) as submissions,
            (select count(*) from opinions o join digests d on d.id = o.digest_id where d.state = 'published')
                as opinions,
            (select count(*) from digests where state = 'published') as digests,
            (select count(*) from answers) as answers,
            (select count(*) from consultations where state = 'published') as consultations
        """,
    )
    assert found is not None
    return found
