"""What may be decided, what a decision must say, and who waits how long: as tables."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.access import Actor, Role
from forum.posts.rules import Post
from forum.screening.hints import Kind as Hint
from moderation.reviews.acts import ACT_DONE, ACT_NAMES, Act
from moderation.reviews.rules import (
    HELD_WITHIN,
    Complaint,
    Verdict,
    acts_on,
    allowance,
    can_report,
    can_review,
    can_see_queue,
    lacking_in_complaint,
    lacking_in_verdict,
    role_of,
    spell,
    urgency,
)

HERE, THERE = 1, 2
NOW = datetime(2026, 4, 1, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MODERATOR = Actor(id=2, role=Role.MODERATOR, confirmed=True)
RULES = {1, 2, 4, 11}


def a_post(state: str = "visible", author_id: int = 1) -> Post:
    return Post(1, 1, HERE, "official", 2, author_id, state, 1, 1, 1, 1, "川の話", "", None, None)


def test_nobody_judges_or_reports_their_own_words() -> None:
    for role in (Role.MODERATOR, Role.ADMINISTRATOR):
        judge = replace(MODERATOR, role=role)
        assert not can_review(judge, a_post(author_id=2))
        assert not can_report(judge, a_post(author_id=2))
        assert can_review(judge, a_post())


def test_a_moderator_who_is_suspended_or_unconfirmed_moderates_nothing() -> None:
    for judge in (replace(MODERATOR, suspended=True), replace(MODERATOR, confirmed=False)):
        assert not can_see_queue(judge)
        assert not can_review(judge, a_post())


def test_a_moderator_of_another_board_sees_the_queue_but_judges_nothing_here() -> None:
    judge = Actor(id=2, role=Role.RESIDENT, confirmed=True, moderates_boards=frozenset({THERE}))
    assert can_see_queue(judge)
    assert not can_review(judge, a_post())


@pytest.mark.parametrize("state", ["held", "hidden", "withdrawn"])
def test_only_what_is_shown_can_be_reported(state: str) -> None:
    assert not can_report(MODERATOR, a_post(state))


# state, given back to its author, reported -> approve return hide restore dismiss
ACTS = """
held       -  -   approve return hide
held       +  -   approve hide
visible    -  -   hide
visible    -  +   dismiss hide
hidden     -  -   restore
hidden     -  +   restore
withdrawn  -  -
withdrawn  -  +   dismiss
"""


@pytest.mark.parametrize("line", ACTS.strip().splitlines())
def test_what_can_be_decided_depends_on_the_state(line: str) -> None:
    state, returned, reported, *acts = line.split()
    assert acts_on(state, returned=returned == "+", reported=reported == "+") == tuple(map(Act, acts))


def test_every_act_can_be_undone_or_leaves_the_words_as_they_are() -> None:
    """hide and restore are each other's inverse; approve is undone by hide; the others change no state for long."""
    assert Act.RESTORE in acts_on("hidden", returned=False, reported=False)
    assert Act.HIDE in acts_on("visible", returned=False, reported=False)


# act, rule, reason -> the fields that are lacking
VERDICTS = [
    (Act.APPROVE, None, "", set()),
    (Act.DISMISS, None, "", set()),
    (Act.DISMISS, None, "批判は妨げません。", set()),
    (Act.RETURN, None, "", {"reason"}),
    (Act.RETURN, None, "番号を消してください。", set()),
    (Act.RETURN, 1, "番号を消してください。", set()),
    (Act.RESTORE, None, "", {"reason"}),
    (Act.HIDE, None, "", {"rule", "reason"}),
    (Act.HIDE, 4, "", {"reason"}),
    (Act.HIDE, None, "宣伝です。", {"rule"}),
    (Act.HIDE, 99, "宣伝です。", {"rule"}),
    (Act.HIDE, 4, "宣伝です。", set()),
]


@pytest.mark.parametrize(("act", "rule", "reason", "lacking"), VERDICTS)
def test_no_post_is_hidden_without_a_rule_and_a_reason(
    act: Act, rule: int | None, reason: str, lacking: set[str]
) -> None:
    verdict = Verdict(act=act, rule=rule, reason=reason, version=1)
    assert lacking_in_verdict(verdict, RULES).keys() == lacking


