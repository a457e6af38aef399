"""Whoever writes another value over any column of what was decided, as the database's superuser, is found by
`forum verify`, which names the row.

The columns are asked of the database, so that a new one is not forgotten. `TAMPER_EVERYTHING=1` tries every value that
can be thought of on every row, and takes half a minute more.
"""

import os
from contextlib import suppress
from typing import Any

import asyncpg
import pytest

import forum.offices.proofs
import forum.posts.proofs
import forum.topics.proofs
import forum.wordings.proofs
import moderation.appeals.proofs
import moderation.approvals.proofs
import moderation.charters.proofs
import moderation.city_answers.proofs
import moderation.digests.verifying
import moderation.inquiries.proofs
import moderation.proxies.proofs
import moderation.reviews.proofs
import moderation.rights.proofs
from forum.db import Database
from tests.conftest import undone
from tests.whole_room import (
    answer_for_city,
    appoint,
    approve,
    ask_sections,
    claim_rights,
    close_a_poll,
    contest,
    enter_for_others,
    give_time,
    hear_authors,
    judge,
    judge_in_pairs,
    publish_head,
    reword_the_charter,
    sanction,
    say_it_in_easy_words,
    suggest,
)

EVERYTHING = "TAMPER_EVERYTHING" in os.environ
pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800 if EVERYTHING else 120)]

CHECKS = [
    forum.posts.proofs.mismatches,
    forum.topics.proofs.mismatches_of_transfers,
    forum.topics.proofs.mismatches_of_polls,
    forum.topics.proofs.mismatches_of_phases,
    forum.wordings.proofs.mismatches,
    forum.offices.proofs.mismatches,
    moderation.charters.proofs.mismatches,
    moderation.reviews.proofs.mismatches,
    moderation.appeals.proofs.mismatches,
    moderation.rights.proofs.mismatches,
    moderation.inquiries.proofs.mismatches,
    moderation.city_answers.proofs.mismatches,
    moderation.proxies.proofs.mismatches,
    moderation.approvals.proofs.mismatches,
    moderation.digests.verifying.of_objections,
    moderation.digests.verifying.of_suggestions,
]
# How a row is named: as it is now, or as it was.
NAMES = {
    "decisions": ("decision {id}",),
    # By its post where it is not the one that the post shows.
    "revisions": ("revision {id} ", "post {post_id}:"),
    "masks": ("mask {id}:",),
    # By the decisions whose words it keeps from being guessed.
    "seals": ("judged hash is not that of revision",),
    "sanctions": ("sanction {id}:",),
    "proposals": ("proposal {id}:",),
    "pair_switches": ("switch {id} of board",),
    "appeals": ("appeal {id}:",),
    "rights_requests": ("rights request {id}:",),
    "rights_steps": (
        "rights request {request_id}: step {number} ",
        "rights request {request_id}: was removed, and step {number} ",
    ),
    "charter_rules": ("rule {number} version {version}:",),
    "inquiries": ("inquiry {id}:",),
    "city_answer_steps": ("city's answer to topic {topic_id}: step {number} ",),
    "answer_promises": ("promise {id} of board",),
    "proxy_entries": ("proxy entry of post {post_id}:",),
    "proxy_corrections": ("correction of revision {revision_id}:",),
    "approvals": ("approval {id}:",),
    "approval_uses": ("approval {approval_id}:",),
    "approval_switches": ("approval switch {id}:",),
    "objections": ("objection {id}:",),
    "objection_windows": ("objection window of digest {digest_id}:",),
    "objection_times": ("objection window of digest {digest_id}:",),
    "suggestions": ("suggestion {id}:",),
    "poll_results": ("poll {poll_id}:",),
    "polls": ("poll {id}:",),
    "hidden_polls": ("poll {poll_id}:",),
    "timetables": ("timetable of topic {topic_id}: version {number} ",),
    "transfers": ("transfer {id}:",),
    "transfer_lines": ("transfer {transfer_id}:",),
    "easy_wordings": ("easy words for {about} {subject_id}: version {number} ",),
    "appointments": ("appointment {id}:",),
    "log_heads": ("head of {day}:",),
}
# What proves nothing: by these numbers a row is found and nothing else; what it says and its order rest on the log.
PROVES_NOTHING = {
    ("sanctions", "id"),
    ("proposals", "id"),
    ("pair_switches", "id"),
    ("appeals", "id"),
    ("rights_steps", "id"),
    ("inquiries", "id"),
    ("approvals", "id"),
    ("objections", "id"),
    ("objection_times", "id"),
    ("suggestions", "id"),
    ("approval_switches", "id"),
    ("appointments", "id"),
    ("revisions", "id"),
    ("city_answer_steps", "id"),
    ("timetables", "id"),
}
# But some of these numbers stand elsewhere as well, or tell which of two rows was first: that of an appeal that waits is in the
# queue, that of an approval where it was used, and a post knows its newest revision.
STANDS_ELSEWHERE = {
    ("appeals", "id"): "select from review_items where open and appeal_id = :id",
    ("approvals", "id"): "select from approval_uses where approval_id = :id",
    ("revisions", "id"): "select from posts where revision_id = :id",
    (
        "city_answer_steps",
        "id",
    ): "select from city_answer_steps a join city_answer_steps b using (topic_id) where a.id = :id and b.id > a.id",
    (
        "timetables",
        "id",
    ): "select from timetables a join timetables b using (topic_id) where a.id = :id and b.id > a.id",
}
# What is written over a value, by its type.
OTHER = {
    "bigint": ("{0} + 1000000", "{0} + 1", "coalesce({0}, 1)"),
    "integer": ("{0} + 1", "{0} + 1000000", "coalesce({0}, 1)"),
    "text": ("{0} || '。'", "''"),
    "timestamp with time zone": ("{0} + interval '1 microsecond'", "coalesce({0}, now())"),
    "date": ("{0} + 1",),
    "jsonb": ("{0} || {0}",),
    "ARRAY": ("{0} || {0}",),
    "boolean": ("not {0}",),
    "bytea": (r"{0} || '\x00'",),
}


