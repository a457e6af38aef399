"""Where bytes lie that are too many for the database: on a disk, or in a bucket of any S3-compatible store."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

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
    """A folder or a bucket: the library speaks of both in the same way."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    async def put(self, key: str, data: bytes | Path) -> None:
        try:
            await self._store.put_async(key, data, use_multipart=isinstance(data, Path))
        except (BaseError, OSError) as error:
            raise _away(error) from error

    async def get(self, key: str) -> bytes | None:
        try:
            found = await self._store.get_async(key)
            return bytes(await found.bytes_async())
        except (FileNotFoundError, NotFoundError):
            return None
        except (BaseError, OSError) as error:
            raise _away(error) from error

    async def stream(self, key: str) -> AsyncIterator[bytes] | None:
        try:
            found = await self._store.get_async(key)
        except (FileNotFoundError, NotFoundError):
            return None
        except (BaseError, OSError) as error:
            raise _away(error) from error
        return (bytes(piece) async for piece in found.stream(PIECE))

    async def delete(self, key: str) -> None:
        try:
            await self._store.delete_async(key)
        except (FileNotFoundError, NotFoundError):
            return
        except (BaseError, OSError) as error:
            raise _away(error) from error

    async def every(self) -> AsyncIterator[tuple[str, datetime]]:
        try:
            async for batch in self._store.list():
                for found in batch:
                    yield found["path"], found["last_modified"]
        except (BaseError, OSError) as error:
            raise _away(error) from error


def _away(error: Exception) -> StorageAway:
    """The operator learns of it from the log: whoever asked is told no more than to come again."""
    log.error("storage_away", error=str(error))
    return StorageAway()


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
