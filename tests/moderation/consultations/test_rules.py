"""The life of a procedure as truth tables."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from forum.access import GUEST, Actor, Role
from moderation.consultations import rules
from moderation.consultations.rules import Act, Answering, Category, Consultation, State

TOKYO = ZoneInfo("Asia/Tokyo")
OPENS = datetime(2026, 4, 1, 0, 0, tzinfo=TOKYO)
CLOSES = datetime(2026, 5, 1, 0, 0, tzinfo=TOKYO)
BEFORE, DURING, AFTER = (OPENS - timedelta(days=1), OPENS + timedelta(days=1), CLOSES + timedelta(days=1))

ANNOUNCED = Consultation(
    id=1,
    title="環境基本計画（案）",
    summary="",
    section_id=7,
    section_name="環境政策課",
    section_name_en="Environment",
    state="planned",
    announced_at=OPENS - timedelta(days=7),
    opens_at=OPENS,
    closes_at=CLOSES,
    short_period_reason="",
    result_due=None,
    end_reason="",
    version=1,
    published_at=None,
    sha256=None,
    hash_version=1,
)
PREPARED = replace(ANNOUNCED, announced_at=None)

RESIDENT = Actor(1, role=Role.RESIDENT)
OTHER_STAFF = Actor(2, role=Role.STAFF, section_id=8, confirmed=True)
STAFF = Actor(3, role=Role.STAFF, section_id=7, confirmed=True)
SUSPENDED_STAFF = replace(STAFF, suspended=True)
ADMINISTRATOR = Actor(4, role=Role.ADMINISTRATOR, confirmed=True)


@pytest.mark.parametrize(
    ("stored", "announced", "now", "state"),
    [
        # The clock decides while the city has only announced …
        ("planned", False, DURING, State.PLANNED),
        ("planned", True, BEFORE, State.PLANNED),
        ("planned", True, OPENS, State.OPEN),
        ("planned", True, DURING, State.OPEN),
        ("planned", True, CLOSES, State.CLOSED),
        ("open", True, AFTER, State.CLOSED),
        # … and the city decides from then on.
        ("considering", True, DURING, State.CONSIDERING),
        ("published", True, DURING, State.PUBLISHED),
        ("not_conducted", False, DURING, State.NOT_CONDUCTED),
        ("withdrawn", True, DURING, State.WITHDRAWN),
    ],
)
def test_the_state_follows_the_clock_until_the_city_acts(
    stored: str, announced: bool, now: datetime, state: State
) -> None:
    consultation = replace(ANNOUNCED if announced else PREPARED, state=stored)
    assert consultation.state_at(now) == state


# What the owning section may do in each state.
POSSIBLE = {
    State.PLANNED: {Act.EDIT, Act.ANNOUNCE, Act.ADD_FILE, Act.SKIP, Act.WITHDRAW},
    State.OPEN: {
        Act.SUBMIT,
        Act.TAKE_BACK,
        Act.ATTACH,
        Act.ENTER,
        Act.EXTEND,
        Act.CORRECT,
        Act.CLOSE,
        Act.WITHDRAW,
        Act.LOOK,
        Act.ADD_FILE,
    },
    State.CLOSED: {Act.ENTER, Act.CONSIDER, Act.WITHDRAW, Act.LOOK},
    State.CONSIDERING: {Act.ENTER, Act.ANSWER, Act.PUBLISH, Act.WITHDRAW, Act.TRANSLATE, Act.LOOK},
    State.PUBLISHED: {Act.TRANSLATE, Act.REPORT, Act.LOOK},
    State.NOT_CONDUCTED: set(),
    State.WITHDRAWN: {Act.LOOK},
}
IN_STATE = {
    State.PLANNED: (ANNOUNCED, BEFORE),
    State.OPEN: (ANNOUNCED, DURING),
    State.CLOSED: (ANNOUNCED, AFTER),
    **{
        state: (replace(ANNOUNCED, state=state), AFTER)
        for state in (State.CONSIDERING, State.PUBLISHED, State.NOT_CONDUCTED, State.WITHDRAWN)
    },
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("act", Act)
def test_each_act_has_its_time(state: State, act: Act) -> None:
    consultation, now = IN_STATE[state]
    assert bool(rules.can(STAFF, act, consultation, now)) == (act in POSSIBLE[state])


@pytest.mark.parametrize(
    ("actor", "acts"),
    [
        (GUEST, {Act.SUBMIT, Act.TAKE_BACK, Act.ATTACH}),
        (RESIDENT, {Act.SUBMIT, Act.TAKE_BACK, Act.ATTACH}),
        (Actor(5, role=Role.MODERATOR), {Act.SUBMIT, Act.TAKE_BACK, Act.ATTACH}),
        (OTHER_STAFF, {Act.SUBMIT, Act.TAKE_BACK, Act.ATTACH}),
        (SUSPENDED_STAFF, {Act.SUBMIT, Act.TAKE_BACK, Act.ATTACH}),
        (STAFF, set(Act)),
        (ADMINISTRATOR, set(Act)),
    ],
)
def test_the_owning_section_and_the_administrator_run_it_and_anybody_may_submit(
    actor: Actor, acts: set[Act]
) -> None:
    allowed = {
        act
        for act in Act
        for consultation, now in IN_STATE.values()
        if rules.can(actor, act, consultation, now)
    }
    assert allowed == acts


@pytest.mark.parametrize(
    ("actor", "prepared", "announced"),
    [(GUEST, False, True), (OTHER_STAFF, False, True), (STAFF, True, True), (ADMINISTRATOR, True, True)],
)
def test_what_is_being_prepared_is_seen_by_its_section_only(
    actor: Actor, prepared: bool, announced: bool
) -> None:
    assert rules.can_see(actor, PREPARED) == prepared
    assert rules.can_see(actor, ANNOUNCED) == announced


@pytest.mark.parametrize(
    ("opens", "closes", "days"),
    [
        # The day of the notice counts; a period that ends at midnight ends with the day before.
        (OPENS, CLOSES, 30),
        (OPENS, datetime(2026, 4, 30, 17, 15, tzinfo=TOKYO), 30),
        (OPENS, datetime(2026, 4, 29, 17, 15, tzinfo=TOKYO), 29),
        # 16:00 in UTC is the next day in Tokyo.
        (datetime(2026, 3, 31, 16, 0, tzinfo=UTC), datetime(2026, 4, 30, 15, 0, tzinfo=UTC), 30),
    ],
)
def test_days_are_counted_where_the_city_lives(opens: datetime, closes: datetime, days: int) -> None:
    assert rules.days(opens, closes, TOKYO) == days


@pytest.mark.parametrize(
    ("closes", "reason", "refusal"),
    [
        (CLOSES, "", None),
        (CLOSES - timedelta(days=1), "法の施行日に間に合わせるため", None),
        (CLOSES - timedelta(days=1), " ", "期間が29日です。30日より短くする理由を書いてください。"),
        (OPENS, "急ぐため", "締め切りは開始より後にしてください。"),
    ],
)
def test_a_short_period_needs_a_reason(closes: datetime, reason: str, refusal: str | None) -> None:
    assert rules.lawful_period(OPENS, closes, reason, TOKYO).reason == refusal


def test_the_result_is_due_after_the_period() -> None:
    assert rules.lawful_result_due(CLOSES, None, TOKYO)
    assert rules.lawful_result_due(CLOSES, date(2026, 5, 1), TOKYO)
    assert not rules.lawful_result_due(CLOSES, date(2026, 4, 30), TOKYO)


@pytest.mark.parametrize(
    ("consultation", "sections", "now", "refusal"),
    [
        (PREPARED, 1, BEFORE, None),
        (PREPARED, 0, BEFORE, "計画案の本文がありません。"),
        (PREPARED, 1, DURING, "開始の日時が過ぎています。期間を直すか、「いますぐ始める」を選んでください。"),
        (ANNOUNCED, 1, BEFORE, "すでに予告しています。"),
        (ANNOUNCED, 1, DURING, "予告できるのは、募集を始める前だけです。"),
    ],
)
def test_a_notice_needs_a_draft_and_a_beginning_that_is_not_past(
    consultation: Consultation, sections: int, now: datetime, refusal: str | None
) -> None:
    assert rules.can_announce(STAFF, consultation, sections, now, TOKYO).reason == refusal


REVISED = Category("revised", "修正", "Revised", "直します", True, True, False)
DECLINED = Category("declined", "反映しない", "Declined", "変えません", False, False, True)
ANSWERED = Answering(1, "街路樹", REVISED, "直します。", "", "木を植える", "木を植え、残す")


@pytest.mark.parametrize(
    ("answering", "gaps"),
    [
        (ANSWERED, []),
        (replace(ANSWERED, plan_before=""), []),  # a passage that is new
        (replace(ANSWERED, plan_after=""), []),  # a passage that goes
        (replace(ANSWERED, plan_after="木を植える "), ["「修正」には計画の修正前と修正後が必要です"]),
        (replace(ANSWERED, category=None), ["市の考え方がありません"]),
        (replace(ANSWERED, body=" "), ["市の考え方がありません"]),
        (replace(ANSWERED, category=DECLINED), ["「反映しない」には理由が必要です"]),
        (replace(ANSWERED, category=DECLINED, reason="費用のため"), []),
    ],
)
def test_an_answer_lacks_what_its_category_asks_for(answering: Answering, gaps: list[str]) -> None:
    assert rules.gaps(answering) == gaps


def test_what_is_missing_is_named_group_by_group() -> None:
    unanswered = replace(ANSWERED, number=2, title="公園", category=None)
    assert rules.missing([ANSWERED, unanswered]) == ["論点2「公園」: 市の考え方がありません。"]


@pytest.mark.parametrize(
    ("state", "lacking", "balanced", "allowed"),
    [
        (State.CONSIDERING, [], True, True),
        (State.CONSIDERING, ["論点2"], True, False),
        (State.CONSIDERING, [], False, False),
        (State.PUBLISHED, [], True, False),
        (State.CLOSED, [], True, False),
    ],
)
def test_publishing_waits_for_every_answer_and_a_balanced_ledger(
    state: State, lacking: list[str], balanced: bool, allowed: bool
) -> None:
    consultation, now = IN_STATE[state]
    assert bool(rules.can_publish(STAFF, consultation, lacking, balanced, now)) == allowed


@pytest.mark.parametrize(
    ("state", "received", "allowed"),
    [
        ("planned", DURING, True),
        ("planned", AFTER, True),
        ("considering", DURING, False),
        ("considering", AFTER, True),
        ("published", AFTER, False),
    ],
)
def test_what_came_late_may_be_entered_until_the_result(
    state: str, received: datetime, allowed: bool
) -> None:
    consultation, now = replace(ANNOUNCED, state=state), AFTER + timedelta(days=1)
    assert bool(rules.can_enter(STAFF, consultation, received, now)) == allowed
    assert not rules.can_enter(RESIDENT, consultation, received, now)


def test_late_is_what_arrives_at_the_hour_of_the_end_or_after_it() -> None:
    assert not rules.is_late(ANNOUNCED, CLOSES - timedelta(seconds=1))
    assert rules.is_late(ANNOUNCED, CLOSES)


@pytest.mark.parametrize(
    ("before", "misquotes"),
    [("街路樹を整理する。", False), ("街路樹を\n 整理する", False), ("", False), ("街路樹を切る。", True)],
)
def test_the_words_to_be_changed_stand_in_the_draft(before: str, misquotes: bool) -> None:
    assert rules.misquotes(before, ["道を広げる。", "街路樹を整理する。"]) == misquotes
