"""Counting every post, and what earlier recounts found."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from forum.db import Database, columns
from moderation.figures.rules import Count, Recount

COUNT = """
coalesce(sum(t.last_number - t.moved_out), 0) as received, coalesce(sum(p.visible), 0) as visible,
coalesce(sum(p.held), 0) as held, coalesce(sum(p.hidden), 0) as hidden, coalesce(sum(p.withdrawn), 0) as withdrawn
"""


@dataclass(frozen=True, slots=True)
class BoardCount(Count):
    """A line of a recount, with the board as it is now; None for one that may not be read, or is gone."""

    recount_id: int
    slug: str | None
    name: str | None
    name_en: str | None


async def counts(db: Database) -> list[Count]:
    """Every board that has a topic, and the posts that have lost theirs; all as of one moment."""
    return await db.records(
        Count,
        f"""
        select board_id, cast(received as bigint) as received, cast(visible as bigint) as visible,
            cast(held as bigint) as held, cast(hidden as bigint) as hidden, cast(withdrawn as bigint) as withdrawn
        from (
            select coalesce(t.board_id, 0) as board_id, {COUNT}
            from topics t full join (
                select topic_id, count(*) filter (where state = 'visible') as visible,
                    count(*) filter (where state = 'held') as held,
                    count(*) filter (where state = 'hidden') as hidden,
                    count(*) filter (where state = 'withdrawn') as withdrawn
                from posts group by topic_id
            ) p on p.topic_id = t.id
            group by 1
        ) counted order by board_id
        """,
    )


async def extent(db: Database) -> tuple[int, int]:
    """The last id of a post, and how many posts there are up to it."""
    row = await db.row("select coalesce(max(id), 0) as last, count(*) as posts from posts")
    assert row is not None
    return row["last"], row["posts"]


async def posts_up_to(db: Database, post_id: int) -> int:
    number: int = await db.value("select count(*) from posts where id <= :id", id=post_id)
    return number


async def last(db: Database) -> Recount | None:
    return await db.record(Recount, f"select {columns(Recount)} from recounts order by id desc limit 1")


async def last_balanced(db: Database) -> Recount | None:
    return await db.record(
        Recount, f"select {columns(Recount)} from recounts where found = 0 order by id desc limit 1"
    )


async def lock(db: Database) -> None:
    """Two workers at the same hour write one after the other; readers go on."""
    await db.run("lock table recounts in share row exclusive mode")


async def add(
    db: Database,
    *,
    day: date,
    now: datetime,
    extent: tuple[int, int],
    found: int,
    findings: Sequence[str],
    counts: Sequence[Count],
) -> None:
    number = await db.value(
        """
        insert into recounts (day, checked_at, last_post_id, posts, found, findings)
        values (:day, :now, :last_post_id, :posts, :found, :findings) returning id
        """,
        day=day,
        now=now,
        last_post_id=extent[0],
        posts=extent[1],
        found=found,
        findings=findings,
    )
    await db.run_many(
        """
        insert into recounted_boards (recount_id, board_id, received, visible, held, hidden, withdrawn)
        values (:recount_id, :board_id, :received, :visible, :held, :hidden, :withdrawn)
        """,
        [asdict(count) | {"recount_id": number} for count in counts],
    )


async def page(db: Database, *, before: int, limit: int) -> list[Recount]:
    """The newest first."""
    return await db.records(
        Recount,
        f"select {columns(Recount)} from recounts where id < :before order by id desc limit :limit",
        before=before,
        limit=limit,
    )


async def of_boards(db: Database, recount_ids: Sequence[int], kinds: Sequence[str]) -> list[BoardCount]:
    """What these recounts found on each board. Boards of other kinds have no name."""
    return await db.records(
        BoardCount,
        """
        select c.recount_id, c.board_id, c.received, c.visible, c.held, c.hidden, c.withdrawn,
            b.slug, b.name, b.name_en
        from recounted_boards c left join boards b on b.id = c.board_id and b.kind = any(:kinds)
        where c.recount_id = any(:ids) order by c.recount_id desc, b.position, c.board_id
        """,
        ids=recount_ids,
        kinds=kinds,
    )
