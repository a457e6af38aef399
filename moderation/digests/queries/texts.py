"""The texts that a digest reads: visible posts in their newest words, submissions, opinions of other digests."""

from dataclasses import dataclass

from forum.db import Database
from moderation.digests.queries.opinions import STATE
from moderation.digests.queries.scope import POSTS_IN_SCOPE, SUBMITTED, TAKEN_IN


@dataclass(frozen=True, slots=True)
class Text:
    """Something said: a post's current revision, or a submission."""

    post_id: int | None
    revision_id: int | None
    submission_id: int | None
    plan_section_id: int | None
    words: str
    # The same with ■ where a part is masked, letter for letter.
    shown: str
    sha256: str
    # The masks that cover a part of it, and what names it in the hashes of its opinions.
    masked_by: list[int]
    named: str
    # Why it is not considered, if it came too late for that.
    too_late: str | None = None
    # Said before the period, and in no digest.
    behind: bool = False
    # Of a submission: 'hidden' where moderators took the post down that was submitted.
    state: str = "visible"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """An opinion of a published digest, to be taken into another."""

    post_id: int | None
    revision_id: int | None
    submission_id: int | None
    plan_section_id: int | None
    start_at: int
    end_at: int
    text: str
    shown: str
    masked_by: list[int]
    named: str
    kind: str | None
    evidence: str
    group_id: int | None
    representative: bool


@dataclass(frozen=True, slots=True)
class Changed:
    """A post whose opinions are no longer those of its current words."""

    post_id: int
    state: str
    revision_id: int
    words: str
    shown: str
    sha256: str
    masked_by: list[int]
    named: str


async def count(db: Database, digest_id: int) -> int:
    """How many texts there are to read."""
    number: int = await db.value(
        f"""
        select (select count(*) from ({POSTS_IN_SCOPE}) posts)
            + (select count(*) from standing_submissions s join digests d on d.consultation_id = s.consultation_id
                where d.id = :id)
            + (select count(*) from digest_sources s join opinions o on o.digest_id = s.from_digest_id
                where s.digest_id = :id)
        """,
        id=digest_id,
    )
    return number


async def not_taken_in(db: Database, digest_id: int) -> list[Text]:
    """The texts in scope of which no opinion was taken in yet: in the beginning all of them, oldest first."""
    return await db.records(
        Text,
        f"""
        select post_id, revision_id, submission_id, plan_section_id, words, shown, sha256, too_late,
            behind, state, masks_of(source) as masked_by, named(source, masks_of(source), sha256) as named from (
            select p.id as post_id, r.id as revision_id, null as submission_id, null as plan_section_id,
                r.raw as words, masked(p.id, r.raw) as shown, r.sha256, null as too_late,
                p.created_at < d.starts_at as behind, p.state, p.created_at as said_at, p.id as source
            from digests d, posts p join revisions r on r.id = p.revision_id
            where d.id = :id and p.id in ({POSTS_IN_SCOPE}) and not exists ({TAKEN_IN} and x.post_id = p.id)
            union all
            select null, null, s.id, s.plan_section_id, s.body, masked(w.post_id, s.body), s.sha256,
                l.reason, false, case when is_hidden(w.post_id) then 'hidden' else 'visible' end, s.received_at,
                w.post_id
            from standing_submissions s join digests d on d.consultation_id = s.consultation_id
                left join revisions w on w.id = s.revision_id
                left join late_submissions l on l.submission_id = s.id and not l.considered
            where d.id = :id and not exists ({TAKEN_IN} and h.submission_id = s.id)
        ) texts
        order by said_at, post_id, submission_id
        """,
        id=digest_id,
    )


async def missing(db: Database, digest_id: int) -> list[tuple[str, int]]:
    """The same texts by name only, as the ledger asks for them."""
    rows = await db.rows(
        f"""
        select 'post' as kind, id from ({POSTS_IN_SCOPE}) p where not exists ({TAKEN_IN} and x.post_id = p.id)
        union all
        select 'submission', s.id from standing_submissions s join digests d on d.consultation_id = s.consultation_id
        where d.id = :id and not exists ({TAKEN_IN} and h.submission_id = s.id)
        order by 1, 2
        """,
        id=digest_id,
    )
    return [(row["kind"], row["id"]) for row in rows]


