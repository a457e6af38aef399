"""Buttons of those who keep a board in order."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.access import Actor
from forum.db import Database
from forum.topics.actions import steering
from forum.topics.rules import Move
from forum.topics.web.reading import topic_of
from forum.web import View, actor_of, database, read, redirect

Act = Callable[[Database, Actor, int], Awaitable[bool]]


def _button(act: Act) -> View:
    async def handler(request: Request) -> Response:
        topic = await topic_of(request)
        await act(database(request), actor_of(request), topic.id)
        return redirect(request, f"/topics/{topic.id}")

    return handler


async def move(request: Request) -> Response:
    topic, to = await topic_of(request), await read(request, Move)
    await steering.move(database(request), actor_of(request), topic.id, to.board_id)
    return redirect(request, f"/topics/{topic.id}")


routes = [
    *(
        Route(f"/topics/{{id:int}}/{act.__name__}", _button(act), methods=["POST"])
        for act in (steering.pin, steering.unpin)
    ),
    Route("/topics/{id:int}/move", move, methods=["POST"]),
]
