"""Residents who answer the points of a digest, and the map that is drawn of them."""

from datetime import timedelta
from functools import partial

from forum.commands.demo import script
from forum.commands.demo.cast import Cast
from forum.commands.demo.timeline import Timeline
from forum.db import Database
from moderation.maps import actions
from moderation.maps.rules import Answer, Asking

STANCES = {"+": "agree", "-": "disagree", "0": "pass"}
# Between one person and the next.
PAUSE = timedelta(hours=5, minutes=7)


class Mapping:
    """Puts one map on the timeline."""

    def __init__(self, db: Database, cast: Cast, timeline: Timeline, told: script.Map, clerk: str) -> None:
        self._db = db
        self._cast = cast
        self._timeline = timeline
        self._told = told
        self._clerk = clerk

    def schedule(self, digest_id: int) -> None:
        at, opened = self._timeline.at, self._timeline.moment(self._told.opened)
        at(opened, partial(self._ask, digest_id))
        for number, sheet in enumerate(self._told.answers, 1):
            at(opened + number * PAUSE, partial(self._answer, digest_id, *sheet.split()))
        at(self._told.tended, partial(actions.tend, self._db))

    async def _ask(self, digest_id: int) -> None:
        last_day = self._timeline.moment(self._told.last_day).date()
        asking = Asking(points=self._told.points, last_day=last_day)
        await actions.ask(
            self._db, await self._cast.actor(self._clerk), digest_id, asking, self._timeline.zone
        )

    async def _answer(self, digest_id: int, name: str, sheet: str) -> None:
        resident = await self._cast.actor(name)
        for position, sign in enumerate(sheet, 1):
            if sign in STANCES:
                given = Answer.model_validate({"stance": STANCES[sign]})
                await actions.answer(self._db, resident, digest_id, position, given)
