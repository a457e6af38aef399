"""Topics as their proofs read them."""

from collections.abc import AsyncIterator

from forum.db import Database
from forum.topics.titles import Title


def all_titles(db: Database) -> AsyncIterator[Title]:
    """The title of every topic there is."""
    return db.each(
        Title,
        """
        select t.id, t.title, a.pseudonym as author, t.created_at, t.sha256
        from topics t join accounts a on a.id = t.author_id
        where t.id > :after order by t.id limit :batch
        """,
    )


async def broken(db: Database) -> list[tuple[int, str]]:
    """(topic, what is wrong) for every topic that does not agree with its posts."""
    rows = await db.rows(
        """
        select t.id, wrong.what
        from topics t
        cross join lateral (
            select count(*) as n, min(number) as first, max(number) as last, max(change) as newest,
                count(distinct change) as changes, min(state) filter (where number = 1) as opening
            from posts where topic_id = t.id
        ) p
        cross join lateral (values
            ('lacks a post', p.n = 0 or p.first <> 1 or p.last <> p.n or p.n <> t.last_number),
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