async def a_room(db: Database) -> None:
    """Rows of every kind, and nothing that keeps the superuser from writing over them."""
    happenings = (
        judge,
        sanction,
        judge_in_pairs,
        contest,
        claim_rights,
        ask_sections,
        answer_for_city,
        enter_for_others,
        approve,
        hear_authors,
        suggest,
        reword_the_charter,
        close_a_poll,
        give_time,
        say_it_in_easy_words,
        appoint,
    )
    for happens in (*happenings, publish_head):
        await happens(db)
    await db.run("set local session_replication_role = replica")
    constraints = await db.rows(
        """
        select cast(conrelid as regclass) as name, conname from pg_constraint
        where contype = 'c' and cast(cast(conrelid as regclass) as text) = any(:tables)
        """,
        tables=[*NAMES],
    )
    for row in constraints:
        await db.run(f"alter table {row['name']} drop constraint {row['conname']}")
    for table in NAMES:
        if "id" in await columns(db, table):
            await db.run(f"alter table {table} alter id drop identity if exists")


async def columns(db: Database, table: str) -> dict[str, list[str]]:
    """What can be written over each."""
    rows = await db.rows(
        """
        select column_name as name, data_type as type, is_nullable = 'YES' as nullable from information_schema.columns
        where table_schema = 'public' and table_name = :table order by ordinal_position
        """,
        table=table,
    )
    return {
        row["name"]: [other.format(row["name"]) for other in OTHER[row["type"]]] + ["null"] * row["nullable"]
        for row in rows
    }


async def mismatches(db: Database) -> list[str]:
    return [line for check in CHECKS async for line in check(db)]


async def is_found(db: Database, table: str, row: dict[str, Any], column: str, other: str) -> bool | None:
    """Whether `forum verify` names the row after writing over one column of it; None if it was the same before, or the
    database refuses even that."""
    found = None
    with suppress(asyncpg.UniqueViolationError):
        async with undone(db):
            rows = await db.rows(
                f"update {table} set {column} = {other}"
                f" where ctid = '{row['place']}' and {column} is distinct from {other} returning *"
            )
            if rows:
                found = await is_named(db, names(table, row, dict(rows[0])))
    return found


async def is_named(db: Database, expected: set[str]) -> bool:
    """The check that named a row last is asked first: it knows the next one of the same table, too."""
    for check in CHECKS:
        async for line in check(db):
            if any(name in line for name in expected):
                CHECKS.remove(check)
                CHECKS.insert(0, check)
                return True
    return False


async def proves(db: Database, table: str, column: str, id_: int) -> bool:
    """Whether something rests on this column of this row."""
    elsewhere = STANDS_ELSEWHERE.get((table, column))
    if elsewhere is not None and await db.row(elsewhere, id=id_) is not None:
        return True
    return (table, column) not in PROVES_NOTHING


def names(table: str, *rows: dict[str, Any]) -> set[str]:
    return {name.format(**row) for name in NAMES[table] for row in rows}


async def test_another_value_in_any_column_is_found_and_its_row_named(db: Database) -> None:
    await a_room(db)
    assert await mismatches(db) == []
    missed, tried = [], 0
    for table in NAMES:
        rows = await db.rows(f"select cast(ctid as text) as place, * from {table} order by 2")
        for number, (column, others) in enumerate((await columns(db, table)).items()):
            for row in rows if EVERYTHING else [rows[number % len(rows)]]:
                for other in others if EVERYTHING else {others[0], others[-1]}:
                    found = await is_found(db, table, dict(row), column, other)
                    if found is None:
                        continue
                    tried += 1
                    if found != await proves(db, table, column, row.get("id", 0)):
                        missed.append((table, column, other))
    assert missed == []
    assert tried > 60
    assert await mismatches(db) == []
