"""The themes that residents of the demo propose, and who supports them."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from forum import clock
from forum.boards import queries as boards
from forum.commands.demo.cast import Cast
from forum.commands.demo.reading import read
from forum.commands.demo.script import Ago, Scripted, Words
from forum.commands.demo.timeline import Timeline
from forum.db import Database
from forum.themes import actions
from forum.themes.rules import Proposal, Wish

SUPPORTED_AFTER = timedelta(hours=5)
NEEDS = 5


class Theme(Scripted):
    by: str
    at: Ago
    board: str
    title: str
    body: Words
    supporters: Sequence[str]


class Themes(Scripted):
    theme: Sequence[Theme]


def schedule(db: Database, cast: Cast, timeline: Timeline) -> None:
    """Puts every proposal on the timeline, and its supporters one after the other."""

    async def propose(told: Theme) -> None:
        board = await boards.board(db, told.board)
        assert board is not None
        proposal = Proposal(title=told.title, body=told.body, board_id=board.id)
        number = await actions.propose(db, await cast.actor(told.by), proposal, NEEDS)
        for n, name in enumerate(told.supporters, 1):
            timeline.at(clock.now() + n * SUPPORTED_AFTER, partial(support, number, name))

    async def support(number: int, name: str) -> None:
        await actions.wish(db, await cast.actor(name), number, Wish(wish="support"))

    for told in read("themes", Themes).theme:
        timeline.at(told.at, partial(propose, told))
