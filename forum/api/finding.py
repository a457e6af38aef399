"""The board, topic or post that an address names, as far as everybody may know of it."""

from starlette.requests import Request

from forum.access import GUEST
from forum.boards import queries as boards
from forum.boards.rules import Board, readable_kinds
from forum.errors import NotFound
from forum.topics import queries as topics
from forum.topics.rules import Topic, can_read_topic
from forum.web import DIGITS_MAX, database, path_id


async def boards_of(request: Request) -> list[Board]:
    return await boards.boards(database(request), readable_kinds(GUEST))


async def board_of(request: Request) -> Board:
    """By its number or, if there is none, by its name in addresses."""
    named, number = request.path_params.get("slug"), request.path_params.get("id")
    chosen = [
        one for one in await boards_of(request) if one.id == number or (number is None and one.slug == named)
    ]
    if not chosen:
        raise NotFound
    return chosen[0]


def asked(request: Request) -> tuple[int, int]:
    """Which topic, and which of its posts, or 0. A topic has a name before its number, or a post's number after it."""
    named, number = request.path_params.get("slug", ""), request.path_params.get("number", 0)
    if not number and named.isascii() and named.isdecimal() and len(named) <= DIGITS_MAX:
        return int(named), path_id(request)
    return path_id(request), number


async def topic_of(request: Request, topic_id: int) -> Topic:
    """Where the one with this number went, if it was merged into another."""
    read = await topics.topic(database(request), topic_id)
    if read is None or read.proposed or not can_read_topic(GUEST, read):
        raise NotFound
    return await topic_of(request, read.merged_into) if read.merged_into else read
