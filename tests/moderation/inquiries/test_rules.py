"""What may be asked, until when, and as long as an answer is of use."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from moderation.inquiries import rules
from moderation.inquiries.rules import Question

TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 4, 1, 3, tzinfo=UTC)


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
