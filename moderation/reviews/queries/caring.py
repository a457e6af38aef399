"""What spares a moderator: which posts are hard to read, what they chose, and how long they have been at it."""

from collections.abc import Sequence
from datetime import datetime

from forum.db import Database
from moderation.reviews.caring import DISTRESSING, USUAL, Comforts, Deed

# More than anybody decides within the time that counts.
MANY = 500
# Somebody reported it as such, and no moderator has said otherwise.
HARD = """
exists (select from reports r left join decisions s on s.id = r.settled_by where r.post_id = {post}
    and (r.distressing or r.rule_number = any(:hard)) and s.act is distinct from 'dismiss')
"""


async def comforts(db: Database, account_id: int) -> Comforts:
    row = await db.row(
        "select folded, minutes, posts, rested_at from review_comforts where account_id = :account_id",
        account_id=account_id,
    )
    return Comforts(**row) if row else USUAL


async def choose(db: Database, account_id: int, chosen: Comforts) -> None:
    await db.run(
        """
        insert into review_comforts (account_id, folded, minutes, posts) values (:account_id, :folded, :minutes, :posts)
        on conflict (account_id) do update set folded = excluded.folded, minutes = excluded.minutes, posts = excluded.posts
        """,
        account_id=account_id,
        **chosen.model_dump(exclude={"rested_at"}),
    )


async def rest(db: Database, account_id: int, now: datetime) -> None:
    await db.run(
        """
        insert into review_comforts (account_id, folded, minutes, posts, rested_at)
        values (:account_id, :folded, :minutes, :posts, :now)
        on conflict (account_id) do update set rested_at = excluded.rested_at
        """,
        account_id=account_id,
        now=now,
        **USUAL.model_dump(exclude={"rested_at"}),
    )


async def hard(db: Database, post_ids: Sequence[int]) -> frozenset[int]:
    """Those of these posts that are hard to read."""
    rows = await db.rows(
        f"select one.id from unnest(cast(:ids as bigint[])) one (id) where {HARD.format(post='one.id')}",
        ids=post_ids,
        hard=DISTRESSING,
    )
    return frozenset(row["id"] for row in rows)


async def deeds(db: Database, account_id: int, since: datetime) -> list[Deed]:
    """What somebody decided, proposed or looked at, the newest first."""
    return await db.records(
        Deed,
        f"""
        select at, {HARD.format(post="done.post_id")} as distressing from (
            select decided_at as at, post_id from (
                select decided_at, post_id from decisions where moderator_id = :account_id order by number desc limit :most
            ) decided where decided_at >= :since
            union all
            select proposed_at, post_id from proposals where proposed_by = :account_id and proposed_at >= :since
            union all
            select looked_at, post_id from looks where account_id = :account_id and looked_at >= :since
            union all
            select l.looked_at, q.post_id from rights_looks l join rights_requests q on q.id = l.request_id
            where l.account_id = :account_id and l.looked_at >= :since
        ) done order by at desc
        """,
        account_id=account_id,
        since=since,
        most=MANY,
        hard=DISTRESSING,
    )


async def forget(db: Database, account_id: int) -> None:
    """Of somebody who has left."""
    await db.run("delete from review_comforts where account_id = :id", id=account_id)
