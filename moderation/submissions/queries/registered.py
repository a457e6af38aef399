"""What came before: an import is compared with it, so that nothing is registered twice."""

from collections import Counter

from forum.db import Database


async def known_refs(db: Database, consultation_id: int, refs: list[str]) -> set[str]:
    """Those of the numbers that this consultation already has."""
    rows = await db.rows(
        "select source_ref from submissions where consultation_id = :id and source_ref = any(:refs)",
        id=consultation_id,
        refs=refs,
    )
    return {row["source_ref"] for row in rows}


async def without_number(
    db: Database, consultation_id: int, bodies: list[str]
) -> Counter[tuple[str, bytes | None]]:
    """How often each of these texts is there from the same person without a number of the office; also what was taken back."""
    rows = await db.rows(
        """
        select body, person_key, count(*) as times from submissions
        where consultation_id = :id and source_ref is null and body = any(:bodies) group by body, person_key
        """,
        id=consultation_id,
        bodies=bodies,
    )
    return Counter({(row["body"], row["person_key"]): row["times"] for row in rows})
