"""All SQL of following."""

from forum.db import Database
from forum.following.rules import Follower, Level

FOLLOWERS = """
select account_id, t.level as topic, t.chosen, b.level as board
from (select account_id, level, chosen from followed_topics where topic_id = :topic_id) t
    full join (select account_id, level from followed_boards where board_id = :board_id) b using (account_id)
"""


async def followers(db: Database, topic_id: int, board_id: int, *, staff_only: bool) -> list[Follower]:
    """Everybody who said something about the topic or its board, and may read it."""
    rows = await db.rows(
        FOLLOWERS
        + """
        join accounts a on a.id = account_id
        where a.confirmed_at is not null and a.suspended_at is null
            and (not :staff_only or a.role in ('staff', 'administrator'))
        order by account_id
        """,
        topic_id=topic_id,
        board_id=board_id,
        staff_only=staff_only,
    )
    return [_follower(**row) for row in rows]


async def take_turn(db: Database, topic_id: int) -> None:
    """Posts of one topic are told of one after another: this waits for its turn, and has it until the transaction ends."""
    await db.run("select pg_advisory_xact_lock(hashtext('watchers'), hashint8(:topic_id))", topic_id=topic_id)


async def muting(db: Database, topic_id: int, board_id: int, account_ids: list[int]) -> set[int]:
    """Those among the people who do not want to hear of the topic."""
    rows = await db.rows(
        FOLLOWERS + "where account_id = any(:account_ids)",
        topic_id=topic_id,
        board_id=board_id,
        account_ids=account_ids,
    )
    return {row["account_id"] for row in rows if _follower(**row).level is Level.MUTE}


async def called(db: Database, names: list[str], *, staff_only: bool) -> list[int]:
    """Who has one of these folded names, in their order, and may read the board."""
    rows = await db.rows(
        """
        select a.id from accounts a
        where a.pen_name_key = any(:names) and a.confirmed_at is not null and a.suspended_at is null
            and (not :staff_only or a.role in ('staff', 'administrator'))
        order by array_position(cast(:names as text[]), a.pen_name_key)
        """,
        names=names,
        staff_only=staff_only,
    )
    return [row["id"] for row in rows]


async def board_level(db: Database, account_id: int, board_id: int) -> Level:
    level = await db.value(
        "select level from followed_boards where account_id = :account_id and board_id = :board_id",
        account_id=account_id,
        board_id=board_id,
    )
    return Level(level or Level.FOLLOW)


async def follow_topic(db: Database, account_id: int, topic_id: int, level: Level) -> None:
    await db.run(
        """
        insert into followed_topics (topic_id, account_id, level, chosen)
        values (:topic_id, :account_id, :level, true)
        on conflict (topic_id, account_id) do update set level = excluded.level, chosen = true
        """,
        topic_id=topic_id,
        account_id=account_id,
        level=level,
    )


async def watch_own(db: Database, account_id: int, topic_id: int) -> None:
    """Unless the person said something about the topic before."""
    await db.run(
        """
        insert into followed_topics (topic_id, account_id, level, chosen)
        values (:topic_id, :account_id, 'watch', false) on conflict do nothing
        """,
        topic_id=topic_id,
        account_id=account_id,
    )


async def carry(db: Database, topic_id: int, to_id: int, people: list[int] | None, *, muting: bool) -> None:
    """Who said something about a topic (of these people, or anybody) says the same about another one, unless they did before;
    that they do not want to hear of it only if `muting`."""
    await db.run(
        """
        insert into followed_topics (topic_id, account_id, level, chosen)
        select :to_id, account_id, level, chosen from followed_topics
        where topic_id = :topic_id and (level <> 'mute' or :muting)
            and (cast(:people as bigint[]) is null or account_id = any(:people)) on conflict do nothing
        """,
        topic_id=topic_id,
        to_id=to_id,
        people=people,
        muting=muting,
    )


async def follow_board(db: Database, account_id: int, board_id: int, level: Level) -> None:
    await db.run(
        """
        insert into followed_boards (board_id, account_id, level) values (:board_id, :account_id, :level)
        on conflict (board_id, account_id) do update set level = excluded.level
        """,
        board_id=board_id,
        account_id=account_id,
        level=level,
    )


async def leave_board(db: Database, account_id: int, board_id: int) -> None:
    """Nothing is said about the board any more."""
    await db.run(
        "delete from followed_boards where board_id = :board_id and account_id = :account_id",
        board_id=board_id,
        account_id=account_id,
    )


def _follower(account_id: int, topic: str | None, chosen: bool | None, board: str | None) -> Follower:
    return Follower(account_id, Level(topic) if topic else None, chosen, Level(board) if board else None)


async def forget(db: Database, account_id: int) -> None:
    """What somebody followed who has left."""
    await db.run("delete from followed_topics where account_id = :id", id=account_id)
    await db.run("delete from followed_boards where account_id = :id", id=account_id)
