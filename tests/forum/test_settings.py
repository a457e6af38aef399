"""What the environment leaves open."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from forum.settings import Settings


def test_processes_that_start_at_once_share_one_secret(tmp_path: Path) -> None:
    settings = Settings(var_dir=tmp_path / "var")
    with ThreadPoolExecutor(16) as starts:
        secrets = set(starts.map(lambda _: settings.secret(), range(16)))
    assert len(secrets) == 1
    assert len(secrets.pop()) >= 32
    files = list((tmp_path / "var").iterdir())
    assert [path.name for path in files] == ["secret.key"]
    assert files[0].stat().st_mode & 0o777 == 0o600
