"""`forum backup` and `forum restore`: the database, the pictures and files, and the key without which sealed names stay shut."""

import hashlib
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

import typer
from sqlalchemy import URL, make_url

from forum import postgres
from forum.commands.context import let_in, opened_site
from forum.commands.verify import report
from forum.db import as_libpq
from forum.migrating import is_empty
from forum.settings import Settings

DUMP, FILES, KEY, SUMS = "database.dump", "files", "secret.key", "SHA256SUMS"
# What a script says before it makes the first table is shorter.
HEAD_BYTES = 4096


def backup(settings: Settings, folder: Path) -> None:
    """Writes everything into a folder that is empty or not there yet, readable by its owner only."""
    _require_room(settings)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise typer.BadParameter(f"{folder} is not empty")
        folder.chmod(0o700)
    except OSError as error:
        raise typer.BadParameter(f"{folder} cannot be ours: {error.strerror}") from error
    with postgres.database_url(settings) as url, without_password(url) as address:
        _run("pg_dump", f"--dbname={address}", "--format=custom", "--no-owner", f"--file={folder / DUMP}")
    with _all_written():
        # After the database: what it knows of is there already.
        if settings.files_bucket is None:
            shutil.copytree(settings.var_dir / FILES, folder / FILES, copy_function=_copy)
        if settings.secret_key is None:
            (folder / KEY).write_text(settings.secret())
            (folder / KEY).chmod(0o600)
        sums = [f"{_sha256(path)}  {path.relative_to(folder)}\n" for path in _everything(folder)]
        (folder / SUMS).write_text("".join(sums))
    typer.echo(f"Files in {folder}: {len(sums)}")
    if settings.secret_key is not None:
        typer.echo("Keep SECRET_KEY as well: it is set in the environment and not in this folder.")
    if settings.files_bucket is not None:
        typer.echo(f"Pictures and files are in the bucket {settings.files_bucket} and not in this folder.")


def _require_room(settings: Settings) -> None:
    """Anywhere else a database and a key would be made, and kept as if they were the room's."""
    elsewhere = {
        postgres.FOLDER: settings.database_url,
        FILES: settings.files_bucket,
        KEY: settings.secret_key,
    }
    for name, other in elsewhere.items():
        if other is None and not (settings.var_dir / name).exists():
            raise typer.BadParameter(f"there is no room in {settings.var_dir.resolve()}, which has no {name}")


async def restore(settings: Settings, folder: Path) -> bool:
    """Fills an empty database, and VAR_DIR, from a backup that is whole, brings it to this release and verifies it; whether
    everything matches."""
    _check(folder)
    if settings.files_bucket is not None and (folder / FILES).is_dir():
        raise typer.BadParameter(
            f"{FILES} belongs in VAR_DIR, and pictures are read from {settings.files_bucket}"
        )
    key, own = folder / KEY, settings.var_dir / KEY
    if key.exists() and own.exists() and own.read_text() != key.read_text():
        raise typer.BadParameter(f"{own} is another key than that of the backup; move it away first")
    with postgres.database_url(settings) as url:
        with let_in():
            if not await is_empty(url):
                raise typer.BadParameter("the database is not empty")
        with _all_written():
            if key.exists() and settings.secret_key is None:
                settings.var_dir.mkdir(parents=True, exist_ok=True)
                shutil.copy(key, own)
            if (folder / FILES).is_dir():
                shutil.copytree(folder / FILES, settings.var_dir / FILES, dirs_exist_ok=True)
        _fill(url, folder / DUMP)
        async with opened_site(settings) as site:
            return await report(site.db, site.seal, site.storage) == 0


@contextmanager
def _all_written() -> Iterator[None]:
    """A disk that is full is told in a line."""
    try:
        yield
    except OSError as error:
        # Of a folder the first that failed of its files.
        why = error.args[0][0][2] if isinstance(error, shutil.Error) else error.strerror
        raise typer.BadParameter(f"not everything could be written: {why}") from error


def _check(folder: Path) -> None:
    """Every file of the backup is there and says what it said."""
    try:
        sums = dict(line.split("  ", 1)[::-1] for line in (folder / SUMS).read_text().splitlines())
    except (OSError, ValueError) as error:
        raise typer.BadParameter(f"{folder} is no backup: it has no {SUMS} that can be read") from error
    found = {str(path.relative_to(folder)): path for path in _everything(folder)}
    wrong = sorted(
        {name for name in sums if name not in found or _sha256(found[name]) != sums[name]}
        | {name for name in found if name not in sums}
    )
    if wrong or DUMP not in sums:
        raise typer.BadParameter(f"the backup is damaged: {', '.join(wrong[:10]) or DUMP}")


def _everything(folder: Path) -> Iterator[Path]:
    """Every file but the list of sums."""
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and path != folder / SUMS)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _copy(source: str, target: str) -> None:
    """What is gone when its turn comes was on its way in, or taken away by whoever sent it."""
    with suppress(FileNotFoundError):
        shutil.copy2(source, target)


@contextmanager
def without_password(database_url: str) -> Iterator[str]:
    """The address; the password is in a file, as whoever lists processes sees what they are given."""
    url = make_url(as_libpq(database_url))
    address = URL.create(url.drivername, url.username, None, url.host, url.port, url.database, url.query)
    if not url.password:
        yield address.render_as_string()
        return
    with NamedTemporaryFile("w") as file:  # which nobody else reads
        file.write("*:*:*:*:" + re.sub(r"([:\\])", r"\\\1", url.password))
        file.flush()
        yield address.update_query_dict({"passfile": file.name}).render_as_string()


def _fill(database_url: str, dump: Path) -> None:
    """All of it or nothing. By a script: a server that is older than `pg_restore` refuses what that says itself."""
    with without_password(database_url) as address, NamedTemporaryFile() as script:
        write_script(dump, Path(script.name))
        options = ("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1")
        _run("psql", f"--dbname={address}", *options, f"--file={script.name}")


def write_script(dump: Path, script: Path) -> None:
    """All the statements of a dump but one: PostgreSQL 17 brought a setting, which is set to what it is already."""
    _run("pg_restore", "--no-owner", f"--file={script}", str(dump))
    with script.open("r+b") as file:
        head = file.read(HEAD_BYTES)
        file.seek(0)
        file.write(head.replace(b"\nSET transaction_timeout", b"\n--  transaction_timeout"))


def _run(program: str, *arguments: str) -> None:
    """One of PostgreSQL's own programs, as the embedded server brings them: they serve older servers, too."""
    done = subprocess.run(  # noqa: S603  # what it is given comes from whoever runs the command
        [postgres.program(program), *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise typer.BadParameter(f"{program}: {done.stderr.strip()}")
