"""Where bytes lie that are too many for the database: on a disk, or in a bucket of any S3-compatible store."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

import structlog
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore, ObjectStore, S3Store

from forum.settings import Settings

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig, S3Config

CONNECT = timedelta(seconds=3)
ANSWER = timedelta(seconds=20)
ATTEMPTS_MORE = 2
PIECE = 1_000_000
# Whoever comes while so many wait for the store, waits for them.
AT_ONCE = 32
NOT_THERE = suppress(FileNotFoundError, NotFoundError)
T = TypeVar("T")
log = structlog.get_logger()


class StorageAway(Exception):
    """The store does not answer, or refuses us: an operator must look."""


class Storage(Protocol):
    """Bytes under keys. What is there is whole."""

    async def put(self, key: str, data: bytes | Path) -> None:
        """Bytes, or those of a file that is too big to hold."""

    async def get(self, key: str) -> bytes | None: ...

    async def stream(self, key: str) -> AsyncIterator[bytes] | None:
        """What is too big to hold, piece by piece."""

    async def delete(self, key: str) -> None:
        """Also where there is nothing."""

    def every(self) -> AsyncIterator[tuple[str, datetime]]:
        """Each key, and when it was put."""


class Store:
    """A folder or a bucket: the library speaks of both in the same way.

    We wait for it in threads of ours, with which the process ends. Threads of the library's own, which it has for whoever
    awaits it, may ask for the interpreter when that has ended: the process is aborted then, though its work is done.
    """

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self._threads = ThreadPoolExecutor(AT_ONCE, "storage")

    async def put(self, key: str, data: bytes | Path) -> None:
        with _telling():
            await self._do(partial(self._store.put, key, data, use_multipart=isinstance(data, Path)))

    async def get(self, key: str) -> bytes | None:
        with _telling(), NOT_THERE:
            return await self._do(lambda: bytes(self._store.get(key).bytes()))
        return None

    async def stream(self, key: str) -> AsyncIterator[bytes] | None:
        with _telling(), NOT_THERE:
            found = await self._do(lambda: self._store.get(key).stream(PIECE))
            return (bytes(piece) async for piece in self._each(found))
        return None

    async def delete(self, key: str) -> None:
        with _telling(), NOT_THERE:
            await self._do(partial(self._store.delete, key))

    async def every(self) -> AsyncIterator[tuple[str, datetime]]:
        with _telling():
            async for batch in self._each(self._store.list()):
                for found in batch:
                    yield found["path"], found["last_modified"]

    async def _each(self, things: Iterator[T]) -> AsyncIterator[T]:
        while (thing := await self._do(partial(next, things, None))) is not None:
            yield thing

    async def _do(self, what: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, what)


@contextmanager
def _telling() -> Iterator[None]:
    """The operator learns from the log that the store is away: whoever asked is told no more than to come again."""
    try:
        yield
    except (BaseError, OSError) as error:
        log.error("storage_away", error=str(error))
        raise StorageAway from error


def storage_at(settings: Settings) -> Storage:
    """The bucket of the settings, else a folder in VAR_DIR."""
    if settings.files_bucket is None:
        return Store(LocalStore(settings.var_dir / "files", mkdir=True))
    endpoint = str(settings.s3_endpoint).rstrip("/") if settings.s3_endpoint else None
    given = {
        "endpoint": endpoint,
        "region": settings.s3_region,
        "access_key_id": settings.s3_access_key,
        "secret_access_key": settings.s3_secret_key,
    }
    # What is not given, the library looks for where a machine in that cloud has it.
    config = cast("S3Config", {name: value for name, value in given.items() if value})
    options: ClientConfig = {
        "allow_http": endpoint is not None and endpoint.startswith("http:"),
        "connect_timeout": CONNECT,
        "timeout": ANSWER,
    }
    retrying: RetryConfig = {"max_retries": ATTEMPTS_MORE, "retry_timeout": ANSWER}
    return Store(S3Store(settings.files_bucket, config=config, client_options=options, retry_config=retrying))
