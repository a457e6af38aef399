"""All SQL of proposed themes."""

from datetime import datetime

from forum.db import Database
from forum.themes.rules import Theme

THEME = """
select t.id, t.title, t.state, t.author_id, b.slug as board_slug, b.kind as board_kind, b.name as board_name,
    b.name_en as board_name_en, a.pen_name, p.id as post_id, x.needs, x.ends_at, x.supported, x.changes,
    coalesce(x.supported, (select count(*) from theme_supports where topic_id = t.id)) as supports
from theme_proposals x join topics t on t.id = x.topic_id join boards b on b.id = t.board_id
    join accounts a on a.id = t.author_id join posts p on p.topic_id = t.id and p.number = 1
"""


async def theme(db: Database, topic_id: int) -> Theme | None:
    return await db.record(Theme, THEME + "where t.id = :id", id=topic_id)


async def waiting(db: Database, now: datetime, *, before: int, limit: int) -> list[Theme]:
    """What everybody may support now, the newest first, older than the id `before`."""
    return await db.records(
        Theme,
        THEME
        + """
        where x.supported is null and x.ends_at > :now and t.state = 'visible' and b.kind <> 'staff' and t.id < :before
        order by t.id desc limit :limit
        """,
        now=now,
        before=before,
        limit=limit,
    )


async def unfinished(db: Database, now: datetime) -> dict[int, datetime]:
    """When each theme ends that may still find its supporters."""
    rows = await db.rows(
        "select topic_id, ends_at from theme_proposals where supported is null and ends_at > :now order by topic_id",
        now=now,
    )
    return {row["topic_id"]: row["ends_at"] for row in rows}


async def lock(db: Database) -> None:
    """Nobody proposes a theme, and nobody else looks for those without an end, until the transaction is over."""
    await db.run("lock table theme_proposals in share row exclusive mode")


async def opened(db: Database, *, after: int, limit: int) -> list[Theme]:
    """What has begun, the latest first; what follows this one, if there is one."""
    return await db.records(
        Theme,
        THEME
        + """
        where x.supported is not null and t.state = 'visible' and b.kind <> 'staff'
            and (cast(:after as bigint) = 0 or (t.opened_at, t.id) < (select opened_at, id from topics where id = :after))
        order by t.opened_at desc, t.id desc limit :limit
        """,
        after=after,
        limit=limit,
    )


async def add(db: Database, topic_id: int, needs: int, ends_at: datetime) -> None:
    await db.run(
        "insert into theme_proposals (topic_id, needs, ends_at) values (:topic_id, :needs, :ends_at)",
        topic_id=topic_id,
        needs=needs,
        ends_at=ends_at,
    )


async def support(db: Database, topic_id: int, account_id: int, now: datetime) -> None:
    """Once, however often it is asked for."""
    await db.run(
        """
        insert into theme_supports (topic_id, account_id, supported_at) values (:topic_id, :account_id, :now)
        on conflict do nothing
        """,
        topic_id=topic_id,
        account_id=account_id,
        now=now,
    )


async def withdraw(db: Database, topic_id: int, account_id: int) -> None:
    await db.run(
        "delete from theme_supports where topic_id = :topic_id and account_id = :account_id",
        topic_id=topic_id,
        account_id=account_id,
    )


async def count_change(db: Database, topic_id: int) -> None:
    """Who supports it changed: it gets a number that it never had."""
    await db.run("update theme_proposals set changes = changes + 1 where topic_id = :id", id=topic_id)


async def supporters(db: Database, topic_id: int) -> list[int]:
    rows = await db.rows(
        "select account_id from theme_supports where topic_id = :id order by account_id", id=topic_id
    )
    return [row["account_id"] for row in rows]


async def close(db: Database, topic_id: int, supported: int) -> None:
    """It has begun: how many supported it stays, and nothing of who they were."""
    await db.run(
        "update theme_proposals set supported = :supported where topic_id = :id",
        supported=supported,
        id=topic_id,
    )
    await db.run("delete from theme_supports where topic_id = :id", id=topic_id)


async def broken(db: Database) -> list[tuple[int, str]]:
    """(topic, what is wrong) for every theme that is not what its supporters made of it."""
    rows = await db.rows(
        """
        select t.id, wrong.what from topics t left join theme_proposals x on x.topic_id = t.id
        cross join lateral (select count(*) as n from theme_supports where topic_id = t.id) s
        cross join lateral (values
            ('is proposed by nobody', t.proposed and x.topic_id is null),
            ('waits although it has begun', t.proposed and x.supported is not null),
            ('has begun although it waits', not t.proposed and x.supported is null),
            ('began with too little support', x.supported < x.needs),
            ('waits although enough people support it', x.supported is null and s.n >= x.needs),
            ('remembers its supporters', x.supported is not null and s.n > 0)
        ) as wrong (what, so)
        where (t.proposed or x.topic_id is not null) and wrong.so order by t.id
        """
    )
    return [(row["id"], row["what"]) for row in rows]


async def supported_by(db: Database, account_id: int) -> list[int]:
    rows = await db.rows(
        "select topic_id from theme_supports where account_id = :id order by topic_id", id=account_id
    )
    return [row["topic_id"] for row in rows]


async def forget(db: Database, account_id: int) -> None:
    """What somebody supported who has left."""
    await db.run("delete from theme_supports where account_id = :id", id=account_id)
