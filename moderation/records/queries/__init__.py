"""What the room holds, counted and by hash. Everything here is public once it is published."""

from dataclasses import dataclass

from forum.db import Database, columns
from forum.posts.rules import Revision
from moderation.records.rules import CitedOpinion, GivenAnswer, Kind, Match, Newest, Strand


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of each kind of record there are, whether or not their words may be read."""

    topics: int
    posts: int
    revisions: int
    decisions: int
    submissions: int
    opinions: int
    # Opinions with the words of an earlier one of their digest, or nearly.
    copies: int
    digests: int
    answers: int
    consultations: int
    looks: int
    polls: int


async def counts(db: Database) -> Counts:
    """Opinions, digests and consultations count once they are published; of answers every version, from when it is written."""
    found = await db.record(
        Counts,
        """
        select (select count(*) from topics) as topics,
            (select count(*) from posts) as posts,
            (select count(*) from revisions) as revisions,
            (select count(*) from decisions) as decisions,
            (select count(*) from submissions) as submissions,
            (select count(*) from opinions o join digests d on d.id = o.digest_id
                where d.state = 'published' and o.part = 'opinion') as opinions,
            (select count(*) from opinions o join digests d on d.id = o.digest_id
                where d.state = 'published' and o.part = 'opinion' and o.copy_of is not null) as copies,
            (select count(*) from digests where state = 'published') as digests,
            (select count(*) from answers) as answers,
            (select count(*) from consultations where state = 'published') as consultations,
            (select count(*) from submitter_looks) as looks,
            (select count(*) from poll_results) as polls
        """,
    )
    assert found is not None
    return found


async def contradictions(db: Database) -> list[str]:
    """One line for every record that says it is published while another says it is not.

    A digest may be published before the result of its consultation; never a result before its digest."""
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
        where d.consultation_id is not null and (c.id is null or c.state = 'published' and d.state <> 'published')
        union all
        select format('consultation %s: was published at %s, and is %s', id, published_at, state) from consultations
        where (state = 'published') <> (published_at is not null)
        union all
        select format('opinion %s: its group is gone', o.id)
        from opinions o left join opinion_groups g on g.id = o.group_id and g.digest_id = o.digest_id
        where o.group_id is not null and g.id is null
        order by line
        """
    )
    return [row["line"] for row in rows]


# Of opinions, digests, answers and results only what is published; of answers the ones that count.
PUBLISHED_ANSWERS = """
select a.id, a.sha256, a.group_id, c.id as consultation_id, c.sha256 as consultation, c.published_at
from consultations c
    join digests d on d.consultation_id = c.id
    join opinion_groups g on g.digest_id = d.id
    cross join lateral (select * from answers where group_id = g.id order by number desc limit 1) a
where c.state = 'published'
"""
# The place of a group in its digest, as the result numbers it.
GROUP_NUMBER = """
(select count(*) from opinion_groups h where h.digest_id = g.digest_id and (h.position, h.id) <= (g.position, g.id))
"""


async def matches(db: Database, beginning: str, limit: int = 20) -> list[Match]:
    """Every record whose hash begins so, in the order of the chain."""
    return await db.records(
        Match,
        f"""
        select kind, id, sha256 from (
            select 0 as place, 'topic' as kind, id, sha256 from topics where sha256 >= :low and sha256 < :high
            union all
            select 1, 'revision', id, sha256 from revisions where sha256 >= :low and sha256 < :high
            union all
            select 2, 'plan', consultation_id, sha256 from plan_versions where sha256 >= :low and sha256 < :high
            union all
            select 3, 'submission', id, sha256 from submissions where sha256 >= :low and sha256 < :high
            union all
            select 4, 'opinion', o.id, o.sha256 from opinions o join digests d on d.id = o.digest_id
            where o.sha256 >= :low and o.sha256 < :high and d.state = 'published' and o.part = 'opinion'
            union all
            select 5, 'digest', id, sha256 from digests where sha256 >= :low and sha256 < :high and state = 'published'
            union all
            select 6, 'map', id, sha256 from maps where sha256 >= :low and sha256 < :high
            union all
            select 7, 'answer', id, sha256 from ({PUBLISHED_ANSWERS}) a where sha256 >= :low and sha256 < :high
            union all
            select 8, 'consultation', id, sha256 from consultations
            where sha256 >= :low and sha256 < :high and state = 'published'
            union all
            select 9, 'decision', number, sha256 from decisions where sha256 >= :low and sha256 < :high
            union all
            select 10, 'poll', poll_id, sha256 from poll_results where sha256 >= :low and sha256 < :high
        ) found order by place, id limit :limit
        """,
        low=beginning,
        high=beginning + "g",
        limit=limit,
    )


async def revision(db: Database, revision_id: int) -> Revision | None:
    return await db.record(
        Revision, f"select {columns(Revision)} from revisions where id = :id", id=revision_id
    )


