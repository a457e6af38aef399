"""What a map promises, and what does not match when it is recomputed. Documented in docs/provenance.md."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from forum.proof import digest, moment
from moderation.maps.rules import Change, Point


def of_map(
    *,
    of_digest: str,
    points: Iterable[Point],
    opened_at: datetime,
    closes_at: datetime,
    manifest: dict[str, Any],
    outcome: dict[str, Any],
) -> str:
    """Binds sentences, period, method and outcome to the digest that was asked about."""
    return digest(
        {
            "closes": moment(closes_at),
            "digest": of_digest,
            "manifest": manifest,
            "opens": moment(opened_at),
            "outcome": outcome,
            "points": [{"group": point.group_position, "statement": point.statement} for point in points],
        }
    )


def of_change(map_id: int, change: Change, previous: str | None) -> str:
    """A change of the time for answers, bound to the change before it."""
    return digest(
        {
            "after": moment(change.closes_at),
            "before": moment(change.closed_at),
            "map": map_id,
            "number": change.number,
            "previous": previous,
            "reason": change.reason,
            "time": moment(change.made_at),
        }
    )


def problems_of_changes(map_id: int, closes_at: datetime, changes: Sequence[Change]) -> list[str]:
    """What is wrong with the changes of a map: one altered or gone, or an end that none of them gave."""
    problems, previous = [], None
    for number, change in enumerate(changes, 1):
        if change.number != number or change.sha256 != of_change(map_id, change, previous):
            problems.append(f"change {change.number}: hash differs")
        previous = change.sha256
    if changes and changes[-1].closes_at != closes_at:
        problems.append("it does not close as its last change says")
    return problems
