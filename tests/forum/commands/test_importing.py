"""`forum import` and `forum export`, from a file to submissions and from a result to files."""

from pathlib import Path

import pytest
from starlette.applications import Starlette

from forum.commands.exporting import write
from forum.commands.importing import take_in
from forum.db import Database
from forum.web import Site
from moderation.submissions.reading import Columns
from tests.moderation.consultations import stories
from tests.moderation.consultations.stories import on_day

COLUMNS = Columns("意見", id=("番号",))
GOOD = "番号,意見\n1,街路樹を守って\n2,道を広げて\n".encode("cp932")


@pytest.fixture
def site(app: Starlette) -> Site:
    site: Site = app.state.site
    return site


async def received(db: Database) -> int:
    return int(await db.value("select count(*) from submissions"))


async def test_a_file_is_taken_in_once(db: Database, site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    procedure = await stories.announced(db)
    with on_day(5):
        assert await take_in(site, procedure.id, GOOD, COLUMNS)
        assert not await take_in(site, procedure.id, GOOD, COLUMNS)
    said = capsys.readouterr()
    assert said.out == "Submissions imported: 2.\n"
    assert said.err.splitlines() == [
        "2行目: 番号「1」はすでに登録されています。",
        "3行目: 番号「2」はすでに登録されています。",
        "Nothing was imported. Faults: 2.",
    ]
    assert await received(db) == 2


async def test_one_bad_line_keeps_the_whole_file_out(db: Database, site: Site) -> None:
    procedure = await stories.announced(db)
    with on_day(5):
        assert not await take_in(site, procedure.id, GOOD + b"3,\n", COLUMNS)
    assert await received(db) == 0


async def test_a_file_for_nothing_or_out_of_time_is_refused(
    db: Database, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    procedure = await stories.announced(db)
    with on_day(0.5):
        assert not await take_in(site, procedure.id, GOOD, COLUMNS)
        assert not await take_in(site, 10**9, GOOD, COLUMNS)
    assert capsys.readouterr().err.endswith("There is no consultation 1000000000.\n")


async def test_a_file_of_comments_needs_no_column_named(db: Database, site: Site) -> None:
    procedure = await stories.announced(db)
    with on_day(5):
        assert not await take_in(site, procedure.id, GOOD, None)
        comments = "comment-id,comment-body,source\n7,街路樹を守って,X\n".encode()
        assert await take_in(site, procedure.id, comments, None)
    assert await db.value("select source_ref from submissions") == "7"


async def test_a_result_is_written_once_it_is_published(db: Database, site: Site, tmp_path: Path) -> None:
    procedure = await stories.answered(db)
    assert not await write(site, procedure.id, tmp_path)
    assert list(tmp_path.glob("results-*")) == []
    published = await stories.published(db)
    assert await write(site, published.id, tmp_path / "out")
    kinds = sorted(path.suffix for path in (tmp_path / "out").iterdir())
    assert kinds == [".csv", ".csv", ".docx", ".json", ".xlsx", ".zip"]
