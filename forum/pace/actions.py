"""Asking for leave to act now."""

from math import ceil

from forum import clock
from forum.db import Database
from forum.errors import TooSoon
from forum.i18n import _
from forum.pace import queries
from forum.pace.rules import LIMITS

# From here on a wait is told in minutes.
SECONDS_TOLD = 120


async def keep_pace(db: Database, limit: str, key: object) -> None:
    """Counts one act of `limit` by `key`. Raises TooSoon with the seconds to wait.

    Call it outside the act's own transaction, or a refused act would not count.
    """
    rule, now, row = LIMITS[limit], clock.now(), f"{limit}:{key}"
    tolerance = rule.every * rule.burst
    if await queries.take(db, row, now=now, every=rule.every, tolerance=tolerance):
        return
    arrival = await queries.arrival(db, row) or now
    seconds = max(1, ceil((arrival + rule.every - tolerance - now).total_seconds()))
    raise TooSoon(_too_soon(seconds), seconds)


def _too_soon(seconds: int) -> str:
    if seconds < SECONDS_TOLD:
        return _(
            "短い時間に続けて操作されました。%(seconds)s秒待ってから、もう一度お試しください。",
            seconds=seconds,
        )
    minutes = ceil(seconds / 60)
    return _(
        "短い時間に続けて操作されました。%(minutes)s分待ってから、もう一度お試しください。", minutes=minutes
    )
