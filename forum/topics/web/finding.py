"""The board or topic that an address names, for those who may know of it."""

from collections.abc import Iterable

from starlette.requests import Request

from forum import clock
from forum.boards import queries as boards
from forum.boards.rules import Board, can_read
from forum.errors import NotFound
from forum.topics import queries, rules
from forum.topics.heads import TopicHead
from forum.topics.rules import T, Topic, TopicRow
from forum.web import actor_of, database, path_id, query_number


async def board_of(request: Request) -> Board:
    """The board of the path. Raises NotFound where the person may not know of it."""
    found = await boards.board(database(request), request.path_params["slug"])
    if found is None or not can_read(actor_of(request), found.kind):
        raise NotFound
    return found


async def topic_of(request: Request) -> Topic:
    """The topic of the path. Raises NotFound where the person may not know of it."""
    return _known(request, await queries.topic(database(request), path_id(request)))


async def head_of(request: Request) -> TopicHead:
    """The same with what stands at its head."""
    return _known(request, await queries.head(database(request), path_id(request)))


def _known(request: Request, found: T | None) -> T:
    if found is None or not rules.can_read_topic(actor_of(request), found):
        raise NotFound
    return found


async def listed(request: Request, topic_ids: Iterable[int]) -> dict[int, TopicRow]:
    """Of these topics those that the person may know of, by number, as lists show them now."""
    rows, now = await queries.rows(database(request), [*{*topic_ids}]), clock.now()
    return {
        row.id: rules.public_row(row, now)
        for row in rows.values()
        if rules.can_read_topic(actor_of(request), row)
    }


def page_number(request: Request, last_page: int) -> int:
    """The page of posts that is asked for. Raises NotFound for one that is not there."""
    if request.query_params.get("page") == "last":
        return last_page
    asked = query_number(request, "page", 1)
    if not 1 <= asked <= last_page:
        raise NotFound
    return asked
