"""All SQL of submissions. No function here reads what is sealed, except `sealed` for mail and for looks on record, and
`envelopes` for `forum verify`; `strangers` has one more for mail."""

from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from forum.db import Database, columns
from moderation.submissions.notes import Forgotten, Late, NotedLate, Withdrawal
from moderation.submissions.rules import Envelope, Submission

INSERT = """
insert into submissions (consultation_id, receipt, channel, account_id, plan_section_id, revision_id, body,
    sealed, person_key, source_ref, sha256, received_at)
values (:consultation_id, :receipt, :channel, :account_id, :plan_section_id, :revision_id, :body,
    :sealed, :person_key, :source_ref, :sha256, :received_at)
"""


async def add(db: Database, values: dict[str, Any]) -> int:
    number: int = await db.value(INSERT + " returning id", **values)
    return number


async def add_all(db: Database, rows: list[dict[str, Any]]) -> None:
    await db.run_many(INSERT, rows)


async def submission(db: Database, consultation_id: int, receipt: str) -> Submission | None:
    return await db.record(
        Submission,
        f"select {columns(Submission)} from submissions where consultation_id = :id and receipt = :receipt",
        id=consultation_id,
        receipt=receipt,
    )


async def by_id(db: Database, submission_id: int) -> Submission | None:
    return await db.record(
        Submission, f"select {columns(Submission)} from submissions where id = :id", id=submission_id
    )


async def is_masked(db: Database, submission_id: int) -> bool:
    """Whether a part of the post that was submitted is masked: its hash would tell who guesses that they are right."""
    return bool(
        await db.value(
            "select is_masked(r.post_id) from submissions s join revisions r on r.id = s.revision_id where s.id = :id",
            id=submission_id,
        )
    )


async def sealed(db: Database, submission_id: int) -> bytes | None:
    """The closed envelope of one submission."""
    envelope: bytes | None = await db.value("select sealed from submissions where id = :id", id=submission_id)
    return envelope


async def title_of_consultation(db: Database, consultation_id: int) -> str:
    title: str = await db.value("select title from consultations where id = :id", id=consultation_id)
    return title


async def newest(db: Database, consultation_id: int, limit: int) -> list[Submission]:
    """The last ones received, for the desk; of a submitted post ■ for what is masked, and no words while it is hidden."""
    words = "case when is_hidden(post_id) then '' else masked(post_id, body) end as body"
    shown = columns(Submission).replace("body", words)
    return await db.records(
        Submission,
        f"""
        select {shown} from (
            select s.*, w.post_id from standing_submissions s left join revisions w on w.id = s.revision_id
            where s.consultation_id = :id order by s.id desc limit :limit
        ) newest order by id desc
        """,
        id=consultation_id,
        limit=limit,
    )


async def add_late(db: Database, late: Late, entered_by: int) -> None:
    await db.run(
        """
        insert into late_submissions (submission_id, considered, reason, entered_by, entered_at, sha256)
        values (:submission_id, :considered, :reason, :entered_by, :entered_at, :sha256)
        """,
        **asdict(late),
        entered_by=entered_by,
    )


async def late(db: Database, consultation_id: int) -> dict[int, Late]:
    """Those of its submissions that arrived after the period, by their ids."""
    rows = await db.records(
        Late,
        f"""
        select {columns(Late)} from late_submissions
        where submission_id in (select id from submissions where consultation_id = :id)
        """,
        id=consultation_id,
    )
    return {row.submission_id: row for row in rows}


async def every_late(db: Database) -> list[NotedLate]:
    return await db.records(
        NotedLate,
        """
        select l.submission_id, l.considered, l.reason, l.entered_at, l.sha256, s.sha256 as submission_sha256,
            s.received_at, c.closes_at
        from late_submissions l join submissions s on s.id = l.submission_id
            join consultations c on c.id = s.consultation_id
        order by l.submission_id
        """,
    )


