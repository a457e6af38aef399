"""The time of day. Facts are dated by this clock, so that a story can be told at another time."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

_moment: ContextVar[datetime | None] = ContextVar("moment", default=None)


def now() -> datetime:
    """The current moment, aware, in UTC."""
    return _moment.get() or datetime.now(UTC)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Lets the block happen at `moment` (aware)."""
    token = _moment.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _moment.reset(token)


def last_moment(end: datetime) -> datetime:
    """The last one that is in time: `end` is the first that is not. What ends at midnight ends on the day before, and pages
    name that day."""
    return end - timedelta(microseconds=1)
