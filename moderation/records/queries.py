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


async def contradictions(db: Database) -> list[str]:
    """One line for every record that says it is published while another says it is not."""
    rows = await db.rows(
        """
        select format('digest %s: is %s, with the hash %s', id, state, sha256) as line from digests
        where (state = 'published') <> (sha256 is not null)
        union all
        select format('consultation %s: is %s, with the hash %s', id, state, sha256) from consultations
        where (state = 'published') <> (sha256 is not null)
        union all
        select format('digest %s: is %s, and its consultation %s', d.id, d.state, coalesce(c.state, 'gone'))
        from digests d left join consultations c on c.id = d.consultation_id
        where d.consultation_id is not null
            and (d.state = 'published') is distinct from (c.state = 'published')
        union all
        select format('opinion %s: its group is gone', o.id)
        from opinions o left join opinion_groups g on g.id = o.group_id and g.digest_id = o.digest_id
        where o.group_id is not null and g.id is null
        order by line
        """
    )
    return [row["line"] for row in rows]
