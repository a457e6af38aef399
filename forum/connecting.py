"""A new connection to the database: how it is made, and what it can do."""

import json
from typing import Any

import asyncpg

# A server that does not answer in this time is away; the driver would wait for a minute, and its visitors with it.
ANSWER_SECONDS = 10


async def connect(*address: Any, **options: Any) -> asyncpg.Connection:
    """Raises ConnectionError however there is no way to the server: the system has a word for each, some of which it says of
    files as well."""
    try:
        return await asyncpg.connect(*address, timeout=ANSWER_SECONDS, **options)
    except OSError as error:
        raise ConnectionError(f"{type(error).__name__}: {error}") from error


async def prepare(connection: asyncpg.Connection) -> None:
    """Reads and writes JSON."""
    await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=_as_json, decoder=json.loads)


async def as_it_is(connection: asyncpg.Connection) -> None:
    """What the driver otherwise asks the server to undo between two uses nobody does here: no session has settings,
    locks or listeners of its own that outlast a transaction. That would double the cost of every statement."""


def _as_json(value: object) -> str:
    """Our own objects are encoded here; text is JSON already, which is how libraries hand it to asyncpg."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
