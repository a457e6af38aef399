"""The log is one chain: whoever changes a line behind its back, as the database's superuser, is found and named."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.db import Database, connected
from forum.errors import Conflict
from forum.proof import digest
from moderation.reviews import actions, chain, proofs
from moderation.reviews.acts import Act
from moderation.reviews.chain import GENESIS, Head, Line
from moderation.reviews.queries import chain as queries
from tests.factories import a_moderator, a_newcomer, a_post, the_post
from tests.moderation.reviews.test_actions import decide, report

TODAY = date(2026, 4, 2)


async def a_log(db: Database) -> dict[str, int]:
    """Five lines by two moderators: a post hidden and restored, one hidden, one returned, one reported in vain."""
    moderator, other = await a_moderator(db), await a_moderator(db)
    post = await a_post(db)
    ids = {
        "first": await decide(db, moderator, post, Act.HIDE),
        "second": await decide(db, other, post, Act.RESTORE),
        "third": await decide(db, moderator, await a_post(db), Act.HIDE),
        "fourth": await decide(db, other, await a_post(db, await a_newcomer(db)), Act.RETURN),
    }
    reported = await a_post(db)
    await report(db, reported)
    ids["fifth"] = await decide(db, moderator, reported, Act.DISMISS)
    await actions.publish_head(db, TODAY)
    return ids


async def mismatches(db: Database) -> list[str]:
    return [line async for line in proofs.mismatches(db)]


async def lines(db: Database) -> list[Line]:
    return [line async for line in queries.lines(db)]


@pytest.mark.parametrize("batch", [2, 5, 6])
async def test_every_line_follows_the_one_before(
    db: Database, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(queries, "BATCH", batch)
    await a_log(db)
    log = await lines(db)
    assert [line.number for line in log] == [1, 2, 3, 4, 5]
    assert [line.previous for line in log] == [GENESIS, *(line.sha256 for line in log[:-1])]
    assert await mismatches(db) == []


@pytest.mark.parametrize("table", ["decisions", "log_heads", "moderator_labels"])
async def test_nobody_changes_or_empties_the_log_by_mistake(db: Database, table: str) -> None:
    await a_log(db)
    column = {"decisions": "reason", "log_heads": "sha256", "moderator_labels": "label"}[table]
    statements = [f"update {table} set {column} = 'x'", f"delete from {table}"]
    if table != "moderator_labels":
        statements.append(f"truncate {table} cascade")
    for statement in statements:
        with pytest.raises(Exception, match="immutable"):
            async with db.transaction():
                await db.run(statement)
    assert await mismatches(db) == []


async def test_whoever_adds_a_line_past_the_program_gets_it_linked_all_the_same(db: Database) -> None:
    """Also a process of the release before, which knows nothing of the chain."""
    await a_log(db)
    await db.run(
        """
        insert into decisions (post_id, revision_id, board_id, act, reason, moderator_id, role, text_sha256,
            decided_at, number, sha256)
        select post_id, revision_id, board_id, 'dismiss', '引用"と\\と改行' || chr(10) || chr(9) || '🌸', moderator_id,
            role, text_sha256, decided_at, 999, 'x' from decisions where number = 5
        """
    )
    assert [line.number for line in await lines(db)] == [1, 2, 3, 4, 5, 6]
    assert not [line for line in await mismatches(db) if line.startswith(("log", "head"))]


async def test_the_head_of_a_day_is_published_once(db: Database) -> None:
    assert await actions.publish_head(db, TODAY)
    await a_log(db)
    assert not await actions.publish_head(db, TODAY)
    assert await actions.publish_head(db, TODAY.replace(day=3))
    heads = await queries.heads(db)
    assert [(head.day.day, head.number) for head in heads] == [(3, 5), (2, 0)]
    assert (heads[0].sha256, heads[1].sha256) == ((await lines(db))[-1].sha256, GENESIS)
    assert await mismatches(db) == []


async def test_eight_moderators_at_once_make_one_chain(own_database: str) -> None:
    """Each with a connection of their own, many on the same posts; whoever is late is told so and leaves no line."""
    async with connected(own_database) as db:
        moderators = [await a_moderator(db) for _ in range(8)]
        posts = [await a_post(db) for _ in range(12)]

        async def judge(n: int) -> int:
            decided = 0
            for post in posts[n % 4 :] + posts[: n % 4]:
                seen = await the_post(db, post.id)
                act = Act.HIDE if seen.state == "visible" else Act.RESTORE
                try:
                    await decide(db, moderators[n], seen, act, version=seen.version)
                    decided += 1
                except Conflict:
                    pass
            return decided

        decided = sum(await asyncio.gather(*(judge(n) for n in range(8))))
        assert decided >= len(posts)
        assert [line.number for line in await lines(db)] == [*range(1, decided + 1)]
        assert await mismatches(db) == []


async def test_a_line_that_is_undone_leaves_no_gap(db: Database) -> None:
    moderator = await a_moderator(db)

    async def in_vain() -> None:
        async with db.transaction():
            await decide(db, moderator, await a_post(db), Act.HIDE)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await in_vain()
    await decide(db, moderator, await a_post(db), Act.HIDE)
    assert [line.number for line in await lines(db)] == [1]


# ---- the functions alone


@dataclass(frozen=True)
class Drawn:
    act: str
    reason: str
    rule: int | None


DRAWN = st.builds(Drawn, st.sampled_from([*Act]), st.text(max_size=20), st.none() | st.integers(1, 20))


def written(drawn: Sequence[Drawn]) -> list[Line]:
    """A chain as it should be."""
    log: list[Line] = []
    for number, one in enumerate(drawn, 1):
        line = Line(
            number, number + 10, 2, None, one.act, 1, 7, "K7QXM", None, "moderator", one.rule, one.rule and 1, one.reason,
            "a" * 64, datetime(2026, 4, 1, 0, number % 60, tzinfo=UTC), "", log[-1].sha256 if log else GENESIS, "",
        )  # fmt: skip
        entry = digest(chain.document(line))
        log.append(replace(line, entry=entry, sha256=chain.link(entry, line.previous)))
    return log


async def found(log: Sequence[Line], heads: Sequence[Head] = ()) -> list[str]:
    async def passing() -> AsyncIterator[Line]:
        for line in log:
            yield line

    return [finding async for finding in chain.findings(passing(), heads)]


def head(line: Line) -> Head:
    head = Head(TODAY, line.number, line.sha256, datetime(2026, 4, 2, tzinfo=UTC), "")
    return replace(head, entry=digest(chain.head_document(head)))


@given(st.lists(DRAWN, min_size=1, max_size=8))
async def test_a_chain_as_written_matches_with_every_head_it_ever_had(drawn: list[Drawn]) -> None:
    log = written(drawn)
    assert await found(log, [head(line) for line in log]) == []


@given(st.lists(DRAWN, min_size=2, max_size=8), st.data())
async def test_one_line_altered_is_the_one_that_is_named(drawn: list[Drawn], data: st.DataObject) -> None:
    log = written(drawn)
    at = data.draw(st.integers(0, len(log) - 1))
    reason = data.draw(st.text(max_size=20).filter(lambda text: text != log[at].reason))
    log[at] = replace(log[at], reason=reason)
    assert [finding.split(":")[0] for finding in await found(log)] == [
        f"log line {at + 1} (decision {at + 11})"
    ]


@pytest.mark.parametrize(
    ("number", "said"), [(4, "log line 3: removed"), (2**63 - 1, f"log lines 3 to {2**63 - 2}: removed")]
)
async def test_however_many_lines_are_removed_one_sentence_says_it(number: int, said: str) -> None:
    log = written([Drawn(Act.HIDE, "理由です。", 1)] * 3)
    log[2] = replace(log[2], number=number)
    removed, altered = await found(log)
    assert removed == said
    assert altered == f"log line {number} (decision 13): altered: it says something else than its hash"


@given(st.lists(DRAWN, min_size=3, max_size=8, unique_by=lambda one: one.reason), st.data())
async def test_any_other_order_or_selection_of_the_lines_is_found(
    drawn: list[Drawn], data: st.DataObject
) -> None:
    log = written(drawn)
    taken = data.draw(st.permutations(log).map(lambda lines: lines[: data.draw(st.integers(1, len(log)))]))
    assert bool(await found(taken, [head(log[-1])])) == (taken != log)
    # Numbered anew, as if nothing were missing: only the order counts then, and the heads.
    numbered = [replace(line, number=number) for number, line in enumerate(taken, 1)]
    assert bool(await found(numbered, [head(log[-1])])) == (taken != log)


@given(st.lists(DRAWN, min_size=2, max_size=8), st.data())
async def test_a_chain_rewritten_from_some_line_on_is_found_by_the_heads_after_it(
    drawn: list[Drawn], data: st.DataObject
) -> None:
    log = written(drawn)
    at = data.draw(st.integers(0, len(log) - 1))
    forged = written([*drawn[:at], replace(drawn[at], reason=drawn[at].reason + "x"), *drawn[at + 1 :]])
    assert await found(forged) == []
    said = await found(forged, [head(line) for line in log])
    assert len(said) == len(log) - at
    assert all(f"rewritten after line {at}" in line for line in said)
