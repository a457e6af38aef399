"""Those who submitted without an account, for mail: what is sealed is read here for its address alone."""

from forum.db import Database


async def one_for_each_stranger(db: Database, consultation_id: int) -> list[int]:
    """The newest submission of everybody who has no account here and may have left an address, with this one or another;
    nobody knows which of those without a name are one person's."""
    rows = await db.rows(
        """
        select max(id) as id from standing_submissions
        where consultation_id = :id and account_id is null and sealed is not null
        group by person_key, case when person_key is null then id end order by 1
        """,
        id=consultation_id,
    )
    return [row["id"] for row in rows]


async def sealed_of_person(db: Database, submission_id: int) -> list[bytes]:
    """The closed envelopes of one submission and, the newest first, of all others that the same name and address sent to its
    consultation without an account."""
    rows = await db.rows(
        """
        select s.sealed from submissions o join standing_submissions s
            on s.consultation_id = o.consultation_id and (s.id = o.id or s.person_key = o.person_key)
        where o.id = :id and s.account_id is null and s.sealed is not null order by s.id = o.id desc, s.id desc
        """,
        id=submission_id,
    )
    return [row["sealed"] for row in rows]
