"""使い方: pages that explain the room."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.guides import queries
from forum.web import View, database, page


def _written(name: str) -> View:
    async def handler(request: Request) -> Response:
        return await page(request, f"guide/{name}.html")

    return handler


async def rules(request: Request) -> Response:
    return await page(request, "guide/rules.html", rules=await queries.rules_in_force(database(request)))


routes = [
    Route("/guide", _written("index")),
    Route("/guide/journey", _written("journey")),
    Route("/guide/writing", _written("writing")),
    Route("/guide/accessibility", _written("accessibility")),
    Route("/guide/rules", rules),
]
