"""Digests, and what they are made of."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from forum.clock import last_moment
from forum.db import Database
from moderation.digests.rules import Digest

DIGEST = """
select d.id, d.title, d.consultation_id, d.state, d.starts_at, d.ends_at, d.summary,
    shown_manifest(d.manifest) as manifest, d.version,
    d.compiled_by, d.created_at, d.published_at, d.sha256, d.hash_version, d.asked, d.answered,
    (select section_id from consultations where id = d.consultation_id) as section_id,
    array(
        select distinct coalesce(s.board_id, t.board_id)
        from digest_sources s left join topics t on t.id = s.topic_id
        where s.digest_id = d.id and s.from_digest_id is null
    ) as boards,
    coalesce((
        select f.people -> cast(d.id as text) from forgotten_submitters f
        where jsonb_exists(f.people, cast(d.id as text))
    ), '{}') as people
from digests d
"""


@dataclass(frozen=True, slots=True)
class Row:
    """A digest in a list."""

    id: int
    title: str
    consultation_id: int | None
    state: str
    starts_at: datetime
    ends_at: datetime
    created_at: datetime
    published_at: datetime | None
    groups: int
    texts: int

    @property
    def until(self) -> datetime:
        return last_moment(self.ends_at)


@dataclass(frozen=True, slots=True)
class SourceName:
    """One of the things that a digest reads."""

    board_name: str | None
    board_name_en: str | None
    topic_id: int | None
    topic_title: str | None
    topic_state: str | None
    from_digest_id: int | None
    from_title: str | None


async def add(
    db: Database,
    *,
    title: str,
    consultation_id: int | None,
    starts_at: datetime,
    ends_at: datetime,
    compiled_by: int,
    now: datetime,
) -> int:
    number: int = await db.value(
        """
        insert into digests (title, consultation_id, state, starts_at, ends_at, compiled_by, created_at)
        values (:title, :consultation_id, 'compiling', :starts_at, :ends_at, :compiled_by, :now) returning id
        """,
        title=title,
        consultation_id=consultation_id,
        starts_at=starts_at,
        ends_at=ends_at,
        compiled_by=compiled_by,
        now=now,
    )
    return number


async def add_sources(
    db: Database, digest_id: int, *, boards: list[int], topics: list[int], digests: list[int]
) -> None:
    named = [
        *(("board_id", number) for number in boards),
        *(("topic_id", number) for number in topics),
        *(("from_digest_id", number) for number in digests),
    ]
    none = {"board_id": None, "topic_id": None, "from_digest_id": None}
    await db.run_many(
        """
        insert into digest_sources (digest_id, board_id, topic_id, from_digest_id)
        values (:digest_id, :board_id, :topic_id, :from_digest_id)
        """,
        [{"digest_id": digest_id, **none, column: number} for column, number in named],
    )


async def digest(db: Database, digest_id: int) -> Digest | None:
    return await db.record(Digest, DIGEST + "where d.id = :id", id=digest_id)


async def drafts_that_read(db: Database, topic_id: int) -> list[int]:
    """The digests not yet published that name the topic among their sources."""
    rows = await db.rows(
        """
        select d.id from digests d join digest_sources s on s.digest_id = d.id
        where s.topic_id = :topic_id and d.state <> 'published'
        """,
        topic_id=topic_id,
    )
    return [row["id"] for row in rows]


async def locked(db: Database, digest_id: int) -> Digest | None:
    """The digest, locked until the transaction ends: its acts go one after the other."""
    return await db.record(Digest, DIGEST + "where d.id = :id for update of d", id=digest_id)


async def of_consultation(db: Database, consultation_id: int) -> Digest | None:
    return await db.record(Digest, DIGEST + "where d.consultation_id = :id", id=consultation_id)


async def hold_of_consultation(db: Database, consultation_id: int) -> None:
    """Nobody sorts the digest of the consultation until the transaction ends."""
    await db.value("select id from digests where consultation_id = :id for update", id=consultation_id)


async def state_of_consultation(db: Database, consultation_id: int) -> str | None:
    state: str | None = await db.value("select state from consultations where id = :id", id=consultation_id)
    return state


async def listed(db: Database, *, drafts: bool, boards: list[int], before: int, limit: int) -> list[Row]:
    """The newest first: published ones, and drafts of these boards or, with `drafts`, of all."""
    return await db.records(
        Row,
        """
        select d.id, d.title, d.consultation_id, d.state, d.starts_at, d.ends_at, d.created_at, d.published_at,
            (select count(*) from opinion_groups g where g.digest_id = d.id) as groups,
            (select count(distinct coalesce(-o.submission_id, r.post_id)) from opinions o
                left join revisions r on r.id = o.revision_id where o.digest_id = d.id) as texts
        from digests d
        where d.id < :before and (d.state = 'published' or :drafts or exists (
            select from digest_sources s left join topics t on t.id = s.topic_id
            where s.digest_id = d.id and coalesce(s.board_id, t.board_id) = any(:boards)))
        order by d.id desc limit :limit
        """,
        drafts=drafts,
        boards=boards,
        before=before,
        limit=limit,
    )


async def sources(db: Database, digest_id: int) -> list[SourceName]:
    return await db.records(
        SourceName,
        """
        select b.name as board_name, b.name_en as board_name_en, t.id as topic_id, t.title as topic_title,
            t.state as topic_state, f.id as from_digest_id, f.title as from_title
        from digest_sources s left join topics t on t.id = s.topic_id
            left join boards b on b.id = coalesce(s.board_id, t.board_id)
            left join digests f on f.id = s.from_digest_id
        where s.digest_id = :id order by s.id
        """,
        id=digest_id,
    )


async def boards_of(db: Database, boards: list[int], topics: list[int]) -> list[tuple[int, str]]:
    """(id, kind) of the boards, and of the boards of the topics."""
    rows = await db.rows(
        """
        select id, kind from boards where id = any(:boards)
            or id in (select board_id from topics where id = any(:topics) and state <> 'held')
        """,
        boards=boards,
        topics=topics,
    )
    return [(row["id"], row["kind"]) for row in rows]


async def known_topics(db: Database, topics: list[int]) -> set[int]:
    rows = await db.rows("select id from topics where id = any(:ids) and state <> 'held'", ids=topics)
    return {row["id"] for row in rows}


async def published_among(db: Database, digests: list[int]) -> set[int]:
    rows = await db.rows("select id from digests where id = any(:ids) and state = 'published'", ids=digests)
    return {row["id"] for row in rows}


async def all_published(db: Database) -> list[int]:
    rows = await db.rows("select id from digests where state = 'published' order by id")
    return [row["id"] for row in rows]


async def set_heading(db: Database, digest_id: int, *, title: str, summary: str) -> None:
    await db.run(
        "update digests set title = :title, summary = :summary where id = :id",
        id=digest_id,
        title=title,
        summary=summary,
    )


async def set_compiled(db: Database, digest_id: int, manifest: dict[str, Any]) -> None:
    await db.run(
        "update digests set state = 'draft', manifest = :manifest where id = :id",
        id=digest_id,
        manifest=manifest,
    )


async def add_run(db: Database, digest_id: int, manifest: dict[str, Any]) -> None:
    """A later run beside the first; its texts are named with those of the first."""
    await db.run(
        """
        update digests set manifest = manifest
            || jsonb_build_object('texts', coalesce(manifest -> 'texts', '[]') || (cast(:run as jsonb) -> 'texts'))
            || jsonb_build_object('later',
                coalesce(manifest -> 'later', '[]') || jsonb_build_array(cast(:run as jsonb) - 'texts'))
        where id = :id
        """,
        id=digest_id,
        run=manifest,
    )


async def set_published(
    db: Database, digest_id: int, *, sha256: str, hash_version: int, now: datetime
) -> None:
    await db.run(
        """
        update digests set state = 'published', sha256 = :sha256, hash_version = :hash_version, published_at = :now,
            version = version + 1
        where id = :id
        """,
        id=digest_id,
        sha256=sha256,
        hash_version=hash_version,
        now=now,
    )
