"""What came in for a consultation, and where its digest put it."""

from dataclasses import dataclass
from datetime import datetime

from forum.db import Database
from moderation.digests.counting import heads
from moderation.digests.queries.groups import LOST, LOST_OF_GROUP, Named
from moderation.digests.queries.opinions import COPY, STATE, SUBMITTED


@dataclass(frozen=True, slots=True)
class Arrival:
    """The submissions that came one way. `unnamed` of them bear no name, `late` came after the period."""

    channel: str
    texts: int
    people: int
    unnamed: int
    late: int

    @property
    def heads(self) -> str:
        return heads(self.people, self.unnamed)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRow(Named):
    plan_heading: str | None
    plan_position: int | None


@dataclass(frozen=True, slots=True)
class OpinionRow:
    """An opinion as it was said; the person appears as a key that tells people apart. `text` is None where its words may not
    be read (any more)."""

    id: int
    group_id: int | None
    text: str | None
    sha256: str
    start_at: int
    end_at: int
    part: str
    disposition: str
    reason: str
    submission_id: int | None
    revision_id: int | None
    receipt: str | None
    channel: str | None
    post_id: int | None
    post_number: int | None
    topic_id: int | None
    topic_title: str | None
    revision_number: int | None
    # A forum post that may be read now, or a submission that was made from no other.
    readable: bool
    state: str
    source_sha256: str | None
    received_at: datetime
    account_id: int | None
    person_key: bytes | None
    # The earlier opinion whose words it has, and whether all of them or nearly.
    copy_of: int | None
    copy: str | None
    # Of a submission that came after the period: whether it is considered.
    late_considered: bool | None
    # Groups that answer it besides its own, as far as they are still there.
    further: list[int]
    # Something that came with its submission is to be seen by everybody.
    has_files: bool
    # Of what its submission speaks.
    plan_version: int | None
    plan_position: int | None
    passage: int | None
    about_sha256: str | None


# Also a reply under an opening that was hidden: the room shows it, too.
READABLE = f"({STATE} = 'visible' and coalesce(b.kind <> 'staff', true))"
# `h` is what was submitted here: what came with the digest of another consultation speaks of no part of this plan.
OPINION = f"""
select o.id, o.group_id, case when {READABLE} then shown_words(o) end as text,
    o.sha256, o.start_at, o.end_at, o.part, o.disposition,
    coalesce(o.set_aside_reason, '') as reason, o.submission_id, o.revision_id, s.receipt,
    case when s.consultation_id <> d.consultation_id then 'elsewhere' else s.channel end as channel,
    p.id as post_id, p.number as post_number, p.topic_id, t.title as topic_title, r.number as revision_number,
    {READABLE} as readable, {STATE} as state,
    case when o.masked_by = masks_of(post_of(o)) then
        named(post_of(o), o.masked_by, coalesce(s.sha256, r.sha256)) end as source_sha256,
    coalesce(s.received_at, r.created_at) as received_at,
    coalesce(s.account_id, p.author_id) as account_id, s.person_key, o.copy_of,
    {COPY} as copy, l.considered as late_considered,
    array(select f.group_id from further_answers f where f.opinion_id = o.id order by f.group_id) as further,
    exists (select from submission_files a where a.submission_id = o.submission_id and a.published_at is not null)
        as has_files,
    n.plan_version, c.position as plan_position, n.passage, n.sha256 as about_sha256
from opinions o join digests d on d.id = o.digest_id
    left join submissions s on s.id = o.submission_id
    left join submissions h on h.id = s.id and h.consultation_id = d.consultation_id
    left join late_submissions l on l.submission_id = h.id
    left join submission_passages n on n.submission_id = h.id
    left join plan_sections c on c.id = h.plan_section_id
    left join revisions r on r.id = o.revision_id
    left join posts p on p.id = r.post_id
    left join topics t on t.id = p.topic_id
    left join boards b on b.id = t.board_id
    {SUBMITTED}"""


async def arrivals(db: Database, consultation_id: int) -> list[Arrival]:
    """Submissions and people by channel: a name and address count once in each."""
    return await db.records(
        Arrival,
        """
        select channel, count(*) as texts, count(distinct person_key) as people,
            count(*) filter (where person_key is null) as unnamed, count(l.submission_id) as late
        from standing_submissions s left join late_submissions l on l.submission_id = s.id
        where consultation_id = :id group by channel
        """,
        id=consultation_id,
    )


async def groups(db: Database, digest_id: int) -> list[GroupRow]:
    """The groups in order, each with the section of the plan it is about: the one given, or the one most named."""
    return await db.records(
        GroupRow,
        f"""
        {LOST}
        select g.id, g.position, g.title, g.summary, p.id as plan_section_id, p.heading as plan_heading,
            p.position as plan_position, g.theme, {LOST_OF_GROUP}
        from opinion_groups g
            left join lateral (
                select mode() within group (order by s.plan_section_id) as id
                from opinions o join submissions s on s.id = o.submission_id
                    join digests d on d.id = o.digest_id and d.consultation_id = s.consultation_id
                where o.group_id = g.id
            ) named on true
            left join plan_sections p on p.id = coalesce(g.plan_section_id, named.id)
        where g.digest_id = :id order by g.position, g.id
        """,
        id=digest_id,
    )


async def opinions(db: Database, digest_id: int) -> list[OpinionRow]:
    """Every opinion of the digest, in each group those quoted first, as the digest itself orders them."""
    return await db.records(
        OpinionRow,
        OPINION + " where o.digest_id = :id order by o.representative desc, o.position, o.id",
        id=digest_id,
    )
