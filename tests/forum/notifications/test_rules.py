"""What people may choose about notices, and when summaries are due."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from forum.access import Actor, Role
from forum.notifications.rules import (
    OPTIONAL_IN_ROOM,
    Choices,
    Mail,
    Subject,
    last_monday,
    last_morning,
    subjects_of,
)

TOKYO = ZoneInfo("Asia/Tokyo")
RESIDENT = Actor(id=1, role=Role.RESIDENT, confirmed=True)


def test_what_the_town_owes_a_person_stays_in_the_inbox_whatever_is_typed() -> None:
    off = dict.fromkeys((f"{subject}_mail" for subject in Subject), "off")
    made = {choice.subject: choice for choice in Choices.model_validate(off).made()}
    assert {subject for subject, choice in made.items() if not choice.in_room} == OPTIONAL_IN_ROOM
    assert {choice.mail for choice in made.values()} == {Mail.OFF}


@pytest.mark.parametrize(
    ("actor", "works"),
    [
        (RESIDENT, False),
        (replace(RESIDENT, facilitates_boards=frozenset({1})), True),
        (replace(RESIDENT, moderates_boards=frozenset({1})), True),
        (replace(RESIDENT, role=Role.STAFF), True),
    ],
)
def test_work_is_that_of_offices(actor: Actor, works: bool) -> None:
    assert (Subject.WORK in subjects_of(actor)) == works


@pytest.mark.parametrize(
    ("now", "morning", "monday"),
    [
        ("2026-04-01 06:59", "2026-03-31", "2026-03-30"),  # a Wednesday
        ("2026-04-01 07:00", "2026-04-01", "2026-03-30"),
        ("2026-04-06 06:59", "2026-04-05", "2026-03-30"),  # the next Monday
        ("2026-04-06 07:17", "2026-04-06", "2026-04-06"),
        ("2027-01-01 03:00", "2026-12-31", "2026-12-28"),
    ],
)
def test_summaries_are_made_in_the_morning_of_the_town(now: str, morning: str, monday: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=TOKYO)
    assert last_morning(moment, TOKYO) == datetime.fromisoformat(f"{morning} 07:00").replace(tzinfo=TOKYO)
    assert last_monday(moment, TOKYO) == datetime.fromisoformat(f"{monday} 07:00").replace(tzinfo=TOKYO)
