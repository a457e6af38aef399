"""Which posts a digest ought to read, and which texts it has read."""

# What its author also submitted, word for word, to the consultation is read there, once.
SUBMITTED = """
from standing_submissions u join revisions w on w.id = u.revision_id
where u.consultation_id = d.consultation_id and w.id = p.revision_id and w.raw = u.body
"""
SOURCES = """
from digests d
    join digest_sources s on s.digest_id = d.id
    join topics t on t.id = s.topic_id or t.board_id = s.board_id
"""
# The visible posts of a digest's boards and topics, of topics also what was said there and stands elsewhere now.
POSTS = f"""
{SOURCES}
    join lateral (
        select id from posts where topic_id = t.id
        union all select post_id from signs where topic_id = t.id and t.id = s.topic_id
    ) said on true
    join posts p on p.id = said.id
"""
READABLE = (
    f"where d.id = :id and p.state = 'visible' and t.state <> 'held' and not exists (select {SUBMITTED})"
)
# Those of its period, and those of before that a digest of the same discussion ought to hold which went out without them:
# held or hidden then, or not yet written or moved there. None that stands in any published digest.
POSTS_IN_SCOPE = f"""
select p.id {POSTS} {READABLE} and p.created_at >= d.starts_at and p.created_at < d.ends_at
union (
    with earlier as materialized (
        select t.id, range_agg(tstzrange(e.starts_at, e.ends_at)) as periods {SOURCES}
            join digest_sources f on f.topic_id = t.id or f.board_id = t.board_id
            join digests e on e.id = f.digest_id and e.state = 'published'
        where d.id = :id group by t.id
    )
    select p.id {POSTS} join earlier on earlier.id = t.id
    {READABLE} and p.created_at < d.starts_at and p.created_at <@ earlier.periods
        and p.id not in (
            select x.post_id from opinions o join digests e on e.id = o.digest_id and e.state = 'published'
                left join submissions u on u.id = o.submission_id
                join revisions x on x.id = coalesce(o.revision_id, u.revision_id)
        )
)
"""
TAKEN_IN = """
select from opinions h left join revisions x on x.id = h.revision_id where h.digest_id = :id
"""
