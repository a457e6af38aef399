"""Procedures and their draft plans."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from forum.db import Database
from moderation.consultations.rules import Consultation
from moderation.consultations.rules.notice import Frame

CONSULTATION = """
select c.id, c.title, c.summary, c.section_id, s.name as section_name, s.name_en as section_name_en, c.state,
    c.announced_at, c.opens_at, c.closes_at, c.short_period_reason, c.result_due, c.end_reason, c.version,
    c.published_at, c.sha256, c.hash_version, c.plain_summary, c.plain_source_sha256,
    exists (select from digests d where d.consultation_id = c.id) as has_digest
from consultations c join sections s on s.id = c.section_id
"""


@dataclass(frozen=True, slots=True)
class PlanPart:
    """A section of the draft plan, as stored."""

    id: int
    position: int
    heading: str
    body: str


@dataclass(frozen=True, slots=True)
class CitySection:
    """A section of the city hall (担当課)."""

    id: int
    name: str
    name_en: str


async def consultation(db: Database, consultation_id: int) -> Consultation | None:
    return await db.record(Consultation, CONSULTATION + "where c.id = :id", id=consultation_id)


async def locked(db: Database, consultation_id: int) -> Consultation | None:
    """The procedure, locked until the transaction ends."""
    return await db.record(
        Consultation, CONSULTATION + "where c.id = :id for no key update of c", id=consultation_id
    )


async def known_to_all(db: Database) -> list[Consultation]:
    """Everything the public may see, the newest period first."""
    return await db.records(
        Consultation,
        CONSULTATION
        + "where c.announced_at is not null or c.state <> 'planned' order by c.opens_at desc, c.id desc",
    )


async def in_preparation(db: Database, section_id: int | None) -> list[Consultation]:
    """What a section has not announced yet; of all sections when none is named."""
    return await db.records(
        Consultation,
        CONSULTATION
        + """
        where c.announced_at is null and c.state = 'planned'
            and (cast(:section_id as bigint) is null or c.section_id = :section_id)
        order by c.opens_at, c.id
        """,
        section_id=section_id,
    )


async def with_names_since(db: Database, ended_before: datetime) -> list[int]:
    """Those that ended before then, by a result or otherwise, and whose submitters are not forgotten yet."""
    rows = await db.rows(
        """
        select c.id from consultations c
        where c.state in ('published', 'not_conducted', 'withdrawn') and coalesce(c.published_at,
                (select max(made_at) from consultation_changes h where h.consultation_id = c.id), c.closes_at) < :moment
            and not exists (select from forgotten_submitters f where f.consultation_id = c.id)
        order by c.id
        """,
        moment=ended_before,
    )
    return [row["id"] for row in rows]


async def plan(db: Database, consultation_id: int) -> list[PlanPart]:
    return await db.records(
        PlanPart,
        "select id, position, heading, body from plan_sections where consultation_id = :id order by position",
        id=consultation_id,
    )


async def city_sections(db: Database) -> list[CitySection]:
    return await db.records(CitySection, "select id, name, name_en from sections order by name")


async def staff_of(db: Database, section_id: int) -> list[int]:
    """Whom to tell that something came in: the staff of the section, or where it has none the administrators."""
    rows = await db.rows(
        """
        with staff as (
            select id from accounts where section_id = :id and role = 'staff' and suspended_at is null
        )
        select id from staff
        union all select id from accounts
            where role = 'administrator' and suspended_at is null and not exists (select from staff)
        order by id
        """,
        id=section_id,
    )
    return [row["id"] for row in rows]


async def add(db: Database, frame: Frame, plain_source: str, *, created_by: int, now: datetime) -> int:
    number: int = await db.value(
        """
        insert into consultations (title, summary, plain_summary, section_id, state, opens_at, closes_at, short_period_reason,
            result_due, created_by, created_at, plain_source_sha256)
        values (:title, :summary, :plain_summary, :section_id, 'planned', :opens_at, :closes_at, :short_period_reason,
            :result_due, :created_by, :now, :plain_source) returning id
        """,
        **asdict(frame),
        plain_source=plain_source,
        created_by=created_by,
        now=now,
    )
    return number


async def rewrite(db: Database, consultation_id: int, frame: Frame, plain_source: str) -> None:
    await db.run(
        """
        update consultations set title = :title, summary = :summary, plain_summary = :plain_summary, section_id = :section_id,
            opens_at = :opens_at, closes_at = :closes_at, short_period_reason = :short_period_reason,
            result_due = :result_due, plain_source_sha256 = :plain_source, version = version + 1
        where id = :id
        """,
        **asdict(frame),
        plain_source=plain_source,
        id=consultation_id,
    )


async def replace_plan(db: Database, consultation_id: int, parts: Sequence[tuple[str, str]]) -> None:
    """Only before the procedure opens: nothing refers to the sections yet."""
    await db.run("delete from plan_sections where consultation_id = :id", id=consultation_id)
    await db.run_many(
        """
        insert into plan_sections (consultation_id, position, heading, body)
        values (:consultation_id, :position, :heading, :body)
        """,
        placed(consultation_id, parts),
    )


async def correct_plan(db: Database, consultation_id: int, parts: Sequence[tuple[str, str]]) -> None:
    """Every section keeps its place, for opinions refer to it; what is new comes after them."""
    await db.run_many(
        """
        insert into plan_sections (consultation_id, position, heading, body)
        values (:consultation_id, :position, :heading, :body)
        on conflict (consultation_id, position) do update set heading = excluded.heading, body = excluded.body
        """,
        placed(consultation_id, parts),
    )


def placed(consultation_id: int, parts: Sequence[tuple[str, str]]) -> list[dict[str, object]]:
    return [
        {"consultation_id": consultation_id, "position": position, "heading": heading, "body": body}
        for position, (heading, body) in enumerate(parts, 1)
    ]


async def announce(db: Database, consultation_id: int, *, opens_at: datetime, now: datetime) -> None:
    await db.run(
        """
        update consultations set announced_at = :now, opens_at = :opens_at, version = version + 1
        where id = :id
        """,
        id=consultation_id,
        opens_at=opens_at,
        now=now,
    )


async def extend(db: Database, consultation_id: int, *, closes_at: datetime, result_due: date | None) -> None:
    await db.run(
        """
        update consultations set closes_at = :closes_at, result_due = :result_due, version = version + 1
        where id = :id
        """,
        id=consultation_id,
        closes_at=closes_at,
        result_due=result_due,
    )


async def close(db: Database, consultation_id: int, reason: str, now: datetime) -> None:
    """Ends the period now, for a reason that joins the one for a short period."""
    await db.run(
        """
        update consultations set closes_at = :now, version = version + 1,
            short_period_reason = concat_ws(E'\n', nullif(short_period_reason, ''), cast(:reason as text))
        where id = :id
        """,
        id=consultation_id,
        reason=reason,
        now=now,
    )


async def set_state(db: Database, consultation_id: int, state: str, *, end_reason: str = "") -> None:
    await db.run(
        "update consultations set state = :state, end_reason = :end_reason, version = version + 1 where id = :id",
        id=consultation_id,
        state=state,
        end_reason=end_reason,
    )


async def publish(
    db: Database, consultation_id: int, *, sha256: str, hash_version: int, now: datetime
) -> None:
    await db.run(
        """
        update consultations set state = 'published', published_at = :now, sha256 = :sha256,
            hash_version = :hash_version, version = version + 1
        where id = :id
        """,
        id=consultation_id,
        sha256=sha256,
        hash_version=hash_version,
        now=now,
    )
