"""Whether this process lives, and whether it can serve."""

import asyncio
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from forum.migrating import newest_migration
from forum.web import View, database

# A database that does not answer in this time is no help to a visitor either.
PATIENCE_SECONDS = 3


async def alive(request: Request) -> Response:
    return JSONResponse({"status": "ok"})


def readiness(broker_is_healthy: Callable[[], bool]) -> View:
    """The handler of /readyz: 200 when everything it needs answers, else 503 and which part does not."""

    async def ready(request: Request) -> Response:
        checks = {"database": False, "migrations": False, "broker": broker_is_healthy()}
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                at = await database(request).value("select version_num from alembic_version")
            # A newer release brings what the one before survives.
            checks |= {"database": True, "migrations": at >= newest_migration()}
        except Exception as error:  # whatever keeps the database from answering is the answer
            checks["database"] = False
            return JSONResponse({"ready": False, "checks": checks, "error": type(error).__name__}, 503)
        ready = all(checks.values())
        return JSONResponse({"ready": ready, "checks": checks}, 200 if ready else 503)

    return ready
