"""Watching, following and muting from the pages of topics and boards."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.access import Actor
from forum.addresses import local_path
from forum.boards.rules import Board
from forum.db import Database
from forum.following import actions, queries
from forum.following.rules import NAMES, OF_BOARD, OF_TOPIC, Following, Level
from forum.i18n import _
from forum.places.rules import Mine
from forum.topics.web.finding import board_of, topic_of
from forum.web import actor_of, database, read, redirect


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the three buttons show."""

    level: Level
    names: list[tuple[Level, str]]
    meaning: str


def of_topic(mine: Mine) -> Chosen:
    return _chosen(mine.following, OF_TOPIC)


async def of_board(db: Database, actor: Actor, board: Board) -> Chosen | None:
    """How closely the person follows the board; None for guests."""
    if actor.id is None:
        return None
    return _chosen(await queries.board_level(db, actor.id, board.id), OF_BOARD)


def _chosen(level: Level, meanings: Mapping[Level, str]) -> Chosen:
    return Chosen(level, [(one, _(name)) for one, name in NAMES.items()], _(meanings[level]))


async def follow_topic(request: Request) -> Response:
    actor, found = actor_of(request), await topic_of(request)
    if actor.id is None:
        return redirect(request, f"/login?next=/topics/{found.id}")
    form, topic_id = await read(request, Following), found.merged_into or found.id
    await actions.follow_topic(database(request), actor.id, topic_id, form.level)
    return redirect(request, local_path(form.next, f"/topics/{topic_id}#following"))


async def follow_board(request: Request) -> Response:
    actor, found = actor_of(request), await board_of(request)
    if actor.id is None:
        return redirect(request, f"/login?next=/boards/{found.slug}")
    form = await read(request, Following)
    await actions.follow_board(database(request), actor.id, found.id, form.level)
    return redirect(request, local_path(form.next, f"/boards/{found.slug}#following"))


routes = [
    Route("/topics/{id:int}/following", follow_topic, methods=["POST"]),
    Route("/boards/{slug}/following", follow_board, methods=["POST"]),
]
