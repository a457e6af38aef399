"""People with accounts at running servers."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from forum.access import Actor
from forum.accounts import actions as accounts
from forum.accounts import queries as account_queries
from forum.db import Database

# Nothing here is encrypted; reading the system's authorities again for every client would take 20 ms.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
# What a browser says when a script of ours sends a form.
FROM_OUR_PAGE = {"Sec-Fetch-Site": "same-origin", "X-Requested-With": "fetch"}


def a_guest(site: str) -> httpx.AsyncClient:
    """A browser of sorts, not logged in."""
    return httpx.AsyncClient(base_url=site, headers=FROM_OUR_PAGE, timeout=30, verify=NO_TLS)


@asynccontextmanager
async def logged_in(site: str, db: Database, actor: Actor) -> AsyncIterator[httpx.AsyncClient]:
    account = await account_queries.account(db, actor.id or 0)
    assert account is not None
    async with a_guest(site) as client:
        client.cookies.set("session", await accounts.open_session(db, account))
        yield client
