"""The procedure as pure rules: stages, periods, reminders, and what may be done when."""

from datetime import UTC, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as some

from moderation.rights import rules
from moderation.rights.rules import Kind, Stage, Step

TOKYO = timezone(timedelta(hours=9))
FILED = datetime(2026, 4, 1, 3, tzinfo=UTC)  # noon in Tokyo
DAY = timedelta(days=1)
NAIVE = datetime(2020, 1, 1)  # noqa: DTZ001 - the generator wants it so


def step(kind: Kind, at: datetime, due_at: datetime | None = None) -> Step:
    return Step(1, 1, 1, kind, 9, "", due_at, None, at, "")


def asked(at: datetime = FILED, *, candidate: bool = False) -> Step:
    return step(Kind.ASKED, at, rules.answer_due(at, candidate=candidate, zone=TOKYO))


moments = some.datetimes(NAIVE, NAIVE.replace(year=2040), timezones=some.just(UTC))


@given(moments, some.integers(0, 30))
def test_a_period_is_full_days_that_end_at_midnight_in_the_town(start: datetime, days: int) -> None:
    end = rules.period_end(start, days, TOKYO).astimezone(TOKYO)
    assert end.time() == time()
    assert (end.date() - start.astimezone(TOKYO).date()).days == days + 1
    assert days * DAY < end - start <= (days + 1) * DAY


@pytest.mark.parametrize(("candidate", "ends"), [(False, 9), (True, 4)])
def test_the_author_has_seven_days_and_two_when_it_is_about_a_candidate(candidate: bool, ends: int) -> None:
    """Asked on 1 April at noon: until midnight after the 8th, or the 3rd."""
    end = rules.answer_due(FILED, candidate=candidate, zone=TOKYO)
    assert end == datetime(2026, 4, ends, tzinfo=TOKYO)


END = datetime(2026, 4, 9, tzinfo=TOKYO)
STAGES = [
    ([], FILED, Stage.RECEIVED),
    ([asked()], END - timedelta(microseconds=1), Stage.ASKED),
    ([asked()], END, Stage.SILENT),
    ([asked(), step(Kind.OBJECTED, FILED + DAY)], FILED + DAY, Stage.ANSWERED),
    ([asked(), step(Kind.CONSENTED, FILED + DAY)], END + 9 * DAY, Stage.ANSWERED),
    ([asked(), step(Kind.REMINDED, FILED + DAY)], FILED + DAY, Stage.ASKED),
    ([step(Kind.GRANTED, FILED)], FILED, Stage.DECIDED),
    ([asked(), step(Kind.REFUSED, END)], END, Stage.DECIDED),
    ([asked(), step(Kind.GONE, FILED)], FILED, Stage.DECIDED),
]


@pytest.mark.parametrize(("steps", "now", "expected"), STAGES)
def test_the_stage_is_read_from_what_happened(steps: list[Step], now: datetime, expected: Stage) -> None:
    assert rules.stage(steps, now) is expected


#                     visible            held               hidden    withdrawn
OUTCOMES = {
    Stage.RECEIVED: ("granted refused", "granted refused", "gone", "gone"),
    Stage.ASKED: ("", "", "", "gone"),
    Stage.SILENT: ("granted refused", "granted refused", "gone", "gone"),
    Stage.ANSWERED: ("granted refused", "granted refused", "gone", "gone"),
    Stage.DECIDED: ("", "", "", ""),
}
STATES = ("visible", "held", "hidden", "withdrawn")


@pytest.mark.parametrize("stage", Stage)
def test_what_may_be_decided_when(stage: Stage) -> None:
    assert tuple(" ".join(rules.outcomes(stage, state)) for state in STATES) == OUTCOMES[stage]


@pytest.mark.parametrize("stage", Stage)
def test_the_author_is_asked_once_and_about_a_post_that_can_be_hidden(stage: Stage) -> None:
    expected = (True, True, False, False) if stage is Stage.RECEIVED else (False,) * 4
    assert tuple(rules.can_ask(stage, state, author_hears=True) for state in STATES) == expected
    assert not any(rules.can_ask(stage, state, author_hears=False) for state in STATES)


DUE = [
    ([], FILED, datetime(2026, 4, 4, tzinfo=TOKYO)),
    ([asked()], FILED + DAY, END),
    ([asked(), step(Kind.OBJECTED, FILED + DAY)], FILED + DAY, datetime(2026, 4, 10, tzinfo=TOKYO)),
    ([asked()], END + DAY, datetime(2026, 4, 16, tzinfo=TOKYO)),
    ([step(Kind.REFUSED, FILED)], FILED, None),
]


@pytest.mark.parametrize(("steps", "now", "end"), DUE)
def test_somebody_always_has_to_act_by_a_date(steps: list[Step], now: datetime, end: datetime | None) -> None:
    assert rules.due(FILED, steps, now, TOKYO) == end


@given(some.lists(some.integers(0, 40 * 24), min_size=1, max_size=60), some.booleans())
def test_moderators_are_reminded_once_a_stage_and_never_while_the_author_has_time(
    hours: list[int], is_asked: bool
) -> None:
    """The job may run as often as it likes."""
    steps = [asked(FILED + DAY)] if is_asked else []
    reminded: list[Stage] = []
    for now in sorted(FILED + timedelta(hours=n) for n in hours):
        if rules.needs_reminder(FILED, steps, now, TOKYO):
            reminded.append(rules.stage(steps, now))
            steps = [*steps, step(Kind.REMINDED, now)]
    assert len(reminded) == len(set(reminded)) <= 1
    assert Stage.ASKED not in reminded


def test_whoever_is_late_is_reminded() -> None:
    assert rules.needs_reminder(FILED, [], FILED + 30 * DAY, TOKYO)
    assert not rules.needs_reminder(FILED, [], FILED, TOKYO)
    assert not rules.needs_reminder(FILED, [step(Kind.REFUSED, FILED)], FILED + 30 * DAY, TOKYO)
