"""Keeping up with how words are spelt."""

from typing import Any

from forum.jobs import Handler
from forum.search.actions import learn_spellings
from forum.web import Site


async def learn(site: Site, payload: dict[str, Any]) -> None:
    """Everything that nobody has read for its spellings yet: at first the whole room, later the last hour."""
    while await learn_spellings(site.db):
        pass


HOURLY: dict[str, Handler] = {"learn_spellings": learn}
