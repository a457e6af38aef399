"""Opinions of posts that their authors made into submissions."""

from dataclasses import dataclass

from forum.db import Database
from moderation.digests.queries.opinions import FROM, STATE
from moderation.digests.queries.scope import SUBMITTED, TAKEN_IN


@dataclass(frozen=True, slots=True)
class Submitted:
    """An opinion of a submission whose post was hidden, or is shown again."""

    id: int
    submission_id: int
    state: str


async def followed(db: Database, stale: list[int]) -> list[Submitted]:
    """Those of these opinions that were not cut from a post."""
    return await db.records(
        Submitted,
        f"""
        select o.id, o.submission_id, {STATE} as state {FROM}
        where o.id = any(:stale) and o.submission_id is not null order by o.id
        """,
        stale=stale,
    )


@dataclass(frozen=True, slots=True)
class Resubmitted:
    """An opinion of a post that its author has made into a submission since, word for word."""

    id: int
    submission_id: int
    start_at: int
    end_at: int
    text: str
    source_sha256: str


async def since(db: Database, digest_id: int) -> list[Resubmitted]:
    """As far as the submission is not here yet."""
    return await db.records(
        Resubmitted,
        f"""
        select o.id, first.id as submission_id, o.start_at, o.end_at, o.text, first.sha256 as source_sha256
        from opinions o join digests d on d.id = o.digest_id
            join posts p on p.revision_id = o.revision_id
            join lateral (select u.id, u.sha256 {SUBMITTED} order by u.id limit 1) first on true
        where o.digest_id = :id and not exists ({TAKEN_IN} and h.submission_id = first.id)
        order by o.id
        """,
        id=digest_id,
    )


async def resubmit(db: Database, opinion_id: int, *, submission_id: int, sha256: str) -> None:
    """The same words in a submission."""
    await db.run(
        "update opinions set revision_id = null, submission_id = :submission_id, sha256 = :sha256 where id = :id",
        id=opinion_id,
        submission_id=submission_id,
        sha256=sha256,
    )
