"""A backup holds everything, and comes back only whole and into an empty room."""

import os
from pathlib import Path
from urllib.parse import unquote

import asyncpg
import pytest
import typer

from forum.commands.backup import DUMP, FILES, KEY, backup, restore, without_password, write_script
from forum.commands.context import opened_site
from forum.db import connected
from forum.files import actions as files
from forum.files.rules import Sent
from forum.settings import Settings
from tests.conftest import SECRET
from tests.databases import a_database
from tests.factories import a_post, an_account
from tests.forum.files.drawing import a_photograph
from tests.moderation.consultations import stories


@pytest.fixture
async def room(own_database: str, tmp_path: Path) -> Settings:
    """A room with a post, a picture, and a consultation whose names are sealed."""
    settings = Settings(database_url=own_database, var_dir=tmp_path / "room")
    settings.var_dir.mkdir()
    (settings.var_dir / KEY).write_text(SECRET)  # with which the stories seal names
    async with opened_site(settings) as site:
        author = await an_account(site.db)
        picture = await files.keep(site.db, site.storage, author, Sent("", a_photograph(60, 40)))
        await a_post(site.db, author, body=f"写真です。\n\n![川]({picture.address})")
        await stories.published(site.db)
    return settings


async def test_a_backup_comes_back_whole(room: Settings, server_url: str, tmp_path: Path) -> None:
    backup(room, tmp_path / "kept")
    assert (tmp_path / "kept").stat().st_mode & 0o077 == 0
    async with a_database(server_url) as empty:
        again = Settings(database_url=empty, var_dir=tmp_path / "again")
        assert await restore(again, tmp_path / "kept")
        assert again.secret() == room.secret()
        for table in ("posts", "submissions", "decisions", "digests", "files"):
            counts = []
            for url in (room.database_url, empty):
                async with connected(url or "") as db:
                    counts.append(await db.value(f"select count(*) from {table}"))
            assert counts[0] == counts[1] > 0 or table == "decisions"
        with pytest.raises(typer.BadParameter, match="not empty"):
            await restore(again, tmp_path / "kept")


async def test_a_database_with_anybodys_tables_is_not_empty(
    room: Settings, server_url: str, tmp_path: Path
) -> None:
    """Also in a schema of theirs, and whoever mistyped the address of an empty one learns that in a line."""
    backup(room, tmp_path / "kept")
    async with a_database(server_url) as theirs:
        again = Settings(database_url=theirs, var_dir=tmp_path / "again")
        async with connected(theirs) as db:
            await db.run("create schema taxes")
            await db.run("create view taxes.due as select 1 as yen")
        with pytest.raises(typer.BadParameter, match="not empty"):
            await restore(again, tmp_path / "kept")
        nowhere = again.model_copy(update={"database_url": theirs.replace("/test_", "/gone_")})
        with pytest.raises(typer.BadParameter, match="does not let us in"):
            await restore(nowhere, tmp_path / "kept")
    assert not (tmp_path / "again").exists()


async def test_a_script_says_nothing_that_an_older_server_refuses(room: Settings, tmp_path: Path) -> None:
    folder, script = tmp_path / "kept", tmp_path / "script.sql"
    backup(room, folder)
    write_script(folder / DUMP, script)
    head = script.read_text().split("CREATE", 1)[0].splitlines()
    assert "SET statement_timeout = 0;" in head
    assert "--  transaction_timeout = 0;" in head  # since PostgreSQL 17


