"""All SQL of polls."""

from collections.abc import Sequence
from datetime import datetime

from forum.db import Database, columns
from forum.topics.polling import Hiding, NewPoll, Poll, Result
from realtime.protocol import MAX_NUMBER

POLL = """
select id, topic_id, question, kind, options, live, opened_by, opened_at, closes_at,
    exists (select from hidden_polls where poll_id = polls.id and lifted_by is null) as hidden
from polls
"""
HIDING = """
select h.poll_id, coalesce(o.question, '') as question, coalesce(o.options, '{}') as options,
    coalesce(d.sha256, '') as decision_sha256, h.sha256, l.sha256 as lifted_sha256, h.lift_sha256
from hidden_polls h left join polls o on o.id = h.poll_id left join decisions d on d.id = h.set_by
    left join decisions l on l.id = h.lifted_by
"""
RESULT = f"select {columns(Result)} from poll_results"


async def poll(db: Database, poll_id: int) -> Poll | None:
    return await db.record(Poll, POLL + " where id = :id", id=poll_id)


async def locked(db: Database, poll_id: int) -> Poll | None:
    """The poll, its row locked until the transaction ends: no ballot comes while others are counted."""
    return await db.record(Poll, POLL + " where id = :id for update", id=poll_id)


async def of_topic(db: Database, topic_id: int) -> list[Poll]:
    """The newest first."""
    return await db.records(Poll, POLL + " where topic_id = :id order by id desc", id=topic_id)


async def add(db: Database, topic_id: int, new: NewPoll, by_id: int, now: datetime, end: datetime) -> int:
    number: int = await db.value(
        """
        insert into polls (topic_id, question, kind, options, live, opened_by, opened_at, closes_at)
        values (:topic_id, :question, :kind, :options, :live, :by_id, :now, :end) returning id
        """,
        topic_id=topic_id,
        question=new.question,
        kind=new.kind,
        options=new.options.split("\n"),
        live=new.live,
        by_id=by_id,
        now=now,
        end=end,
    )
    return number


async def cast(db: Database, poll_id: int, account_id: int, ranks: Sequence[int], now: datetime) -> None:
    """The newest answer of a person counts."""
    await db.run(
        """
        insert into ballots (poll_id, account_id, ranks, cast_at) values (:poll_id, :account_id, :ranks, :now)
        on conflict on constraint ballots_once do update set ranks = excluded.ranks, cast_at = excluded.cast_at
        """,
        poll_id=poll_id,
        account_id=account_id,
        ranks=ranks,
        now=now,
    )


async def open_ones_answered(db: Database, account_id: int, now: datetime) -> list[int]:
    rows = await db.rows(
        """
        select p.id from ballots b join polls p on p.id = b.poll_id
        where b.account_id = :account_id and p.closes_at > :now
        """,
        account_id=account_id,
        now=now,
    )
    return [row["id"] for row in rows]


async def forget(db: Database, account_id: int, polls: list[int]) -> None:
    await db.run(
        "delete from ballots where account_id = :account_id and poll_id = any(:polls)",
        account_id=account_id,
        polls=polls,
    )


async def ballot_of(db: Database, poll_id: int, account_id: int) -> list[int] | None:
    ranks: list[int] | None = await db.value(
        "select ranks from ballots where poll_id = :poll_id and account_id = :account_id",
        poll_id=poll_id,
        account_id=account_id,
    )
    return ranks


async def sheets(db: Database, poll_id: int) -> list[tuple[list[int], int]]:
    """The ballots without names, each with how many are the same."""
    rows = await db.rows(
        "select ranks, count(*) as times from ballots where poll_id = :id group by ranks", id=poll_id
    )
    return [(row["ranks"], row["times"]) for row in rows]


async def stamp(db: Database, poll_id: int) -> int:
    """A number that differs when the ballots do."""
    found = await db.value(
        "select sum(hashint8extended(account_id, hashtext(cast(cast_at as text)))) from ballots where poll_id = :id",
        id=poll_id,
    )
    return int(found or 0) % MAX_NUMBER


async def result(db: Database, poll_id: int) -> Result | None:
    return await db.record(Result, RESULT + " where poll_id = :id", id=poll_id)


async def results(db: Database) -> list[Result]:
    return await db.records(Result, RESULT + " order by poll_id")


async def to_seal(db: Database, now: datetime) -> list[Poll]:
    """Polls that are over and have no result yet."""
    return await db.records(
        Poll,
        POLL
        + """
        where closes_at <= :now and not exists (select from poll_results where poll_id = polls.id) order by id
        """,
        now=now,
    )


async def seal(db: Database, result: Result) -> None:
    """The result stays, and nothing of who answered what."""
    await db.run(
        """
        insert into poll_results (poll_id, ballots, counts, pairs, places, sealed_at, sha256)
        values (:poll_id, :ballots, :counts, :pairs, :places, :sealed_at, :sha256)
        """,
        poll_id=result.poll_id,
        ballots=result.ballots,
        counts=result.counts,
        pairs=result.pairs,
        places=result.places,
        sealed_at=result.sealed_at,
        sha256=result.sha256,
    )
    await db.run("delete from ballots where poll_id = :id", id=result.poll_id)


async def remembered(db: Database) -> list[int]:
    """Polls with a result whose ballots are still there."""
    rows = await db.rows("select distinct poll_id from ballots join poll_results using (poll_id) order by 1")
    return [row["poll_id"] for row in rows]


async def hide(db: Database, poll_id: int, decision_id: int, sha256: str) -> None:
    await db.run(
        "insert into hidden_polls (set_by, poll_id, sha256) values (:decision_id, :poll_id, :sha256)",
        decision_id=decision_id,
        poll_id=poll_id,
        sha256=sha256,
    )


async def show(db: Database, poll_id: int, decision_id: int, sha256: str) -> None:
    await db.run(
        """
        update hidden_polls set lifted_by = :decision_id, lift_sha256 = :sha256
        where poll_id = :poll_id and lifted_by is null
        """,
        decision_id=decision_id,
        poll_id=poll_id,
        sha256=sha256,
    )


async def hiding(db: Database, poll_id: int) -> Hiding | None:
    """That by which the poll is hidden now."""
    return await db.record(
        Hiding, HIDING + " where h.poll_id = :poll_id and h.lifted_by is null", poll_id=poll_id
    )


async def hidings(db: Database) -> list[Hiding]:
    return await db.records(Hiding, HIDING + " order by h.set_by")


async def hidden_by(db: Database, decision_id: int) -> int | None:
    """The poll that a decision hides still."""
    poll_id: int | None = await db.value(
        "select poll_id from hidden_polls where set_by = :decision_id and lifted_by is null",
        decision_id=decision_id,
    )
    return poll_id
