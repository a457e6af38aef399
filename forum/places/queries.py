"""All SQL of places."""

from datetime import datetime

from forum.db import Database
from forum.places.rules import UNREAD_MAX, Bookmark, Mine

# What others have written since, of a topic `t` with the mark `m`; nothing where nobody else has read yet.
UNREAD = f"""
cross join lateral (
    select count(*) as unread, min(number) as first_unread from (
        select number from posts
        where topic_id = t.id and number > m.number and state = 'visible' and author_id <> m.account_id
        order by number limit {UNREAD_MAX + 1}
    ) others
) u
"""


# What the reader `a` has done with the posts of a topic from `:first` to `:last`, and how far they had read it until now.
MINE = f"""
select m.number as read, coalesce(u.unread, 0) as unread, u.first_unread,
    coalesce((
        select string_agg(concat(r.post_id, ':', r.kind), ' ')
        from posts p join reactions r on r.post_id = p.id and r.account_id = a.id
        where p.topic_id = t.id and p.number between :first and :last), '') as reactions,
    coalesce((
        select string_agg(concat(p.id, '/', did.what), ' ') from posts p cross join lateral (
            select 'bookmark' as what from bookmarks b where b.post_id = p.id and b.account_id = a.id
            union all
            select 'report' from reports r where r.post_id = p.id and r.reporter_id = a.id and r.settled_by is null
        ) did
        where p.topic_id = t.id and p.number between :first and :last), '') as done,
    ft.level as topic_level, ft.chosen as topic_chosen, fb.level as board_level,
    t.author_id = a.id or exists (
        select from posts p where p.topic_id = t.id and p.number between :first and :last
            and p.author_id = a.id and p.state in ('held', 'hidden')) as sees_more
from topics t left join read_marks m on m.topic_id = t.id and m.account_id = a.id
    left join followed_topics ft on ft.topic_id = t.id and ft.account_id = a.id
    left join followed_boards fb on fb.board_id = t.board_id and fb.account_id = a.id
    {UNREAD}
where t.id = :topic_id
"""


async def mine(
    db: Database, account_id: int, topic_id: int, first: int, last: int, *, seen: int | None
) -> Mine:
    """What the reader did, and how far they had read; from now on up to `seen`."""
    found = await db.record(
        Mine,
        f"""
        with moved as (
            insert into read_marks as marked (account_id, topic_id, number)
            select :account_id, :topic_id, cast(:seen as int) where cast(:seen as int) is not null
            on conflict (account_id, topic_id) do update set number = excluded.number
                where marked.number < excluded.number
        )
        select mine.* from (values (cast(:account_id as bigint))) a (id) cross join lateral ({MINE}) mine
        """,
        account_id=account_id,
        topic_id=topic_id,
        first=first,
        last=last,
        seen=seen,
    )
    return found or Mine()


async def move(db: Database, account_id: int, topic_id: int, number: int) -> None:
    """Forward, never back."""
    await db.run(
        """
        insert into read_marks as marked (account_id, topic_id, number) values (:account_id, :topic_id, :number)
        on conflict (account_id, topic_id) do update set number = excluded.number where marked.number < excluded.number
        """,
        account_id=account_id,
        topic_id=topic_id,
        number=number,
    )


async def carry(db: Database, topic_id: int, to_id: int, old: list[int], new: list[int]) -> None:
    """What somebody has read stays read where it stands now, if they have read all before it there."""
    await db.run(
        """
        insert into read_marks as marked (account_id, topic_id, number)
        select m.account_id, :to_id, r.upto
        from read_marks m cross join lateral (
            select max(new) as upto
            from unnest(cast(:old as int[]), cast(:new as int[])) as carried (old, new) where old <= m.number
        ) r left join read_marks h on h.account_id = m.account_id and h.topic_id = :to_id
        where m.topic_id = :topic_id and r.upto is not null and not exists (
            select from posts where topic_id = :to_id and number > coalesce(h.number, 1) and number < r.upto
                and state = 'visible' and number <> all(:new)
        )
        on conflict (account_id, topic_id) do update set number = excluded.number where marked.number < excluded.number
        """,
        topic_id=topic_id,
        to_id=to_id,
        old=old,
        new=new,
    )


async def unread(db: Database, account_id: int, topic_ids: list[int]) -> dict[int, int]:
    """How many posts are new in those of the topics that the person has begun to read."""
    rows = await db.rows(
        f"""
        select t.id, u.unread from read_marks m join topics t on t.id = m.topic_id {UNREAD}
        where m.account_id = :account_id and t.id = any(:ids) and t.last_number > m.number and u.unread > 0
        """,
        account_id=account_id,
        ids=topic_ids,
    )
    return {row["id"]: row["unread"] for row in rows}


async def all_unread(
    db: Database, account_id: int, kinds: list[str], *, after: int, limit: int
) -> dict[int, int]:
    """The same of all topics on boards of these kinds, the latest activity first; what follows this one, if there is one."""
    rows = await db.rows(
        f"""
        select t.id, u.unread
        from read_marks m join topics t on t.id = m.topic_id join boards b on b.id = t.board_id {UNREAD}
        where m.account_id = :account_id and b.kind = any(:kinds) and t.state <> 'held'
            and t.last_number > m.number and u.unread > 0
            and (cast(:after as bigint) = 0 or (t.bumped_at, t.id) < (select bumped_at, id from topics where id = :after))
        order by t.bumped_at desc, t.id desc limit :limit
        """,
        account_id=account_id,
        kinds=kinds,
        after=after,
        limit=limit,
    )
    return {row["id"]: row["unread"] for row in rows}


async def bookmark(db: Database, account_id: int, post_id: int) -> Bookmark | None:
    return await db.record(
        Bookmark,
        """
        select post_id, note, kept_at from bookmarks where account_id = :account_id and post_id = :post_id
        """,
        account_id=account_id,
        post_id=post_id,
    )


async def bookmarks(db: Database, account_id: int, *, skip: int, limit: int) -> list[Bookmark]:
    """The latest first."""
    return await db.records(
        Bookmark,
        """
        select post_id, note, kept_at from bookmarks where account_id = :account_id
        order by kept_at desc, post_id desc offset :skip limit :limit
        """,
        account_id=account_id,
        skip=skip,
        limit=limit,
    )


async def keep(db: Database, account_id: int, post_id: int, note: str, now: datetime) -> None:
    await db.run(
        """
        insert into bookmarks (account_id, post_id, note, kept_at) values (:account_id, :post_id, :note, :now)
        on conflict (account_id, post_id) do update set note = excluded.note
        """,
        account_id=account_id,
        post_id=post_id,
        note=note,
        now=now,
    )


async def drop(db: Database, account_id: int, post_id: int) -> None:
    await db.run(
        "delete from bookmarks where account_id = :account_id and post_id = :post_id",
        account_id=account_id,
        post_id=post_id,
    )


async def forget(db: Database, account_id: int) -> None:
    """What somebody kept, and how far they read, who has left."""
    await db.run("delete from bookmarks where account_id = :id", id=account_id)
    await db.run("delete from read_marks where account_id = :id", id=account_id)
