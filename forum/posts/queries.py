"""All SQL of posts and their revisions."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from forum.db import Database, columns
from forum.posts.rules import Post, PostView, Revision

POST = """
select p.id, p.topic_id, t.board_id, p.number, p.author_id, p.state, p.change, p.version, p.revision_id,
    r.number as revision_number, r.raw, r.sha256, p.returned_at
from posts p join topics t on t.id = p.topic_id join revisions r on r.id = p.revision_id
"""
VIEW = """
select p.id, p.topic_id, t.title as topic_title, t.state as topic_state, t.board_id, b.kind as board_kind, p.number,
    p.author_id, p.state, p.change, p.version, p.html, a.pen_name, a.pseudonym, a.role, s.name as section_name,
    s.name_en as section_name_en, p.created_at, p.edited_at, p.returned_at, p.reply_to_id, q.number as reply_to_number,
    d.rule_number, c.title as rule_title, c.title_en as rule_title_en
from posts p
    join topics t on t.id = p.topic_id
    join boards b on b.id = t.board_id
    join accounts a on a.id = p.author_id
    left join sections s on s.id = a.section_id
    left join posts q on q.id = p.reply_to_id
    left join lateral (
        select rule_number, rule_version from decisions
        where p.state = 'hidden' and post_id = p.id and act = 'hide' order by id desc limit 1
    ) d on true
    left join charter_rules c on (c.number, c.version) = (d.rule_number, d.rule_version)
"""


async def post(db: Database, post_id: int) -> Post | None:
    return await db.record(Post, POST + "where p.id = :id", id=post_id)


async def locked(db: Database, post_id: int) -> Post | None:
    """The post, locked until the transaction ends. Lock its topic first."""
    return await db.record(Post, POST + "where p.id = :id for update of p", id=post_id)


async def view(db: Database, post_id: int) -> PostView | None:
    return await db.record(PostView, VIEW + "where p.id = :id", id=post_id)


async def numbered(
    db: Database, topic_id: int, first: int, last: int, *, viewer_id: int | None, sees_held: bool
) -> list[PostView]:
    """The posts of a topic with numbers from `first` to `last`, held ones only for those who may know of them."""
    return await db.records(
        PostView,
        VIEW
        + """
        where p.topic_id = :topic_id and p.number between :first and :last
            and (p.state <> 'held' or p.author_id = :viewer_id or :sees_held)
        order by p.number
        """,
        topic_id=topic_id,
        first=first,
        last=last,
        viewer_id=viewer_id,
        sees_held=sees_held,
    )


async def changed_since(db: Database, topic_id: int, change: int, limit: int) -> list[PostView]:
    """The posts whose last change is newer than `change`, in order of change."""
    return await db.records(
        PostView,
        VIEW + "where p.topic_id = :topic_id and p.change > :change order by p.change limit :limit",
        topic_id=topic_id,
        change=change,
        limit=limit,
    )


async def authors(db: Database, topic_id: int, ids: list[int]) -> list[tuple[int, int, int]]:
    """(post, number, author) of the visible posts among `ids` in the topic."""
    rows = await db.rows(
        """
        select id, number, author_id from posts
        where topic_id = :topic_id and id = any(:ids) and state = 'visible' order by number
        """,
        topic_id=topic_id,
        ids=ids,
    )
    return [(row["id"], row["number"], row["author_id"]) for row in rows]


async def add(
    db: Database,
    *,
    topic_id: int,
    number: int,
    author_id: int,
    state: str,
    change: int,
    reply_to_id: int | None,
    html: str,
    now: datetime,
) -> int:
    post_id: int = await db.value(
        """
        insert into posts (topic_id, number, author_id, state, change, reply_to_id, html, created_at)
        values (:topic_id, :number, :author_id, :state, :change,
            (select id from posts where id = cast(:reply_to_id as bigint) and topic_id = :topic_id),
            :html, :now) returning id
        """,
        topic_id=topic_id,
        number=number,
        author_id=author_id,
        state=state,
        change=change,
        reply_to_id=reply_to_id,
        html=html,
        now=now,
    )
    return post_id


async def add_revision(
    db: Database, *, post_id: int, number: int, raw: str, author: str, sha256: str, now: datetime
) -> int:
    """Writes the revision and makes it the post's current one."""
    revision_id: int = await db.value(
        """
        with new as (
            insert into revisions (post_id, number, raw, author, sha256, created_at)
            values (:post_id, :number, :raw, :author, :sha256, :now) returning id, post_id
        )
        update posts set revision_id = new.id from new where posts.id = new.post_id returning new.id
        """,
        post_id=post_id,
        number=number,
        raw=raw,
        author=author,
        sha256=sha256,
        now=now,
    )
    return revision_id


async def set_words(db: Database, post_id: int, *, html: str, change: int, now: datetime) -> None:
    """The edited words are shown; a returned post is thereby resubmitted."""
    await db.run(
        """
        update posts set html = :html, change = :change, version = version + 1, edited_at = :now, returned_at = null
        where id = :id
        """,
        id=post_id,
        html=html,
        change=change,
        now=now,
    )


async def set_state(
    db: Database, post_id: int, *, state: str, change: int, returned_at: datetime | None
) -> None:
    await db.run(
        """
        update posts set state = :state, change = :change, version = version + 1, returned_at = :returned_at
        where id = :id
        """,
        id=post_id,
        state=state,
        change=change,
        returned_at=returned_at,
    )


async def count_act(db: Database, post_id: int) -> None:
    """An act that no reader sees: only the version moves."""
    await db.run("update posts set version = version + 1 where id = :id", id=post_id)


async def revisions(db: Database, post_id: int) -> list[Revision]:
    return await db.records(
        Revision, f"select {columns(Revision)} from revisions where post_id = :id order by number", id=post_id
    )


def all_revisions(db: Database) -> AsyncIterator[Revision]:
    """Every revision there is."""
    return db.each(
        Revision, f"select {columns(Revision)} from revisions where id > :after order by id limit :batch"
    )


@dataclass(frozen=True, slots=True)
class Words:
    """What the author of a post typed, and what its readers see."""

    id: int
    raw: str
    html: str


def all_words(db: Database) -> AsyncIterator[Words]:
    """The current words of every post."""
    return db.each(
        Words,
        """
        select p.id, r.raw, p.html from posts p join revisions r on r.id = p.revision_id
        where p.id > :after order by p.id limit :batch
        """,
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
            ('answers a post of another topic', q.topic_id is distinct from p.topic_id and p.reply_to_id is not null),
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
