"""What a map promises, and what does not match when it is recomputed. Documented in docs/provenance.md."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from forum.proof import digest, moment
from moderation.maps.rules import Point


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
