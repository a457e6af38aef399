"""Revisions: added once, never changed; and what must be true of all of them."""

from collections.abc import AsyncIterator
from datetime import datetime

from forum.db import Database, columns
from forum.posts.rules import Revision


async def add_revision(
    db: Database,
    *,
    post_id: int,
    number: int,
    raw: str,
    called: list[str],
    author: str,
    sha256: str,
    now: datetime,
) -> int:
    """Writes the revision and makes it the post's current one."""
    revision_id: int = await db.value(
        """
        with new as (
            insert into revisions (post_id, number, raw, called, author, sha256, created_at)
            values (:post_id, :number, :raw, :called, :author, :sha256, :now) returning id, post_id
        )
        update posts set revision_id = new.id from new where posts.id = new.post_id returning new.id
        """,
        post_id=post_id,
        number=number,
        raw=raw,
        called=called,
        author=author,
        sha256=sha256,
        now=now,
    )
    return revision_id


async def of_post(db: Database, post_id: int) -> list[Revision]:
    return await db.records(
        Revision, f"select {columns(Revision)} from revisions where post_id = :id order by number", id=post_id
    )


async def ever_showed(db: Database, post_id: int, text: str) -> bool:
    """Whether some version says it where nothing is masked."""
    return bool(
        await db.value(
            """
            select exists (
                select from revisions where post_id = :id and position(:text in masked(post_id, raw)) > 0
            )
            """,
            id=post_id,
            text=text,
        )
    )


async def unlinked(db: Database) -> list[tuple[int, str]]:
    """(post, hash) for every file that the author of a post had when naming it there, and that it is not known to use."""
    rows = await db.rows(
        """
        select distinct p.id, f.sha256 from files f join posts p on p.author_id = f.account_id
            join revisions r on r.post_id = p.id and r.created_at >= f.created_at
        where position('/files/' || f.sha256 in r.raw) > 0 and not exists (
            select from file_uses u where u.file_id = f.id and u.used_by = 'post' and u.subject_id = p.id
        )
        order by 1, 2
        """
    )
    return [(row["id"], row["sha256"]) for row in rows]


def all_revisions(db: Database) -> AsyncIterator[Revision]:
    """Every revision there is."""
    return db.each(
        Revision, f"select {columns(Revision)} from revisions where id > :after order by id limit :batch"
    )


async def broken(db: Database) -> list[tuple[int, str]]:
    """(post, what is wrong) for every post that is not what its revisions and its topic make of it."""
    rows = await db.rows(
        """
        select p.id, wrong.what
        from posts p
        left join topics t on t.id = p.topic_id
        left join accounts a on a.id = p.author_id
        left join posts q on q.id = p.reply_to_id
        cross join lateral (
            select count(*) as n, min(number) as first, max(number) as last,
                (array_agg(id order by number desc))[1] as newest, min(created_at) as written_at,
                max(created_at) filter (where number > 1) as edited_at, bool_and(author = a.pseudonym) as own
            from revisions where post_id = p.id
        ) r
        cross join lateral (values
            ('has no topic', t.id is null),
            ('has no author', a.id is null),
            ('answers a post of another topic', p.reply_to_id is not null and not exists (
                (select p.topic_id union select topic_id from signs where post_id = p.id)
                intersect (select q.topic_id union select topic_id from signs where post_id = q.id))),
            ('lacks a revision', r.n = 0 or r.first <> 1 or r.last <> r.n),
            ('does not show its newest revision', p.revision_id is distinct from r.newest),
            ('is not by the author of its revisions', not r.own),
            ('has another date than its first revision', p.created_at <> r.written_at),
            ('has another date than its newest revision', p.edited_at is distinct from r.edited_at)
        ) as wrong (what, so)
        where wrong.so order by p.id
        """
    )
    return [(row["id"], row["what"]) for row in rows]


async def stray_revisions(db: Database) -> list[tuple[int, int]]:
    """(revision, post) for every revision whose post is gone."""
    rows = await db.rows(
        """
        select r.id, r.post_id from revisions r left join posts p on p.id = r.post_id
        where p.id is null order by r.id
        """
    )
    return [(row["id"], row["post_id"]) for row in rows]