async def withdraw(db: Database, submission_id: int, *, sha256: str, now: datetime) -> None:
    await db.run(
        """
        insert into submission_withdrawals (submission_id, withdrawn_at, sha256)
        values (:submission_id, :now, :sha256)
        """,
        submission_id=submission_id,
        now=now,
        sha256=sha256,
    )


WITHDRAWAL = """
select w.submission_id, w.withdrawn_at, w.sha256, s.sha256 as submission_sha256
from submission_withdrawals w join submissions s on s.id = w.submission_id
"""


async def withdrawal(db: Database, submission_id: int) -> Withdrawal | None:
    return await db.record(Withdrawal, WITHDRAWAL + "where s.id = :id", id=submission_id)


async def withdrawals(db: Database) -> list[Withdrawal]:
    """Every one there is."""
    return await db.records(Withdrawal, WITHDRAWAL + "order by s.id")


async def withdrawn(db: Database, consultation_id: int) -> int:
    """How many of a consultation were taken back."""
    number: int = await db.value(
        """
        select count(*) from submission_withdrawals w join submissions s on s.id = w.submission_id
        where s.consultation_id = :id
        """,
        id=consultation_id,
    )
    return number


async def person_key(db: Database, submission_id: int) -> bytes | None:
    """By which the person is told from others; None where nobody is named."""
    key: bytes | None = await db.value("select person_key from submissions where id = :id", id=submission_id)
    return key


async def account_ids(db: Database, consultation_id: int) -> list[int]:
    """Whose submissions these are, as far as they were signed in."""
    rows = await db.rows(
        "select distinct account_id from standing_submissions where consultation_id = :id and account_id is not null order by 1",
        id=consultation_id,
    )
    return [row["account_id"] for row in rows]


async def forget_one(db: Database, submission_id: int) -> None:
    """Of whoever took it back, nothing is kept."""
    await db.run(
        "update submissions set sealed = null, person_key = null where id = :id and sealed is not null",
        id=submission_id,
    )


async def forget(db: Database, consultation_id: int) -> int:
    """Deletes the envelopes; people are still told apart, by keys that lead to nobody. Returns how many there were."""
    rows = await db.rows(
        """
        with others as materialized (
            select person_key, sha256(convert_to(cast(gen_random_uuid() as text), 'UTF8')) as other
            from submissions where consultation_id = :id and person_key is not null group by person_key
        )
        update submissions s set sealed = null,
            person_key = (select other from others o where o.person_key = s.person_key)
        where s.consultation_id = :id and s.sealed is not null returning s.id
        """,
        id=consultation_id,
    )
    return len(rows)


async def note_forgotten(db: Database, note: Forgotten) -> None:
    await db.run(
        """
        insert into forgotten_submitters (consultation_id, envelopes, kept_days, forgotten_at, sha256, people)
        values (:consultation_id, :envelopes, :kept_days, :forgotten_at, :sha256, :people)
        """,
        **asdict(note),
    )


async def forgotten(db: Database) -> list[Forgotten]:
    """Every consultation whose submitters are forgotten."""
    return await db.records(
        Forgotten, f"select {columns(Forgotten)} from forgotten_submitters order by consultation_id"
    )


def envelopes(db: Database) -> AsyncIterator[Envelope]:
    """What is sealed, for those who check that it opens; and what is gone, with whether it should be."""
    return db.each(
        Envelope,
        """
        select s.id, s.receipt, s.sealed, s.person_key, f.consultation_id is not null as forgotten,
            w.submission_id is not null as withdrawn
        from submissions s left join forgotten_submitters f on f.consultation_id = s.consultation_id
            left join submission_withdrawals w on w.submission_id = s.id
        where s.id > :after order by s.id limit :batch
        """,
    )


def every(db: Database) -> AsyncIterator[Submission]:
    """Every submission there is, in order of id."""
    return db.each(
        Submission,
        f"select {columns(Submission)} from submissions where id > :after order by id limit :batch",
    )