async def opinion(db: Database, opinion_id: int) -> CitedOpinion | None:
    return await db.record(
        CitedOpinion,
        """
        select o.id, o.digest_id, d.title as digest_title, named(post_of(o), o.masked_by, coalesce(r.sha256, s.sha256)) as source,
            o.start_at as start, o.end_at as end, hashed_words(o) as hashed, o.sha256, d.published_at,
            case when coalesce(p.state, 'visible') = 'visible' and not is_hidden(post_of(o)) then shown_words(o) end as text,
            is_masked(post_of(o)) as masked, o.set_aside_reason as reason
        from opinions o
            join digests d on d.id = o.digest_id
            left join submissions s on s.id = o.submission_id
            left join revisions r on r.id = o.revision_id
            left join posts p on p.id = r.post_id
        where o.id = :id and d.state = 'published'
        """,
        id=opinion_id,
    )


async def answer(db: Database, answer_id: int) -> GivenAnswer | None:
    return await db.record(
        GivenAnswer,
        f"""
        select a.id, a.number, a.opinions, a.category, a.body, a.reason, a.plan_before, a.plan_after, a.sha256,
            g.digest_id, g.id as group_id, {GROUP_NUMBER} as group_number, p.consultation_id, p.published_at
        from ({PUBLISHED_ANSWERS}) p
            join answers a on a.id = p.id
            join opinion_groups g on g.id = a.group_id
        where a.id = :id
        """,
        id=answer_id,
    )


# The column that holds the id of a record of each kind.
STRANDS_OF = {
    Kind.REVISION: "o.revision_id",
    Kind.SUBMISSION: "o.submission_id",
    Kind.OPINION: "o.id",
    Kind.DIGEST: "o.digest_id",
    Kind.ANSWER: "a.id",
    Kind.CONSULTATION: "a.consultation_id",
}


async def strands(db: Database, kind: Kind, record_id: int, limit: int) -> list[Strand]:
    """The lines of the chain that go through a record."""
    return await db.records(
        Strand,
        f"""
        select o.id as opinion_id, o.sha256 as opinion,
            case when r.id is null then 'submission' else 'revision' end as source_kind,
            case when not is_masked(post_of(o)) then coalesce(r.sha256, s.sha256) end as source,
            p.id as post_id, p.number as post_number,
            r.number as revision_number, s.receipt, d.id as digest_id, d.title as digest_title, d.sha256 as digest,
            a.sha256 as answer, case when g.id is not null then {GROUP_NUMBER} end as group_number,
            a.consultation_id, a.consultation
        from opinions o
            join digests d on d.id = o.digest_id and d.state = 'published'
            left join submissions s on s.id = o.submission_id
            left join revisions r on r.id = o.revision_id
            left join posts p on p.id = r.post_id
            left join opinion_groups g on g.id = o.group_id
            left join ({PUBLISHED_ANSWERS}) a on a.group_id = o.group_id
        where {STRANDS_OF[kind]} = :id and o.part = 'opinion'
        order by o.digest_id, o.group_id, o.position, o.id limit :limit
        """,
        id=record_id,
        limit=limit,
    )


async def newest(db: Database) -> list[Newest]:
    """The last record of each kind, in the order of the chain; a decision by its number in the log.

    Whoever keeps these notices when they change. None is of a draft, of the staff room or masked: with the time beside it,
    the few words that are likely there would be tried out.
    """
    return await db.records(
        Newest,
        f"""
        (select 'topic' as kind, t.id, t.sha256, t.created_at as at from topics t join boards b on b.id = t.board_id
        where b.kind <> 'staff' order by t.id desc limit 1)
        union all
        (select 'revision', r.id, r.sha256, r.created_at
        from revisions r join posts p on p.id = r.post_id join topics t on t.id = p.topic_id join boards b on b.id = t.board_id
        where b.kind <> 'staff' and not is_masked(p.id) order by r.id desc limit 1)
        union all
        (select 'submission', s.id, s.sha256, s.received_at
        from submissions s left join revisions w on w.id = s.revision_id where not is_masked(w.post_id)
        order by s.id desc limit 1)
        union all
        (select 'digest', id, sha256, published_at from digests where state = 'published'
        order by published_at desc, id desc limit 1)
        union all
        (select 'map', id, sha256, drawn_at from maps where drawn_at is not null
        order by drawn_at desc, id desc limit 1)
        union all
        (select 'answer', id, sha256, published_at from ({PUBLISHED_ANSWERS}) a
        order by published_at desc, id desc limit 1)
        union all
        (select 'consultation', id, sha256, published_at from consultations where state = 'published'
        order by published_at desc, id desc limit 1)
        union all
        (select 'decision', number, sha256, decided_at from decisions order by number desc limit 1)
        union all
        (select 'look', number, sha256, looked_at from submitter_looks order by number desc limit 1)
        union all
        (select 'poll', poll_id, sha256, sealed_at from poll_results order by sealed_at desc, poll_id desc limit 1)
        """,
    )
