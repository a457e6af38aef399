"""Maps, their points, and what people answered."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from forum.db import Database, columns
from moderation.maps.rules import Change, Map, Point

MAP = f"select {columns(Map)} from maps"


@dataclass(frozen=True, slots=True)
class Given:
    """One answer, as it is counted: 1, -1 or 0."""

    account_id: int
    position: int
    stance: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """A map that was drawn, with everything that its hash rests on; `digest` is the hash of its digest."""

    id: int
    digest_id: int
    digest: str
    opened_at: datetime
    closes_at: datetime
    drawn_at: datetime
    answers: list[str]
    manifest: dict[str, Any]
    outcome: dict[str, Any]
    sha256: str


async def add(
    db: Database, *, digest_id: int, opened_by: int, opened_at: datetime, closes_at: datetime
) -> int:
    number: int = await db.value(
        """
        insert into maps (digest_id, opened_by, opened_at, closes_at)
        values (:digest_id, :opened_by, :opened_at, :closes_at) returning id
        """,
        digest_id=digest_id,
        opened_by=opened_by,
        opened_at=opened_at,
        closes_at=closes_at,
    )
    return number


async def add_points(
    db: Database, map_id: int, points: Iterable[tuple[int, str]], *, priority: float
) -> None:
    """(id of the group, sentence) of each, in order."""
    await db.run_many(
        """
        insert into map_points (map_id, position, group_id, statement, priority)
        values (:map_id, :position, :group_id, :statement, :priority)
        """,
        [
            {
                "map_id": map_id,
                "position": position,
                "group_id": group_id,
                "statement": statement,
                "priority": priority,
            }
            for position, (group_id, statement) in enumerate(points, 1)
        ],
    )


async def of_digest(db: Database, digest_id: int) -> Map | None:
    return await db.record(Map, f"{MAP} where digest_id = :id", id=digest_id)


async def held_open(db: Database, digest_id: int) -> Map | None:
    """The map, which is not drawn before the transaction ends."""
    return await db.record(Map, f"{MAP} where digest_id = :id for share", id=digest_id)


async def locked(db: Database, map_id: int) -> Map | None:
    return await db.record(Map, f"{MAP} where id = :id for update", id=map_id)


async def reschedule(db: Database, map_id: int, closes_at: datetime) -> None:
    await db.run("update maps set closes_at = :closes_at where id = :id", id=map_id, closes_at=closes_at)


async def add_change(db: Database, map_id: int, change: Change, made_by: int) -> None:
    await db.run(
        """
        insert into map_changes (map_id, number, closed_at, closes_at, reason, made_by, made_at, sha256)
        values (:map_id, :number, :closed_at, :closes_at, :reason, :made_by, :made_at, :sha256)
        """,
        map_id=map_id,
        made_by=made_by,
        **asdict(change),
    )


async def changes(db: Database, map_id: int) -> list[Change]:
    """All changes of the time for answers, the first one first."""
    return await db.records(
        Change,
        f"select {columns(Change)} from map_changes where map_id = :map_id order by number",
        map_id=map_id,
    )


async def every(db: Database) -> list[Map]:
    return await db.records(Map, f"{MAP} order by id")


async def undrawn(db: Database) -> list[Map]:
    return await db.records(Map, f"{MAP} where drawn_at is null order by id")


async def points(db: Database, map_id: int) -> list[Point]:
    return await db.records(
        Point,
        """
        select p.id, p.position, p.group_id, g.position as group_position, p.statement, p.priority
        from map_points p join opinion_groups g on g.id = p.group_id
        where p.map_id = :map_id order by p.position
        """,
        map_id=map_id,
    )


async def set_priorities(db: Database, priorities: Mapping[int, float]) -> None:
    await db.run_many(
        "update map_points set priority = :priority where id = :id",
        [{"id": point_id, "priority": priority} for point_id, priority in priorities.items()],
    )


async def set_stance(db: Database, *, point_id: int, account_id: int, stance: int, now: datetime) -> None:
    """The newest answer counts."""
    await db.run(
        """
        insert into stances (point_id, account_id, stance, answered_at)
        values (:point_id, :account_id, :stance, :now)
        on conflict (point_id, account_id) do update set stance = :stance, answered_at = :now
        """,
        point_id=point_id,
        account_id=account_id,
        stance=stance,
        now=now,
    )


async def stances_of(db: Database, map_id: int, account_id: int) -> dict[int, int]:
    """What one person has answered: point -> stance."""
    rows = await db.rows(
        """
        select s.point_id, s.stance from stances s join map_points p on p.id = s.point_id
        where p.map_id = :map_id and s.account_id = :account_id
        """,
        map_id=map_id,
        account_id=account_id,
    )
    return {row["point_id"]: row["stance"] for row in rows}


async def given(db: Database, map_id: int) -> list[Given]:
    """Every answer to an open map."""
    return await db.records(
        Given,
        """
        select s.account_id, p.position, s.stance from stances s join map_points p on p.id = s.point_id
        where p.map_id = :map_id order by s.account_id, p.position
        """,
        map_id=map_id,
    )


async def forget_stances(db: Database, map_id: int) -> None:
    await db.run(
        "delete from stances where point_id in (select id from map_points where map_id = :map_id)",
        map_id=map_id,
    )


async def count_named(db: Database, map_id: int) -> int:
    """Answers of which it is known who gave them."""
    number: int = await db.value(
        "select count(*) from stances s join map_points p on p.id = s.point_id where p.map_id = :map_id",
        map_id=map_id,
    )
    return number


async def set_drawn(
    db: Database,
    map_id: int,
    *,
    answers: list[str],
    manifest: dict[str, Any],
    outcome: dict[str, Any],
    sha256: str,
    now: datetime,
) -> None:
    await db.run(
        """
        update maps set answers = :answers, manifest = :manifest, outcome = :outcome, sha256 = :sha256,
            drawn_at = :now
        where id = :id
        """,
        id=map_id,
        answers=answers,
        manifest=manifest,
        outcome=outcome,
        sha256=sha256,
        now=now,
    )


DRAWN = """
select m.id, m.digest_id, d.sha256 as digest, m.opened_at, m.closes_at, m.drawn_at, m.answers, m.manifest, m.outcome,
    m.sha256
from maps m join digests d on d.id = m.digest_id
"""


async def drawn(db: Database, map_id: int) -> Drawn | None:
    return await db.record(Drawn, f"{DRAWN} where m.id = :id and m.drawn_at is not null", id=map_id)


async def all_drawn(db: Database) -> list[int]:
    rows = await db.rows("select id from maps where drawn_at is not null order by id")
    return [row["id"] for row in rows]
