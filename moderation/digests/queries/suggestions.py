"""What models were asked and what they answered."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from forum.db import Database, columns
from moderation.digests.rules import WITHHELD
from moderation.digests.rules.suggesting import Suggestion


@dataclass(frozen=True, slots=True)
class Kept(Suggestion):
    """A suggestion, and whether all the words in it may still be read."""

    readable: bool = False


@dataclass(frozen=True, slots=True)
class Latest:
    """What the desk knows of the last time a group, or the likeness of all, was asked about."""

    id: int
    group_id: int
    host: str
    model: str
    asked_at: datetime
    found: dict[str, Any] | None
    failure: str | None
    status: int | None
    answered_at: datetime | None


# Whether somebody's words in it were hidden, taken back, masked since, or set aside for what they contain.
READABLE = """
not exists (
    select from revisions r join posts p on p.id = r.post_id
    where r.id = any(s.revisions) and (p.state <> 'visible' or masked_since(p.id, s.asked_at))
) and not exists (
    select from submissions b left join revisions w on w.id = b.revision_id
    where b.id = any(s.submissions)
        and (not exists (select from standing_submissions t where t.id = b.id) or is_hidden(w.post_id)
            or masked_since(w.post_id, s.asked_at))
) and not exists (
    select from opinions o
    where o.digest_id = s.digest_id and (o.revision_id = any(s.revisions) or o.submission_id = any(s.submissions))
        and o.set_aside_reason ^@ any(:withheld)
)
"""
KEPT = f"select {columns(Suggestion)}, {READABLE} as readable from suggestions s "
LATEST = """
s.host, s.model, s.asked_at, case when {readable} then s.found end as found, s.failure, s.status, s.answered_at
"""


async def add(db: Database, asked: Suggestion) -> int:
    number: int = await db.value(
        """
        insert into suggestions (digest_id, kind, groups, revisions, submissions, host, model, prompt, asked_by, asked_at,
            sha256)
        values (:digest_id, :kind, :groups, :revisions, :submissions, :host, :model, :prompt, :asked_by, :asked_at,
            :sha256) returning id
        """,
        digest_id=asked.digest_id,
        kind=asked.kind,
        groups=asked.groups,
        revisions=asked.revisions,
        submissions=asked.submissions,
        host=asked.host,
        model=asked.model,
        prompt=asked.prompt,
        asked_by=asked.asked_by,
        asked_at=asked.asked_at,
        sha256=asked.sha256,
    )
    return number


async def open_question(db: Database, number: int) -> Kept | None:
    """Unless it was answered, or the digest is published."""
    return await db.record(
        Kept,
        KEPT
        + """
        where s.id = :id and s.answered_at is null
            and exists (select from digests d where d.id = s.digest_id and d.state <> 'published')
        """,
        id=number,
        withheld=list(WITHHELD),
    )


async def unanswered(db: Database) -> list[Suggestion]:
    """Every question that `open_question` would find."""
    return await db.records(
        Suggestion,
        f"""
        select {columns(Suggestion)} from suggestions s where s.answered_at is null
            and exists (select from digests d where d.id = s.digest_id and d.state <> 'published') order by id
        """,
    )


async def answer(db: Database, answered: Suggestion, sha256: str) -> None:
    """Unless the digest was published meanwhile, and nothing about it changes any more."""
    await db.run(
        """
        update suggestions s set answer = :answer, found = :found, failure = :failure, status = :status,
            answered_at = :answered_at, answer_sha256 = :sha256
        where s.id = :id and s.answered_at is null
            and exists (select from digests d where d.id = s.digest_id and d.state <> 'published')
        """,
        id=answered.id,
        answer=answered.answer,
        found=answered.found,
        failure=answered.failure,
        status=answered.status,
        answered_at=answered.answered_at,
        sha256=sha256,
    )


async def withheld(db: Database, digest_id: int) -> set[tuple[int | None, int | None]]:
    """(revision, submission) of the texts of which a part was set aside for what it contains: they do not leave."""
    rows = await db.rows(
        """
        select distinct revision_id, submission_id from opinions
        where digest_id = :id and set_aside_reason ^@ any(:withheld)
        """,
        id=digest_id,
        withheld=list(WITHHELD),
    )
    return {(row["revision_id"], row["submission_id"]) for row in rows}


async def waiting(db: Database, digest_id: int, kind: str, groups: list[int]) -> set[int]:
    """Those of the groups that somebody has asked about and that wait for the answer."""
    rows = await db.rows(
        """
        select distinct g from suggestions s, unnest(s.groups) g
        where s.digest_id = :id and s.kind = :kind and s.answered_at is null and g = any(:groups)
        """,
        id=digest_id,
        kind=kind,
        groups=groups,
    )
    return {row["g"] for row in rows}


async def for_groups(db: Database, digest_id: int, groups: list[int]) -> list[Latest]:
    """The last for each group, as long as nobody has written its name and summary since."""
    return await db.records(
        Latest,
        f"""
        select distinct on (g) s.id, g as group_id, {LATEST.format(readable=READABLE)}
        from suggestions s, unnest(s.groups) g
        where s.digest_id = :id and s.kind = 'words' and g = any(:groups) and not exists (
            select from digest_acts a where a.digest_id = s.digest_id and a.act in ('describe', 'merge')
                and g = any(a.groups) and a.acted_at > s.asked_at)
        order by g, s.id desc
        """,
        id=digest_id,
        groups=groups,
        withheld=list(WITHHELD),
    )


async def of_likeness(db: Database, digest_id: int) -> Latest | None:
    """The last time all groups were compared; what was found are numbers of groups, and nobody's words."""
    return await db.record(
        Latest,
        f"""
        select s.id, cast(0 as bigint) as group_id, {LATEST.format(readable="true")}
        from suggestions s where s.digest_id = :id and s.kind = 'likeness' order by s.id desc limit 1
        """,
        id=digest_id,
    )


async def of(db: Database, digest_id: int) -> list[Kept]:
    """All of a digest, the first first."""
    return await db.records(
        Kept, KEPT + "where s.digest_id = :id order by s.id", id=digest_id, withheld=list(WITHHELD)
    )


async def hashes(db: Database, digest_id: int) -> list[str | None]:
    """Those of the questions in the same order; none of words that may not be read any more."""
    rows = await db.rows(
        f"select case when {READABLE} then s.sha256 end as sha256 from suggestions s where s.digest_id = :id order by s.id",
        id=digest_id,
        withheld=list(WITHHELD),
    )
    return [row["sha256"] for row in rows]


async def uncounted(db: Database) -> list[str]:
    """One line for every digest for which not as much was asked or answered as the database counted."""
    rows = await db.rows(
        """
        select format('digest %s: suggestions were removed: of %s and %s answers there are %s and %s', d.id,
            d.asked, d.answered, s.asked, s.answered) as line
        from digests d, lateral (
            select count(*) as asked, count(answered_at) as answered from suggestions where digest_id = d.id
        ) s
        where (d.asked, d.answered) <> (s.asked, s.answered) order by d.id
        """
    )
    return [row["line"] for row in rows]


def every(db: Database) -> AsyncIterator[Suggestion]:
    return db.each(
        Suggestion,
        f"select {columns(Suggestion)} from suggestions where id > :after order by id limit :batch",
    )
