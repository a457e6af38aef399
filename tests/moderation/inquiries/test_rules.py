"""When which reminder of an inquiry is due, and what may be asked."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from moderation.inquiries import rules
from moderation.inquiries.rules import Inquiry, Question

TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 4, 1, 3, tzinfo=UTC)
DAY = timedelta(days=1)


def an_inquiry(days: float) -> Inquiry:
    """Asked now, due in so many days."""
    return Inquiry(
        id=1, digest_id=1, title="", opinions=[], question="", from_section_id=1, to_section_id=2, asked_by=1,
        asked_at=NOW, due_at=NOW + days * DAY, sha256="",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("due", "later", "step"),
    [
        (7, 3.9, None),
        (7, 4, rules.EARLY),
        (7, 6.9, rules.EARLY),
        (7, 7, 0),
        (7, 8, 1),
        (7, 10, 2),
        (7, 14, 3),
        (7, 21, 4),
        # Whoever has three days or less has just heard of it.
        (3, 0, None),
        (3, 2, None),
        (2, 1, None),
        (2, 2, 0),
    ],
)
def test_reminders_come_once_before_the_day_and_ever_more_seldom_after(
    due: float, later: float, step: int | None
) -> None:
    assert rules.step(an_inquiry(due), NOW + later * DAY) == step


def test_the_whole_day_that_was_named_is_in_time() -> None:
    question = Question(section=2, question="どう考えますか。", due=date(2026, 4, 8))
    assert question.due_at(TOKYO) == datetime(2026, 4, 8, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("section", "day", "wrong"),
    [
        (2, date(2026, 4, 1), set()),
        (2, date(2026, 3, 31), {"due"}),
        (1, date(2026, 4, 2), {"section"}),
        (9, date(2026, 3, 1), {"section", "due"}),
    ],
)
def test_another_section_is_asked_and_gets_time(section: int, day: date, wrong: set[str]) -> None:
    question = Question(section=section, question="どう考えますか。", due=day)
    assert set(rules.faults(question, [1, 2], 1, NOW, TOKYO)) == wrong


@pytest.mark.parametrize(
    ("digest", "consultation", "open_"),
    [
        ("compiling", None, False),
        ("draft", None, True),
        ("published", None, False),
        ("draft", "closed", False),
        ("draft", "considering", True),
        ("published", "considering", True),
        ("published", "published", False),
        ("draft", "withdrawn", False),
    ],
)
def test_answers_are_of_use_until_something_is_published(
    digest: str, consultation: str | None, open_: bool
) -> None:
    assert rules.is_open(digest, consultation and 1, consultation) is open_
