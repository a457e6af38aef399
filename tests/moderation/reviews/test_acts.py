"""The database knows the same acts as the code, and what they are about."""

from forum.db import Database
from moderation.reviews.acts import ABOUT, ACT_DONE, ACT_NAMES, Act


def test_every_act_has_a_subject_and_a_name() -> None:
    assert set(ABOUT) == set(ACT_NAMES) == set(ACT_DONE) == set(Act)


async def test_the_table_of_acts_says_what_the_code_says(db: Database) -> None:
    rows = await db.rows("select act, about from acts")
    assert {row["act"]: row["about"] for row in rows} == ABOUT
