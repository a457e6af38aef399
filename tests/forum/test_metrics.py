"""What is watched, who may watch, and that it tells of nobody."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample
from starlette.applications import Starlette

from forum import jobs
from forum.app import create_app
from forum.db import Database
from forum.settings import ROOT, Settings
from realtime.protocol import Close
from tests.factories import a_topic

# Every label there is, and all that it may say.
LABELS = {
    "status": {"aborted", "1xx", "2xx", "3xx", "4xx", "5xx"},
    "le": None,
    "state": {"queued", "picked", "failed"},
    "reason": {code.name for code in Close},
}


async def samples(client: httpx.AsyncClient) -> list[Sample]:
    answer = await client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    return [sample for family in text_string_to_metric_families(answer.text) for sample in family.samples]


async def number(client: httpx.AsyncClient, name: str, **labels: str) -> float:
    return next(
        sample.value
        for sample in await samples(client)
        if sample.name == name and sample.labels.items() >= labels.items()
    )


@asynccontextmanager
async def from_address(app: Starlette, host: str) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app, client=(host, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://room.test") as client:
        yield client


async def test_pages_are_counted_by_status_and_timed(client: httpx.AsyncClient, db: Database) -> None:
    topic = await a_topic(db)
    counted = "forum_http_request_duration_seconds_count"
    assert await number(client, counted, status="2xx") == 0
    for url in ("/", f"/topics/{topic.topic_id}", "/nowhere", "/account", "/static/site.css", "/healthz"):
        await client.get(url)
    assert [await number(client, counted, status=status) for status in ("2xx", "3xx", "4xx", "5xx")] == [
        2,
        1,
        1,
        0,
    ]
    took = await number(client, "forum_http_request_duration_seconds_sum", status="2xx")
    assert 0 < took < 10


async def test_waiting_jobs_are_counted(client: httpx.AsyncClient, db: Database) -> None:
    assert await number(client, "forum_jobs", state="queued") == 0
    assert await number(client, "forum_jobs_overdue_seconds") == 0
    await jobs.enqueue(db, "send_mail", {})
    assert await number(client, "forum_jobs", state="queued") == 1
    assert await number(client, "forum_jobs", state="failed") == 0


async def test_two_applications_count_apart(
    client: httpx.AsyncClient, settings: Settings, db: Database, migrated_url: str
) -> None:
    await client.get("/")
    async with from_address(create_app(settings, db, migrated_url), "127.0.0.1") as other:
        counted = "forum_http_request_duration_seconds_count"
        assert await number(client, counted, status="2xx") == 1
        assert await number(other, counted, status="2xx") == 0


async def test_names_carry_their_units_and_labels_are_few(client: httpx.AsyncClient, db: Database) -> None:
    topic = await a_topic(db, title="だれにも数えられない題名")
    await client.get(f"/topics/{topic.topic_id}")
    found = await samples(client)
    for sample in found:
        assert sample.name.startswith(("forum_", "process_")), sample.name
        for label, value in sample.labels.items():
            allowed = LABELS[label]
            assert allowed is None or value in allowed
    assert len(found) < 200
    page = (await client.get("/metrics")).text
    assert "題名" not in page
    assert f"topic:{topic.topic_id}" not in page


async def test_every_number_is_explained_and_no_other(client: httpx.AsyncClient) -> None:
    """But for those of any process, which Prometheus explains."""
    text = (ROOT / "docs" / "deploy" / "README.md").read_text()
    explained = {re.sub("{.*", "", name) for name in re.findall(r"`(forum_\w+)", text.split("| number |")[1])}
    page = (await client.get("/metrics")).text
    shown = set(re.findall(r"^# TYPE (forum_\w+)", page, re.MULTILINE))
    assert explained == {name for name in shown if not name.endswith("_created")}


@pytest.mark.parametrize(
    ("networks", "proxies", "peer", "forwarded", "status"),
    [
        ("127.0.0.0/8,::1", "", "127.0.0.1", None, 200),
        ("127.0.0.0/8,::1", "", "::1", None, 200),
        ("127.0.0.0/8,::1", "", "203.0.113.9", None, 404),
        ("127.0.0.0/8,::1", "", "unknown", None, 404),
        # Through a proxy on this machine that nobody declared: anybody could be behind it.
        ("127.0.0.0/8,::1", "", "127.0.0.1", "203.0.113.9", 404),
        ("127.0.0.0/8,::1", "", "127.0.0.1", "127.0.0.1", 404),
        # Through one that was: the visitor counts, not what the visitor says.
        ("127.0.0.0/8,::1", "127.0.0.1", "127.0.0.1", "203.0.113.9", 404),
        ("127.0.0.0/8,::1", "127.0.0.1", "127.0.0.1", "127.0.0.1, 203.0.113.9", 404),
        ("10.0.0.0/24", "127.0.0.1", "127.0.0.1", "10.0.0.7", 200),
        ("10.0.0.0/24", "", "10.0.0.7", None, 200),
        ("10.0.0.0/24", "", "127.0.0.1", None, 404),
        ("", "", "127.0.0.1", None, 200),  # empty is as good as not set
    ],
)
async def test_who_may_read(
    db: Database,
    migrated_url: str,
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
    networks: str,
    proxies: str,
    peer: str,
    forwarded: str | None,
    status: int,
) -> None:
    monkeypatch.setenv("METRICS_NETWORKS", networks)
    monkeypatch.setenv("TRUSTED_PROXIES", proxies)
    settings = Settings(var_dir=settings.var_dir, secret_key=settings.secret_key, worker=False)
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    async with from_address(create_app(settings, db, migrated_url), peer) as client:
        answer = await client.get("/metrics", headers=headers)
        assert answer.status_code == status
        assert ("forum_" in answer.text) is (status == 200)


async def test_the_other_numbers_stay_when_the_database_is_away(settings: Settings) -> None:
    from forum.db import database

    nowhere = "postgresql://nobody@127.0.0.1:1/nothing"
    async with from_address(create_app(settings, database(nowhere), nowhere), "127.0.0.1") as client:
        assert await number(client, "forum_database_up") == 0
        assert await number(client, "forum_live_sockets") == 0
        assert not [sample for sample in await samples(client) if sample.name.startswith("forum_jobs")]


async def test_browsers_find_an_icon(client: httpx.AsyncClient) -> None:
    icon = await client.get("/favicon.ico")
    assert icon.status_code == 200
    assert icon.content[:4] == b"\0\0\1\0"
    assert "max-age" in icon.headers["cache-control"]
