"""The log as everybody reads it: in pages and files, as far as its boards may be read."""

from collections.abc import AsyncIterator, Mapping

from forum.db import Database
from moderation.reviews.queries.decisions import DECISION, Decision

FILTERS = {
    "post": "d.post_id = :post",
    # By number, so that the index of each leads to the newest lines.
    "board": "d.board_id = (select id from boards where slug = :board)",
    "act": "d.act = :act",
    "rule": "d.rule_number = :rule",
    "role": "d.role = :role",
    "moderator": "d.moderator_id = (select account_id from moderator_labels where label = :moderator)",
    "since": "d.decided_at >= :since",
    "until": "d.decided_at < :until",
}
BATCH = 500


async def page(
    db: Database, kinds: list[str], only: Mapping[str, object], *, before: int, limit: int
) -> list[Decision]:
    """The newest first, from under the number `before`, on boards of these kinds; `only` what the filters say."""
    return await db.records(
        Decision,
        f"{DECISION} where b.kind = any(:kinds) and d.number < :before {_and(only)}"
        " order by d.number desc limit :limit",
        kinds=kinds,
        before=before,
        limit=limit,
        **only,
    )


async def each(db: Database, kinds: list[str], only: Mapping[str, object]) -> AsyncIterator[Decision]:
    """Every line, the oldest first."""
    after = 0
    while True:
        found = await db.records(
            Decision,
            f"{DECISION} where b.kind = any(:kinds) and d.number > :after {_and(only)} order by d.number limit :limit",
            kinds=kinds,
            after=after,
            limit=BATCH,
            **only,
        )
        for decision in found:
            yield decision
            after = decision.number
        if len(found) < BATCH:
            return


async def line(db: Database, number: int) -> Decision | None:
    return await db.record(Decision, DECISION + "where d.number = :number", number=number)


async def labels(db: Database) -> list[str]:
    """The names by which the log tells moderators apart."""
    rows = await db.rows("select label from moderator_labels order by label")
    return [row["label"] for row in rows]


def _and(only: Mapping[str, object]) -> str:
    return "".join(f" and {FILTERS[name]}" for name in only)
