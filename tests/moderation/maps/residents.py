"""Residents who answer the points of a published digest: for the tests of maps."""

from datetime import timedelta

from forum import clock
from forum.access import Actor
from forum.db import Database
from moderation.digests.rules import Digest
from moderation.maps import actions, queries
from moderation.maps.rules import Answer, Asking, Map
from tests.factories import an_account
from tests.moderation.digests.desk import ZONE
from tests.moderation.digests.test_publishing import a_published_digest

SENTENCES = (
    "1 図書館を夜も開けてほしい",
    "1 図書館は朝早く開けてほしい",
    "2 北口の駐輪場を増やしてほしい",
    "2 駐輪場は有料でよい",
    "3 子ども食堂に補助を出してほしい",
)
# By the place of the sentence: what the one half of the town says, and the other.
CAMP, OTHER = "++-0+", "+-+0+"
LETTERS = {"+": "agree", "-": "disagree", "0": "pass"}


def asking(*lines: str, days: int = 14) -> Asking:
    last_day = clock.now().astimezone(ZONE).date() + timedelta(days=days)
    return Asking.model_validate({"points": "\n".join(lines or SENTENCES), "last_day": last_day})


async def asked(db: Database) -> tuple[Actor, Digest, Map]:
    """Who asks, and a published digest whose points are open for answers."""
    clerk, digest = await a_published_digest(db)
    return clerk, digest, await ask(db, clerk, digest.id)


async def ask(db: Database, clerk: Actor, digest_id: int) -> Map:
    await actions.ask(db, clerk, digest_id, asking(), ZONE)
    return await the_map(db, digest_id)


async def the_map(db: Database, digest_id: int) -> Map:
    found = await queries.of_digest(db, digest_id)
    assert found is not None
    return found


async def say(db: Database, by: Actor, digest_id: int, sheet: str) -> None:
    """Answers the points in order; a dot leaves one out."""
    for position, sign in enumerate(sheet, 1):
        if sign != ".":
            given = Answer.model_validate({"stance": LETTERS[sign]})
            await actions.answer(db, by, digest_id, position, given)


async def two_camps(db: Database, digest_id: int, *, first: int = 6, second: int = 5) -> list[Actor]:
    people = [await an_account(db) for _ in range(first + second)]
    for number, person in enumerate(people):
        await say(db, person, digest_id, CAMP if number < first else OTHER)
    return people


async def draw(db: Database, digest_id: int) -> None:
    """The time is over, and the hour strikes."""
    with clock.at((await the_map(db, digest_id)).closes_at + timedelta(minutes=17)):
        await actions.tend(db)
