"""Whatever anybody does in whatever order: no post is lost, no word reaches anybody who may not see it, the log says what
was done, and every counter is right.

LIFE_EXAMPLES sets how many lives hypothesis makes up (4), LIFE_STEPS how long they are at most (60) and LIFE_ACTS how much
is tried in the long life (200; 10,000 in the long form). LIFE_SEED begins another.
"""

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette

from forum.db import Database, connected
from tests.conftest import undone
from tests.life.agreement import Agreement
from tests.life.lives import MOST, a_town, random_steps
from tests.life.room import ACTS_OF_LIFE, Step
from tests.life.screens import Screens

EXAMPLES = int(os.environ.get("LIFE_EXAMPLES", "4"))
STEPS = int(os.environ.get("LIFE_STEPS", "60"))
ACTS = int(os.environ.get("LIFE_ACTS", "200"))
SEED = int(os.environ.get("LIFE_SEED", "0"))
IS_LONG = "LIFE_EXAMPLES" in os.environ
# Of all pages everybody looks at every so many-th: others every time.
PAGES_APART = 7 if IS_LONG else 40
# How often everything is compared in the long life; the counters are at every step.
WHOLE_EVERY = 100

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120 + EXAMPLES * 60 + ACTS)]


STEP = st.tuples(st.sampled_from(ACTS_OF_LIFE), *[st.integers(0, MOST)] * 3)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    # The short form says the same every time.
    derandomize=not IS_LONG,
    database=None,
    suppress_health_check=[*HealthCheck],
)
@given(steps=st.lists(STEP, min_size=STEPS // 2, max_size=STEPS), first=st.integers(0, PAGES_APART - 1))
async def test_nothing_is_lost_and_nothing_leaks(
    app: Starlette, db: Database, steps: list[Step], first: int
) -> None:
    async with undone(db):  # the next one begins in the same town
        life = await a_town(db)
        agreement, screens = Agreement(life), Screens(app, life)
        for step in steps:
            if await life.step(step):
                with life.moment():
                    await agreement.after_a_step()
                    await screens.after_a_step()
            screens.db.told.clear()
        with life.moment():
            await agreement.in_the_end()
            await screens.look_around(life.people, every=PAGES_APART, first=first)


async def test_after_any_number_of_acts_every_counter_is_right(own_database: str) -> None:
    """Committed: in one long transaction PostgreSQL would keep every version of every row."""
    async with connected(own_database) as db:
        life = await a_town(db)
        agreement = Agreement(life)
        for number, step in enumerate(random_steps(SEED, ACTS), 1):
            if await life.step(step):
                with life.moment():
                    await agreement.queues()
            if number % WHOLE_EVERY == 0:
                with life.moment():
                    await agreement.in_the_end()
        with life.moment():
            await agreement.in_the_end()
    assert sum(life.done.values()) > ACTS // 5
    assert life.done.keys() >= {*ACTS_OF_LIFE} - {"wait"} or ACTS < 2000
