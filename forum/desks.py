"""Where else something waits for a moderator, beside the review queue."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from forum.access import Actor
from forum.db import Database


@dataclass(frozen=True, slots=True)
class Desk:
    """A page, how it is called, and how much waits there for somebody."""

    name: str
    path: str
    waiting: Callable[[Database, Actor], Awaitable[int]]
