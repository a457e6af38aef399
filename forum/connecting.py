"""A new connection to the database: how it is made, and what it can do."""

import asyncio
import json
import socket
from typing import Any

import asyncpg

# A server that does not answer in this time is away; the driver would wait for a minute, and its visitors with it.
ANSWER_SECONDS = 10
# A machine that has vanished confirms nothing of what it is sent. Left to itself the system tries for a quarter of an hour, and
# visitors wait. One that works on a long statement has nothing to confirm, and is asked whether it is there.
SILENT_SECONDS = 20
ASKED_AFTER_SECONDS, ASKED_EVERY_SECONDS = 30, 10


async def connect(*address: Any, **options: Any) -> asyncpg.Connection:
    """Raises ConnectionError however there is no way to the server: the system has a word for each, some of which it says of
    files as well."""
    try:
        connection: asyncpg.Connection = await asyncpg.connect(*address, timeout=ANSWER_SECONDS, **options)
    except OSError as error:
        raise ConnectionError(f"{type(error).__name__}: {error}") from error
    _notice_when_it_vanishes(connection)
    return connection


def _notice_when_it_vanishes(connection: asyncpg.Connection) -> None:
    """As far as the system can (Linux can), and on the way to another machine."""
    transport: asyncio.Transport = connection._transport  # type: ignore[attr-defined]  # the driver has no public name for it
    way = transport.get_extra_info("socket")
    if way.family == socket.AF_UNIX or not hasattr(socket, "TCP_USER_TIMEOUT"):
        return
    way.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (
        (socket.TCP_KEEPIDLE, ASKED_AFTER_SECONDS),
        (socket.TCP_KEEPINTVL, ASKED_EVERY_SECONDS),
        (socket.TCP_USER_TIMEOUT, SILENT_SECONDS * 1000),
    ):
        way.setsockopt(socket.IPPROTO_TCP, option, value)


async def prepare(connection: asyncpg.Connection) -> None:
    """Reads and writes JSON."""
    await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=_as_json, decoder=json.loads)


async def as_it_is(connection: asyncpg.Connection) -> None:
    """What the driver otherwise asks the server to undo between two uses nobody does here: no session has settings,
    locks or listeners of its own that outlast a transaction. That would double the cost of every statement."""


def _as_json(value: object) -> str:
    """Our own objects are encoded here; text is JSON already, which is how libraries hand it to asyncpg."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
