"""What the environment leaves open."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import typer

from forum.commands import environment
from forum.commands.context import prepare
from forum.settings import ROOT, Settings
from tests.conftest import SECRET


def test_processes_that_start_at_once_share_one_secret(tmp_path: Path) -> None:
    settings = Settings(var_dir=tmp_path / "var")
    with ThreadPoolExecutor(16) as starts:
        secrets = set(starts.map(lambda _: settings.secret(), range(16)))
    assert len(secrets) == 1
    assert len(secrets.pop()) >= 32
    files = list((tmp_path / "var").iterdir())
    assert [path.name for path in files] == ["secret.key"]
    assert files[0].stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("SECRET_KEY", "too short to be one"),
        ("VAPID_PRIVATE_KEY", "secret, and too short"),
        ("DATABASE_URL", "mysql://kaigi:secret@127.0.0.1/kaigi"),
        ("SMTP_URL", "mail.example.jp"),
        ("SMTP_URL", "smtp://:25"),
        ("SMTP_URL", "smtp://mail.example.jp:smtp"),
        ("SMTP_URL", "smtp://mail.example.jp:99999"),
        ("MAIL_FROM", "kaigi"),
        ("PUBLIC_URL", "kaigi.example.jp"),
        ("PUBLIC_URL", "https://www.example.jp/kaigi"),
        ("TIME_ZONE", "Asia/Tokio"),
        ("TRUSTED_PROXIES", "10.0.0.1/8"),
    ],
)
def test_a_wrong_setting_is_named_and_what_it_holds_is_not(
    monkeypatch: pytest.MonkeyPatch, name: str, wrong: str
) -> None:
    monkeypatch.setenv(name, wrong)
    with pytest.raises(typer.BadParameter) as said:
        environment.settings()
    [line] = said.value.message.splitlines()
    assert line.startswith(f"{name}: ")
    assert wrong not in line


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("DATABASE_URL", "postgresql+asyncpg://kaigi@/kaigi?host=/run/postgresql"),
        ("SMTP_URL", "smtps://kaigi%40example.jp:p%2Fw@mail.example.jp:465/"),
        ("SMTP_URL", "smtp://[::1]:25"),
        ("MAIL_FROM", "のがわ会議室 <kaigi@example.jp>"),
        ("PUBLIC_URL", "https://kaigi.example.jp/"),
    ],
)
def test_a_right_setting_is_taken(monkeypatch: pytest.MonkeyPatch, name: str, right: str) -> None:
    monkeypatch.setenv(name, right)
    assert str(getattr(environment.settings(), name.lower())) == right


def test_a_place_where_no_database_can_be_made_is_told_in_a_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    for place in ("file", "file/var"):
        monkeypatch.setenv("VAR_DIR", str(tmp_path / place))
        with pytest.raises(typer.BadParameter, match="VAR_DIR: "):
            environment.settings()
    monkeypatch.setenv("DATABASE_URL", "postgresql://127.0.0.1/kaigi")
    assert environment.settings()
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "new" / "var"))
    assert environment.settings()
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    "host", ["127.0.0.1:1", "database.invalid", "127.0.0.1:port", "127.0.0.1/?sslmode=no"]
)
async def test_a_database_that_does_not_let_us_in_is_told_in_a_line(host: str) -> None:
    with pytest.raises(typer.BadParameter, match="DATABASE_URL: the database does not let us in"):
        await prepare(f"postgresql://{host}")


@pytest.mark.parametrize(
    ("command", "code", "database_url"),
    [
        ("migrate", 2, "postgresql://127.0.0.1:1/kaigi"),
        ("mail receive", 75, "postgresql://database.invalid/kaigi"),
        ("mail receive", 75, "mysql://127.0.0.1/kaigi"),
    ],
)
def test_a_command_without_a_database_says_so_and_a_letter_is_sent_again(
    tmp_path: Path, command: str, code: int, database_url: str
) -> None:
    environment = {"DATABASE_URL": database_url, "SECRET_KEY": SECRET, "VAR_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "forum", *command.split()],
        cwd=ROOT,
        env=environment,
        input="To: reply@example.jp\n\nはい",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code
    assert code == 75 or "Traceback" not in done.stderr
