"""A folder and a bucket keep bytes alike."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from structlog.testing import capture_logs

from forum import storage
from forum.settings import Settings
from forum.storage import Storage, StorageAway, storage_at
from tests.conftest import SECRET

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A bucket on an S3 server that goes with the tests of this file."""
    from moto.server import ThreadedMotoServer  # not where every process of the suite loads it

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    httpx.put(f"{address}/pictures")
    yield in_bucket(tmp_path_factory.mktemp("var"), address)
    server.stop()


def in_bucket(folder: Path, address: str) -> Settings:
    return Settings(
        var_dir=folder, secret_key=SECRET, files_bucket="pictures", s3_endpoint=address, s3_access_key="who",
        s3_secret_key="secret",
    )  # fmt: skip


async def keeps(store: Storage, folder: Path) -> None:
    assert [key async for key, _ in store.every()] == []
    assert await store.get("a") is None
    await store.delete("a")
    await store.put("a", b"one")
    await store.put("b", bytes(3_000_000))
    await store.put("a", b"two")
    assert await store.get("a") == b"two"
    assert {key async for key, _ in store.every()} == {"a", "b"}
    await store.delete("b")
    # What is too big to hold.
    assert await store.stream("takeouts/c") is None
    (folder / "big").write_bytes(bytes(6_000_000))
    await store.put("takeouts/c", folder / "big")
    assert {key async for key, _ in store.every()} == {"a", "takeouts/c"}
    pieces = await store.stream("takeouts/c")
    assert pieces is not None
    sizes = [len(piece) async for piece in pieces]
    assert (sum(sizes), max(sizes) < 6_000_000) == (6_000_000, True)
    await store.delete("takeouts/c")
    assert [(key, put_at.tzinfo is not None) async for key, put_at in store.every()] == [("a", True)]


async def test_a_folder(settings: Settings, tmp_path: Path) -> None:
    await keeps(storage_at(settings), tmp_path)
    assert (settings.var_dir / "files" / "a").read_bytes() == b"two"


# Every thread but the first is late to end what it tells the event loop: later than the interpreter begins to end, which takes
# its time.
LATE = """
import asyncio, sys, threading, time
from pathlib import Path
from obstore.store import LocalStore
from forum.storage import Store

class Loop(asyncio.SelectorEventLoop):
    def call_soon_threadsafe(self, *what, **options):
        super().call_soon_threadsafe(*what, **options)
        if threading.current_thread() is not threading.main_thread():
            time.sleep(0.3)

class Last:
    def __del__(self, sleep=time.sleep):
        sleep(0.5)

sys.modules["last"] = Last()

async def main():
    store = Store(LocalStore(Path(".")))
    await store.put("a", b"one")
    print(await store.get("a"))

with asyncio.Runner(loop_factory=Loop) as runner:
    runner.run(main())
"""


def test_a_process_may_end_as_soon_as_it_has_what_it_asked_for(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", LATE], cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True
    )
    assert (ended.returncode, ended.stdout) == (0, b"b'one'\n"), ended.stderr.decode()


@pytest.mark.servers
async def test_a_bucket(bucket: Settings, tmp_path: Path) -> None:
    await keeps(storage_at(bucket), tmp_path)
    assert not (bucket.var_dir / "files").exists()


async def test_a_store_that_does_not_answer_is_said_to_be_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "ATTEMPTS_MORE", 0)
    away = storage_at(in_bucket(tmp_path, "http://127.0.0.1:9"))
    for asking in (
        away.put("a", b""),
        away.get("a"),
        away.delete("a"),
        away.stream("a"),
        anext(aiter(away.every())),
    ):
        with capture_logs() as logs, pytest.raises(StorageAway):
            await asking
        assert [line["event"] for line in logs] == ["storage_away"]  # whoever asked is told less