def test_a_comment_begun_before_the_post_was_approved_is_not_published() -> None:
    verdict = Verdict(act=Act.APPROVE, rule=4, reason="番号を", version=1)
    assert (verdict.rule, verdict.reason) == (None, "")
    assert Verdict(act=Act.DISMISS, rule=4, reason="批判は妨げません。", version=1).rule is None


# rule, note -> the fields that are lacking
COMPLAINTS = [
    ("4", "", set()),
    ("4", "店の宣伝だけです。", set()),
    ("99", "", {"rule"}),
    ("other", "", {"note"}),
    ("other", "同じ文が三つの話題にあります。", set()),
]


@pytest.mark.parametrize(("rule", "note", "lacking"), COMPLAINTS)
def test_a_report_names_a_rule_or_says_what_is_wrong(rule: str, note: str, lacking: set[str]) -> None:
    complaint = Complaint.model_validate({"rule": rule, "note": note})
    assert lacking_in_complaint(complaint, RULES).keys() == lacking


# reporters, the rules they name -> hours in which somebody should have looked
ALLOWANCES = [
    (1, [4], 24),
    (1, [None], 24),
    (1, [2], 8),
    (1, [1], 2),
    (2, [4, 4], 12),
    (2, [4, 1], 1),
    (2, [None, 3], 4),
    (4, [4, 4, 4, 4], 6),
    (9, [4] * 9, 6),
]


@pytest.mark.parametrize(("reporters", "rules", "hours"), ALLOWANCES)
def test_grave_reasons_and_more_people_shorten_the_wait(
    reporters: int, rules: list[int | None], hours: int
) -> None:
    assert allowance(reporters, rules) == hours * HOUR


@given(st.lists(st.one_of(st.none(), st.integers(1, 11)), min_size=1, max_size=30), st.integers(1, 11))
def test_another_report_never_makes_an_item_less_urgent(rules: list[int | None], another: int) -> None:
    assert allowance(len(rules) + 1, [*rules, another]) <= allowance(len(rules), rules)


def test_a_place_in_the_queue_explains_itself() -> None:
    since = NOW - 3 * HOUR
    item = urgency(
        since + HOUR, NOW, since=since, reporters=2, rules=[4, 1], titles={1: "個人情報", 4: "宣伝"}
    )
    assert item.because == ("2人が通報", "個人情報", "宣伝", "3時間前から", "目安は1時間以内")
    assert item.late


def test_what_was_noticed_in_the_words_is_told_last_and_moves_nothing() -> None:
    place = [
        urgency(NOW + HOUR, NOW, since=NOW, reporters=0, rules=[], titles={}, noticed=noticed)
        for noticed in ((), (Hint.PHONE, Hint.SHOUTING))
    ]
    assert place[0].due_at == place[1].due_at
    assert place[1].because == (*place[0].because, "機械の手がかり：電話番号、強い調子（順番には関わらない）")


def test_a_report_of_a_poll_says_so() -> None:
    item = urgency(NOW + HOUR, NOW, since=NOW, reporters=1, rules=[4], titles={4: "宣伝"}, of_poll=True)
    assert item.because[:3] == ("1人が通報", "宣伝", "投票への通報")


def test_a_held_post_says_so() -> None:
    item = urgency(NOW + HELD_WITHIN, NOW, since=NOW, reporters=0, rules=[], titles={})
    assert item.because == ("公開前の投稿", "0分前から", "目安は24時間以内")
    assert not item.late
    assert not item.pressing


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(seconds=59), "0分"),
        (timedelta(minutes=59), "59分"),
        (timedelta(hours=1), "1時間"),
        (timedelta(hours=47, minutes=59), "47時間"),
        (timedelta(days=2), "2日"),
        (timedelta(seconds=-5), "0分"),
    ],
)
def test_a_span_is_said_in_one_unit(span: timedelta, said: str) -> None:
    assert spell(span) == said


def test_author_and_log_learn_the_role_and_not_the_person() -> None:
    assert role_of(MODERATOR) == Role.MODERATOR
    assert role_of(replace(MODERATOR, role=Role.ADMINISTRATOR)) == Role.ADMINISTRATOR
    assert (
        role_of(replace(MODERATOR, role=Role.RESIDENT, moderates_boards=frozenset({HERE}))) == Role.MODERATOR
    )


def test_every_act_has_a_name_and_a_sentence() -> None:
    assert set(ACT_NAMES) == set(ACT_DONE) == set(Act)