async def test_a_folder_that_is_somebody_elses_is_told_in_a_line(room: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(typer.BadParameter, match="cannot be ours"):
        backup(room, tmp_path / "file" / "kept")


async def test_where_no_room_is_nothing_is_backed_up_and_nothing_made(room: Settings, tmp_path: Path) -> None:
    """VAR_DIR is `var` where none is set: from another folder a backup would hold a new key, or an empty room."""
    elsewhere = tmp_path / "elsewhere"
    for settings, lacks in (
        (Settings(database_url=room.database_url, files_bucket="pictures", var_dir=elsewhere), KEY),
        (Settings(database_url=room.database_url, secret_key=SECRET, var_dir=elsewhere), FILES),
        (Settings(secret_key=SECRET, var_dir=elsewhere), "postgres"),
    ):
        with pytest.raises(typer.BadParameter, match=f"no room in .*elsewhere, which has no {lacks}"):
            backup(settings, tmp_path / "kept")
    assert not elsewhere.exists()
    assert not (tmp_path / "kept").exists()


@pytest.mark.parametrize("part", [DUMP, KEY, FILES])
async def test_a_damaged_backup_is_refused(
    room: Settings, server_url: str, tmp_path: Path, part: str
) -> None:
    folder = tmp_path / "kept"
    backup(room, folder)
    found = next(path for path in [folder / part, *(folder / part).rglob("*")] if path.is_file())
    async with a_database(server_url) as empty:
        again = Settings(database_url=empty, var_dir=tmp_path / "again")
        for change in (lambda: found.write_bytes(found.read_bytes()[:-1] + b"?"), found.unlink):
            change()
            with pytest.raises(typer.BadParameter, match="damaged"):
                await restore(again, folder)
        connection = await asyncpg.connect(empty)
        assert await connection.fetchval("select to_regclass('posts')") is None
        await connection.close()
    assert not (tmp_path / "again").exists()


async def test_a_backup_overwrites_nothing(room: Settings, tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir(mode=0o755)
    (tmp_path / "kept" / "older").touch()
    with pytest.raises(typer.BadParameter, match="not empty"):
        backup(room, tmp_path / "kept")
    assert (
        tmp_path / "kept"
    ).stat().st_mode & 0o777 == 0o755  # it may be /srv, which all of the machine reads
    with pytest.raises(typer.BadParameter, match="no backup"):
        await restore(room, tmp_path / "kept")


async def test_another_key_is_not_replaced_and_one_that_is_set_is_not_written(
    room: Settings, server_url: str, tmp_path: Path
) -> None:
    backup(room, tmp_path / "kept")
    async with a_database(server_url) as empty:
        other = Settings(database_url=empty, var_dir=tmp_path / "other")
        assert other.secret() != room.secret()
        with pytest.raises(typer.BadParameter, match="another key"):
            await restore(other, tmp_path / "kept")
    backup(room.model_copy(update={"secret_key": SECRET}), tmp_path / "without")
    assert not (tmp_path / "without" / KEY).exists()


async def test_a_picture_that_is_gone_meanwhile_ends_no_backup(room: Settings, tmp_path: Path) -> None:
    (room.var_dir / FILES / "gone").symlink_to(tmp_path / "nowhere")
    backup(room, tmp_path / "kept")
    assert (tmp_path / "kept" / KEY).exists()
    in_a_bucket = room.model_copy(update={"files_bucket": "pictures"})
    with pytest.raises(typer.BadParameter, match="pictures are read from"):
        await restore(in_a_bucket, tmp_path / "kept")


async def test_a_file_that_cannot_be_copied_is_told_in_a_line(
    room: Settings, server_url: str, tmp_path: Path
) -> None:
    backup(room, tmp_path / "kept")
    (tmp_path / "again").mkdir()
    (tmp_path / "again" / FILES).touch()  # as a disk on which nothing has room
    async with a_database(server_url) as empty:
        with pytest.raises(typer.BadParameter, match="not everything could be written: File exists"):
            await restore(Settings(database_url=empty, var_dir=tmp_path / "again"), tmp_path / "kept")
    os.mkfifo(room.var_dir / FILES / "pipe")
    with pytest.raises(typer.BadParameter, match=r"not everything could be written: .*pipe"):
        backup(room, tmp_path / "broken")
    with pytest.raises(typer.BadParameter, match="no backup"):
        await restore(room, tmp_path / "broken")


def test_no_list_of_processes_shows_the_password() -> None:
    with without_password("postgresql+asyncpg://town:s%3Acrt@db:5432/room") as address:
        shown, file = address.split("?passfile=")
        kept = Path(unquote(file))
        assert (shown, kept.read_text()) == ("postgresql://town@db:5432/room", r"*:*:*:*:s\:crt")
        assert kept.stat().st_mode & 0o077 == 0
    assert not kept.exists()
    with without_password("postgres://town:@/room?host=%2Ftmp%2Fvar") as address:
        assert address == "postgresql://town@/room?host=%2Ftmp%2Fvar"