@dataclass(frozen=True, slots=True)
class Named:
    """A text by what staff call it."""

    post_id: int | None
    post_number: int | None
    topic_title: str | None
    topic_state: str | None
    consultation_id: int | None
    receipt: str | None


async def named(db: Database, posts: list[int], submissions: list[int]) -> list[Named]:
    return await db.records(
        Named,
        """
        select p.id as post_id, p.number as post_number, t.title as topic_title, t.state as topic_state,
            null as consultation_id, null as receipt
        from posts p join topics t on t.id = p.topic_id where p.id = any(:posts)
        union all
        select null, null, null, null, consultation_id, receipt from submissions where id = any(:submissions)
        order by post_id, receipt
        """,
        posts=posts,
        submissions=submissions,
    )


async def excerpts(db: Database, digest_id: int) -> list[Excerpt]:
    """What the digests among the sources quote or set aside, as far as it can be read and is not here yet; a text in several
    of them as the newest cut it."""
    return await db.records(
        Excerpt,
        f"""
        with newest as (
            select distinct on (text) coalesce(-o.submission_id, r.post_id) as text, o.digest_id
            from digest_sources s join digests f on f.id = s.from_digest_id
                join opinions o on o.digest_id = f.id and o.part = 'opinion'
                left join revisions r on r.id = o.revision_id
            where s.digest_id = :id order by text, f.published_at desc, f.id desc
        )
        select r.post_id, o.revision_id, o.submission_id,
            case when b.consultation_id = d.consultation_id then b.plan_section_id end as plan_section_id,
            o.start_at, o.end_at, o.text, shown_words(o) as shown, masks_of(post_of(o)) as masked_by,
            named(post_of(o), masks_of(post_of(o)), coalesce(r.sha256, b.sha256)) as named,
            o.kind, o.evidence, o.group_id, o.representative
        from newest n join digests d on d.id = :id
            join opinions o on o.digest_id = n.digest_id and o.part = 'opinion'
            left join submissions b on b.id = o.submission_id
            left join revisions r on r.id = o.revision_id
            left join posts p on p.id = r.post_id
            left join revisions w on w.id = b.revision_id left join posts u on u.id = w.post_id
        where coalesce(-o.submission_id, r.post_id) = n.text and {STATE} = 'visible'
            and not exists ({TAKEN_IN} and (x.post_id = r.post_id or h.submission_id = o.submission_id))
            and not exists (select {SUBMITTED})
        order by n.text, o.start_at, o.id
        """,
        id=digest_id,
    )


async def changed(db: Database, digest_id: int, stale: list[int]) -> list[Changed]:
    """The posts behind these opinions as they are now."""
    return await db.records(
        Changed,
        """
        select distinct p.id as post_id, p.state, c.id as revision_id, c.raw as words, masked(p.id, c.raw) as shown,
            c.sha256, masks_of(p.id) as masked_by, named(p.id, masks_of(p.id), c.sha256) as named
        from opinions o join revisions r on r.id = o.revision_id
            join posts p on p.id = r.post_id join revisions c on c.id = p.revision_id
        where o.digest_id = :id and o.id = any(:stale) order by p.id
        """,
        id=digest_id,
        stale=stale,
    )


async def headings(db: Database, digest_id: int) -> dict[int, str]:
    """The sections of the plan that the digest's consultation is about."""
    rows = await db.rows(
        """
        select p.id, p.heading from plan_sections p join digests d on d.consultation_id = p.consultation_id
        where d.id = :id order by p.position
        """,
        id=digest_id,
    )
    return {row["id"]: row["heading"] for row in rows}


async def plan(db: Database, digest_id: int) -> list[tuple[str, str]]:
    """The same sections to be read beside the opinions: headings and words."""
    rows = await db.rows(
        """
        select p.heading, p.body from plan_sections p join digests d on d.consultation_id = p.consultation_id
        where d.id = :id order by p.position
        """,
        id=digest_id,
    )
    return [(row["heading"], row["body"]) for row in rows]
