"""What carries a message to every process: it says *that* something changed, never what.

Events are published by `pg_notify` inside the transaction they tell about, whichever broker carries them on:
they go out if and when it commits. A broker may lose messages while it is away; it then says so, and everyone
catches up from the tables.
"""

from collections.abc import Callable

from realtime.broker.postgres import PostgresBroker
from realtime.broker.receiving import Broker, Handlers, OnMessage

__all__ = ["Broker", "Handlers", "OnMessage", "PostgresBroker", "broker_at"]


def broker_at(url: str | None, dsn: str, handlers: Handlers, on_reconnect: Callable[[], None]) -> Broker:
    """The broker of a setting: PostgreSQL itself, or the Redis at `url` fed from the PostgreSQL at `dsn`."""
    if url is None:
        return PostgresBroker(dsn, handlers, on_reconnect)
    # Most towns have no Redis: its client is a tenth of what a process loads at its start.
    from realtime.broker.redis import RedisBroker

    return RedisBroker(url, dsn, handlers, on_reconnect)
