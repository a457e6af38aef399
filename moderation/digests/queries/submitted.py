"""Opinions of posts that their authors made into submissions."""

from dataclasses import dataclass

from forum.db import Database
from moderation.digests.queries.opinions import FROM, STATE
from moderation.digests.queries.scope import SUBMITTED, TAKEN_IN
from moderation.digests.rules import HIDDEN


@dataclass(frozen=True, slots=True)
class Submitted:
    """An opinion of a submission whose post was hidden or masked, or is shown again."""

    id: int
    submission_id: int
    state: str
    # Set aside for that, until now.
    was_hidden: bool
    start_at: int
    end_at: int
    shown: str
    masked_by: list[int]
    named: str


async def followed(db: Database, stale: list[int]) -> list[Submitted]:
    """Those of these opinions that were not cut from a post."""
    return await db.records(
        Submitted,
        f"""
        select o.id, o.submission_id, {STATE} as state,
            coalesce(o.set_aside_reason = :hidden, false) as was_hidden, o.start_at, o.end_at, shown_words(o) as shown,
            masks_of(post_of(o)) as masked_by, named(post_of(o), masks_of(post_of(o)), s.sha256) as named
        {FROM}
        where o.id = any(:stale) and o.submission_id is not null order by o.id
        """,
        stale=stale,
        hidden=HIDDEN,
    )


@dataclass(frozen=True, slots=True)
class Resubmitted:
    """An opinion of a post that its author has made into a submission since, word for word."""

    id: int
    submission_id: int
    start_at: int
    end_at: int
    shown: str
    source_sha256: str
    masked_by: list[int]
    named: str


async def since(db: Database, digest_id: int) -> list[Resubmitted]:
    """As far as the submission is not here yet."""
    return await db.records(
        Resubmitted,
        f"""
        select o.id, first.id as submission_id, o.start_at, o.end_at, shown_words(o) as shown,
            first.sha256 as source_sha256, masks_of(p.id) as masked_by,
            named(p.id, masks_of(p.id), first.sha256) as named
        from opinions o join digests d on d.id = o.digest_id
            join posts p on p.revision_id = o.revision_id
            join lateral (select u.id, u.sha256 {SUBMITTED} order by u.id limit 1) first on true
        where o.digest_id = :id and not exists ({TAKEN_IN} and h.submission_id = first.id)
        order by o.id
        """,
        id=digest_id,
    )


async def resubmit(
    db: Database, opinion_id: int, *, submission_id: int, sha256: str, masked_by: list[int]
) -> None:
    """The same words in a submission, as they are shown now."""
    await db.run(
        """
        update opinions set revision_id = null, submission_id = :submission_id, sha256 = :sha256,
            masked_by = :masked_by
        where id = :id
        """,
        id=opinion_id,
        submission_id=submission_id,
        sha256=sha256,
        masked_by=masked_by,
    )
