"""What the city answers: versions that are only ever added."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from forum.db import Database
from moderation.consultations.rules import Category


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One version of an answer."""

    id: int
    group_id: int
    number: int
    opinions: list[str]
    category: str
    body: str
    reason: str
    plan_before: str
    plan_after: str
    author_id: int
    author: str
    sha256: str
    created_at: datetime


ANSWER = """
select a.id, a.group_id, a.number, a.opinions, a.category, a.body, a.reason, a.plan_before, a.plan_after,
    a.author_id, w.pen_name as author, a.sha256, a.created_at
from answers a join accounts w on w.id = a.author_id
"""


CATEGORY = """
select code, label, label_en, label_plain, counts_as_reflected, requires_diff, requires_reason,
    retired_at is not null as retired
from response_categories order by position
"""


async def categories(db: Database) -> list[Category]:
    """All that there ever were, in their order."""
    return await db.records(Category, CATEGORY)


async def categories_locked(db: Database) -> list[Category]:
    return await db.records(Category, CATEGORY + "for update")


async def add_category(db: Database, values: dict[str, Any]) -> None:
    await db.run(
        """
        insert into response_categories (code, label, label_en, label_plain, counts_as_reflected, requires_diff,
            requires_reason, position)
        select :code, :label, :label_en, :label_plain, :counts_as_reflected, :requires_diff, :requires_reason,
            coalesce(max(position), 0) + 1 from response_categories
        """,
        **values,
    )


async def retire_category(db: Database, code: str, at: datetime | None) -> None:
    await db.run("update response_categories set retired_at = :at where code = :code", code=code, at=at)


async def newest_of_digest(db: Database, digest_id: int) -> dict[int, AnswerRow]:
    """The answer that counts, for each group that has one."""
    rows = await db.records(
        AnswerRow,
        ANSWER
        + """
        join opinion_groups g on g.id = a.group_id
        where g.digest_id = :id and a.number = (select max(number) from answers where group_id = g.id)
        """,
        id=digest_id,
    )
    return {row.group_id: row for row in rows}


async def newest(db: Database, group_id: int) -> AnswerRow | None:
    return await db.record(
        AnswerRow, ANSWER + "where a.group_id = :id order by a.number desc limit 1", id=group_id
    )


async def versions(db: Database, group_id: int) -> list[AnswerRow]:
    """All versions of one answer, the newest first."""
    return await db.records(AnswerRow, ANSWER + "where a.group_id = :id order by a.number desc", id=group_id)


async def add(
    db: Database,
    *,
    group_id: int,
    number: int,
    opinions: list[str],
    category: str,
    body: str,
    reason: str,
    plan_before: str,
    plan_after: str,
    author_id: int,
    sha256: str,
    now: datetime,
) -> None:
    await db.run(
        """
        insert into answers (group_id, number, opinions, category, body, reason, plan_before, plan_after,
            author_id, sha256, created_at)
        values (:group_id, :number, :opinions, :category, :body, :reason, :plan_before, :plan_after,
            :author_id, :sha256, :now)
        """,
        group_id=group_id,
        number=number,
        opinions=opinions,
        category=category,
        body=body,
        reason=reason,
        plan_before=plan_before,
        plan_after=plan_after,
        author_id=author_id,
        sha256=sha256,
        now=now,
    )


def every(db: Database) -> AsyncIterator[AnswerRow]:
    """Every version of every answer, in order of id."""
    return db.each(AnswerRow, ANSWER + "where a.id > :after order by a.id limit :batch")
