"""A town without keys sends nothing to devices, and shows nothing about it."""

import httpx

from forum.db import Database
from tests.conftest import Login
from tests.factories import an_account
from tests.forum.devices.push_service import Browser


async def test_nothing_is_shown_or_taken(client: httpx.AsyncClient, db: Database, login: Login) -> None:
    await login(client, (await an_account(db)).id or 0)
    page = await client.get("/inbox/settings")
    assert "端末" not in page.text
    assert "push/" not in page.text
    for address in ("worker.js", "app.webmanifest"):
        assert (await client.get(f"/inbox/{address}")).status_code == 404
    assert (
        await client.post("/inbox/devices", data=Browser("https://push.example/").form)
    ).status_code == 404
