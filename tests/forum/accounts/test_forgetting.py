"""What is kept only as long as it is needed."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from forum import clock, jobs
from forum.accounts import actions, queries
from forum.accounts.rules import SESSION_LASTS, UNCONFIRMED_LASTS, Registration
from forum.db import Database, connected
from forum.jobs import Worker
from forum.notifications.actions import tell
from forum.pace.actions import keep_pace
from forum.settings import Settings
from forum.site import make_site
from forum.slices import HOURLY
from tests.conftest import Login
from tests.factories import PASSWORD, a_topic, an_account

REGISTRATION = Registration(pen_name="はけの道", email="hake@example.jp", password=PASSWORD)
NOTICES = {f"{subject}_mail": "daily" for subject in ("answers", "watched", "decisions", "city")}


async def test_an_address_that_nobody_confirms_is_forgotten(db: Database) -> None:
    account_id = await actions.register(db, REGISTRATION, "")
    assert account_id is not None
    await actions.forget(db)
    assert await queries.account(db, account_id)
    with clock.at(clock.now() + UNCONFIRMED_LASTS + timedelta(seconds=1)):
        await actions.forget(db)
    assert await queries.account(db, account_id) is None


async def test_an_address_that_nobody_confirms_is_forgotten_with_all_that_was_done_under_it(
    client: httpx.AsyncClient, db: Database, login: Login
) -> None:
    topic = await a_topic(db)
    account_id = await actions.register(db, REGISTRATION, "")
    assert account_id is not None
    await login(client, account_id)
    await client.get(f"/topics/{topic.topic_id}")
    await client.post(f"/topics/{topic.topic_id}/read", data={"number": "1"})
    await client.post(f"/topics/{topic.topic_id}/following", data={"level": "watch"})
    await client.post("/consultations/follow")
    await client.post("/inbox/settings", data=NOTICES)
    async with db.transaction():
        await tell(db, account_id, "consultation_changed", "/consultations/1")
    with clock.at(clock.now() + UNCONFIRMED_LASTS + timedelta(seconds=1)):
        await actions.forget(db)
    assert await queries.account(db, account_id) is None


async def test_a_confirmed_account_is_not_forgotten(db: Database) -> None:
    account = await an_account(db)
    with clock.at(clock.now() + 100 * UNCONFIRMED_LASTS):
        await actions.forget(db)
    assert await queries.account(db, account.id or 0)


async def test_an_ended_session_is_forgotten(db: Database) -> None:
    account = await queries.account(db, (await an_account(db)).id or 0)
    assert account is not None
    await actions.open_session(db, account)
    with clock.at(clock.now() + SESSION_LASTS - timedelta(seconds=1)):
        await actions.open_session(db, account)
    with clock.at(clock.now() + SESSION_LASTS + timedelta(seconds=1)):
        await actions.forget(db)
    assert await db.value("select count(*) from sessions where account_id = :id", id=account.id) == 1


async def test_the_worker_forgets_network_addresses_by_itself(
    settings: Settings, own_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "HOURLY", "* * * * * *")
    async with connected(own_database) as db:
        with clock.at(clock.now() - timedelta(days=1)):
            await keep_pace(db, "login", "192.0.2.1")
        worker = Worker(make_site(settings, db), own_database, {}, HOURLY)
        task = asyncio.create_task(worker.run())
        async with asyncio.timeout(20):
            while await db.value("select count(*) from paces"):  # noqa: ASYNC110 - a row that goes wakes nobody
                await asyncio.sleep(0.1)
        worker.stop()
        await task
