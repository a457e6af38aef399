"""Topics as their proofs read them."""

from collections.abc import AsyncIterator

from forum.db import Database
from forum.topics.titles import Title

TITLE = """
select t.id, t.title, a.pseudonym as author, t.created_at, t.sha256 from topics t join accounts a on a.id = t.author_id
"""


def all_titles(db: Database) -> AsyncIterator[Title]:
    """The title of every topic there is."""
    return db.each(Title, TITLE + "where t.id > :after order by t.id limit :batch")


async def title(db: Database, topic_id: int) -> Title | None:
    return await db.record(Title, TITLE + "where t.id = :id", id=topic_id)


async def broken(db: Database) -> list[tuple[int, str]]:
    """(topic, what is wrong) for every topic that does not agree with its posts."""
    rows = await db.rows(
        """
        select t.id, wrong.what
        from topics t
        cross join lateral (
            -- What stands there, and the signs of what has left.
            select count(*) as n, min(number) as first, max(number) as last, max(change) as newest,
                count(distinct number) as numbers, count(distinct change) as changes, count(*) filter (where sign) as signs,
                min(state) filter (where number = 1) as opening,
                min(stands_in) filter (where number = 1 and sign) as merged_into, bool_or(sign and stands_in = t.id) as astray
            from (
                select number, change, state, false as sign, topic_id as stands_in from posts where topic_id = t.id
                union all
                select s.number, s.change, o.state, true, o.topic_id from signs s join posts o on o.id = s.post_id
                where s.topic_id = t.id
            ) places
        ) p
        cross join lateral (values
            ('lacks a post', p.n = 0 or p.first <> 1 or p.last <> p.n or p.n <> t.last_number or p.numbers <> p.n),
            ('counts other posts as gone than have left', p.signs <> t.moved_out),
            ('has a sign to a post that stands there', p.astray),
            ('leads elsewhere than to its opening post', t.merged_into is distinct from p.merged_into),
            ('has changes that its counter has not reached', greatest(p.newest, t.head_change) > t.changes),
            ('has two posts with the same change number', p.changes <> p.n),
            ('is not in the state of its opening post', t.state <> p.opening
                -- What was hidden and is held again has replies that everybody reads.
                and not (t.state = 'hidden' and p.opening = 'held'))
        ) as wrong (what, so)
        where wrong.so order by t.id
        """
    )
    return [(row["id"], row["what"]) for row in rows]


async def astray(db: Database) -> list[tuple[int, int]]:
    """(post, its last transfer) for every post that is not where that one brought it."""
    rows = await db.rows(
        """
        select post_id, transfer_id from (
            select distinct on (post_id) post_id, x.id as transfer_id, x.to_topic_id, number
            from transfers x cross join lateral unnest(x.posts, x.to_numbers) as brought (post_id, number)
            order by post_id, x.id desc
        ) latest left join posts p on p.id = post_id
        where (p.topic_id, p.number) is distinct from (to_topic_id, latest.number) order by post_id
        """
    )
    return [(row["post_id"], row["transfer_id"]) for row in rows]
