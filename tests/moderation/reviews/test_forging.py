"""Whoever tampers with the log as the database's superuser is found and named."""

import pytest

from forum.db import Database
from tests.moderation.reviews.test_chain import a_log, mismatches


@pytest.fixture(scope="module")
async def ids(ground: Database) -> dict[str, int]:
    """The numbers of the decisions in a log of five lines."""
    return await a_log(ground)


TAKEN_AWAY = (
    "alter table decisions alter id drop identity if exists",
    "alter table decisions drop constraint if exists decisions_number_unique",
    "alter table decisions drop constraint if exists decisions_previous_unique",
    "alter table decisions drop constraint if exists decisions_act_known",
)


async def tamper(db: Database, sql: str) -> None:
    """With the rights of the superuser: no trigger and no constraint says a word."""
    for statement in TAKEN_AWAY:
        await db.run(statement)
    await db.run("set local session_replication_role = replica")
    await db.run(sql)
    await db.run("set local session_replication_role = origin")


# what is done to the log -> what is said of it
MOVED = {
    "delete from decisions where number = 1": "log line 1: removed",
    "delete from decisions where number = 3": "log line 3: removed",
    "delete from decisions where number = 5": "line 5 was published, and the log ends with line 4",
    "delete from decisions": "line 5 was published, and the log ends with line 0",
    "update decisions set number = 9 - number where number in (4, 5)": "log line 4 (decision {fifth}): altered",
    "update decisions set reason = 'x', entry = (select entry from decisions where number = 2) where number = 3":
        "log line 3 (decision {third}): altered",
    "update moderator_labels set label = label || 'X'": "log line 3 (decision {third}): altered",
    "delete from moderator_labels": "log line 3 (decision {third}): altered",
    "update log_heads set sha256 = repeat('0', 64)": "head of 2026-04-02: line 5 is not the one that was published",
    "update log_heads set number = 4": "head of 2026-04-02: line 4 is not the one that was published",
    "update log_heads set number = 6": "head of 2026-04-02: line 6 was published, and the log ends with line 5",
    "update log_heads set number = 0": "head of 2026-04-02: line 0 is not",
    "update reports set settled_by = {first}": "which is not on its post",
    "delete from charter_rules where number = 4": "cites rule 4 in version 1, which there is not",
    "delete from revisions where id = (select revision_id from decisions where number = 3)":
        "decision {third}: judged hash is not that of revision",
    # Posts that are not as their decisions and their authors' acts have left them.
    "update posts set state = 'visible' where id = (select post_id from decisions where number = 3)":
        "visible after hide",
    "update posts set state = 'hidden' where id = (select post_id from decisions where number = 2)":
        "hidden after restore",
    "update posts set state = 'visible' where id = (select post_id from decisions where number = 4)":
        "visible after return",
    "update posts set state = 'withdrawn' where id = (select post_id from decisions where number = 3)":
        "withdrawn after hide",
    "update posts set state = 'withdrawn' where id = (select post_id from decisions where number = 2)":
        "version 3 after 1 revisions and 2 decisions",
    "update posts set state = 'held' where id = (select post_id from decisions where number = 5)":
        "held after dismiss",
    "update posts set returned_at = null where id = (select post_id from decisions where number = 4)":
        "returned to its author, or not",
    "update posts set returned_at = created_at where id = (select post_id from decisions where number = 5)":
        "returned to its author, or not",
    "update posts set version = version + 1 where id = (select post_id from decisions where number = 5)":
        "version 3 after 1 revisions and 1 decisions",
}  # fmt: skip


@pytest.mark.parametrize(("sql", "said"), MOVED.items())
async def test_tampering_around_the_lines_is_found_and_named(
    db: Database, ids: dict[str, int], sql: str, said: str
) -> None:
    await tamper(db, sql.format(**ids))
    found = await mismatches(db)
    assert any(said.format(**ids) in line for line in found), found


INSERTED = """
insert into decisions select (jsonb_populate_record(null::decisions, to_jsonb(d) || jsonb_build_object(
    'id', d.id + 1000, 'number', {number}, 'previous', repeat('3', 64)))).* from decisions d where number = 3
"""


@pytest.mark.parametrize(("number", "said"), [(3, "inserted"), (6, "altered"), (6, "does not follow line 5")])
async def test_a_line_that_was_put_in_is_found_and_named(
    db: Database, ids: dict[str, int], number: int, said: str
) -> None:
    await tamper(db, INSERTED.format(number=number))
    expected = f"log line {number} (decision {ids['third'] + 1000}): {said}"
    found = await mismatches(db)
    assert any(expected in line for line in found), found


async def test_a_chain_that_was_written_anew_is_whole_and_still_not_the_one_that_was_published(
    db: Database, ids: dict[str, int]
) -> None:
    await tamper(db, "update decisions set reason = 'よくない投稿です。' where number = 3")
    await tamper(db, REWRITTEN)
    assert await mismatches(db) == [
        "head of 2026-04-02: line 5 is not the one that was published; rewritten after line 0"
    ]


# As somebody would who knows how the lines are linked.
REWRITTEN = """
do $$
declare
    d decisions;
    last decisions;
begin
    for d in select * from decisions order by number loop
        d = linked(d, last.number, last.sha256);
        update decisions set entry = d.entry, previous = d.previous, sha256 = d.sha256 where id = d.id;
        last = d;
    end loop;
end $$
"""
