"""Appeals as plain rules: who may contest what until when, who may judge that, and what each outcome does."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.access import GUEST, Actor, Role
from forum.posts.rules import State
from moderation.appeals import rules
from moderation.appeals.rules import ANSWERS, Contested, Outcome
from moderation.reviews.acts import ABOUT, About, Act
from moderation.reviews.history import LEADS_TO
from moderation.reviews.rules import APPEAL_WITHIN
from moderation.reviews.sanctions import SANCTIONS

DECIDED = datetime(2026, 4, 1, 3, tzinfo=UTC)
AUTHOR, REPORTER, DECIDER, FIRST, OTHER = 1, 2, 3, 4, 5


def a_decision(act: str = "hide", state: str = "hidden", **facts: object) -> Contested:
    decision = Contested(
        decision_id=1, number=1, act=act, decided_at=DECIDED, decided_by=DECIDER, involved=(DECIDER, FIRST),
        made_on=1, board_id=1, board_kind="official", post_id=1, authors=[AUTHOR], reporters=(REPORTER,), state=state,
        returned=False, same_words=True, later=False, appealed=False, answers=False,
    )  # fmt: skip
    return replace(decision, **facts)


HIDDEN = a_decision()
RETURNED = a_decision("return", "held", returned=True)
DISMISSED = a_decision("dismiss", "visible")


def person(number: int, role: Role = Role.RESIDENT) -> Actor:
    return Actor(id=number, role=role, confirmed=True)


# who            a hidden  returned  dismissed
MAY_APPEAL = """
guest            -         -         -
author           +         +         -
reporter         -         -         +
somebody         -         -         -
administrator    -         -         -
"""
PEOPLE = {
    "guest": GUEST,
    "author": person(AUTHOR),
    "reporter": person(REPORTER),
    "somebody": person(OTHER),
    "administrator": person(OTHER, Role.ADMINISTRATOR),
}


@pytest.mark.parametrize("line", MAY_APPEAL.strip().splitlines())
def test_whoever_a_decision_concerns_may_appeal(line: str) -> None:
    who, *expected = line.split()
    found = [
        bool(rules.can_appeal(PEOPLE[who], decision, DECIDED)) for decision in (HIDDEN, RETURNED, DISMISSED)
    ]
    assert found == [sign == "+" for sign in expected]


@pytest.mark.parametrize("act", [Act.APPROVE, Act.RESTORE, Act.UPHOLD, Act.UNLOCK, Act.PIN, Act.UNPIN])
def test_nothing_else_can_be_contested(act: Act) -> None:
    for who in (AUTHOR, REPORTER):
        assert not rules.can_appeal(person(who), a_decision(act, "visible"), DECIDED)


def test_nobody_contests_what_they_decided_themselves() -> None:
    """Who keeps a board may close a topic of their own; and may open it again."""
    own = a_decision(Act.LOCK, "visible")
    assert rules.can_appeal(person(AUTHOR), own, DECIDED)
    assert not rules.can_appeal(person(AUTHOR), replace(own, decided_by=AUTHOR), DECIDED)


def test_a_suspended_person_may_appeal() -> None:
    assert rules.can_appeal(replace(person(AUTHOR), suspended=True), HIDDEN, DECIDED)


@given(st.timedeltas(timedelta(0), timedelta(days=60)))
def test_a_decision_may_be_contested_until_the_end_of_the_day_that_the_notice_names(after: timedelta) -> None:
    allowed = bool(rules.can_appeal(person(AUTHOR), HIDDEN, DECIDED + after))
    assert allowed == (after <= APPEAL_WITHIN + rules.GRACE)
    if after <= APPEAL_WITHIN:
        assert allowed


# the post since the decision            stands
STANDING = """
hide     hidden     -                    +
hide     visible    -                    -
hide     held       -                    -
hide     hidden     later                -
mask     visible    -                    +
mask     hidden     -                    +
mask     withdrawn  -                    -
mask     visible    later                -
return   held       returned             +
return   held       -                    -
return   visible    -                    -
return   withdrawn  -                    -
return   held       returned,later       -
dismiss  visible    -                    +
dismiss  hidden     -                    -
dismiss  withdrawn  -                    -
dismiss  visible    new-words            -
dismiss  visible    later                -
lock     visible    -                    +
lock     hidden     new-words            +
lock     visible    later                -
slow     visible    -                    +
slow     visible    later                -
move     visible    -                    +
move     visible    later                -
"""


@pytest.mark.parametrize("line", STANDING.strip().splitlines())
def test_a_decision_that_was_overtaken_cannot_be_contested(line: str) -> None:
    act, state, facts, stands = line.split()
    decision = a_decision(
        act, state, returned="returned" in facts, later="later" in facts, same_words="new-words" not in facts
    )
    assert rules.stands(decision) == (stands == "+")
    assert bool(rules.outcomes(decision)) == (stands == "+")
    who = REPORTER if act == "dismiss" else AUTHOR
    assert bool(rules.can_appeal(person(who), decision, DECIDED)) == (stands == "+")


def test_once_and_never_again() -> None:
    assert not rules.can_appeal(person(AUTHOR), replace(RETURNED, answers=True), DECIDED)
    assert rules.can_appeal(person(AUTHOR), replace(HIDDEN, answers=True), DECIDED)
    assert not rules.can_appeal(person(AUTHOR), replace(HIDDEN, appealed=True), DECIDED)


# who                           the author's appeal  a reporter's
READERS = """
guest              0  guest          -  -
author             1  resident       +  -
author             1  moderator      +  -
reporter           2  resident       -  +
decider            3  moderator      +  +
resident           5  resident       -  -
moderator          5  moderator      +  +
"""


@pytest.mark.parametrize("line", READERS.strip().splitlines())
def test_nobody_reads_the_appeal_of_somebody_who_reported_them(line: str) -> None:
    _, number, role, *expected = line.split()
    actor = GUEST if number == "0" else person(int(number), Role(role))
    found = [
        rules.can_see_appeal(actor, decision, appellant)
        for decision, appellant in ((HIDDEN, AUTHOR), (DISMISSED, REPORTER))
    ]
    assert [bool(ruling) for ruling in found] == [sign == "+" for sign in expected]


# who judges                    may
JUDGES = """
guest              0  guest          -
author             1  moderator      -
reporter           2  moderator      -
decider            3  moderator      -
administrator      3  administrator  -
first              4  administrator  -
appellant          9  moderator      -
resident           5  resident       -
staff              5  staff          -
moderator          5  moderator      +
administrator      5  administrator  +
"""


@pytest.mark.parametrize("line", JUDGES.strip().splitlines())
def test_somebody_else_judges_whatever_their_role(line: str) -> None:
    _, number, role, may = line.split()
    actor = GUEST if number == "0" else person(int(number), Role(role))
    assert bool(rules.can_answer(actor, HIDDEN, 9)) == (may == "+")


@given(st.integers(1, 9), st.sampled_from([*Role]), st.lists(st.integers(1, 9)), st.integers(1, 9))
def test_nobody_who_had_a_part_ever_judges(
    number: int, role: Role, involved: list[int], appellant: int
) -> None:
    decision = replace(HIDDEN, involved=involved)
    if rules.can_answer(person(number, role), decision, appellant):
        assert number not in {*involved, appellant, AUTHOR, REPORTER}


# what each outcome makes of the post
OUTCOMES = """
hide     hidden   upheld      hidden
hide     hidden   partly      held
hide     hidden   overturned  visible
return   held     upheld      held
return   held     overturned  visible
mask     visible  upheld      visible
mask     visible  overturned  visible
dismiss  visible  upheld      visible
dismiss  visible  overturned  hidden
"""


def test_every_outcome_is_a_transition_of_the_log() -> None:
    expected = []
    for line in OUTCOMES.strip().splitlines():
        act, before, outcome, after = line.split()
        does = ANSWERS[Act(act)][Outcome(outcome)]
        assert LEADS_TO[does][State(before)] == after
        assert rules.outcome_of(act, does) == outcome
        expected.append((Act(act), Outcome(outcome)))
    about_posts = {act: does for act, does in ANSWERS.items() if ABOUT[act] in (About.POST, About.WORDS)}
    assert expected == [(act, outcome) for act, does in about_posts.items() for outcome in does]


@pytest.mark.parametrize(
    ("act", "back"),
    [
        (Act.LOCK, Act.UNLOCK),
        (Act.SLOW, Act.UNSLOW),
        (Act.MOVE, Act.MOVE),
        (Act.HIDE_POLLS, Act.SHOW_POLLS),
        (Act.HIDE_POLL, Act.SHOW_POLL),
        (Act.TRANSFER, Act.TRANSFER),
    ],
)
def test_an_act_on_a_topic_is_left_as_it_is_or_taken_back(act: Act, back: Act) -> None:
    assert ANSWERS[act] == {Outcome.UPHELD: Act.UPHOLD, Outcome.OVERTURNED: back}


@pytest.mark.parametrize("act", SANCTIONS)
def test_a_sanction_is_left_as_it_is_or_taken_back(act: Act) -> None:
    """There is no half of one: a shorter silence is a new decision."""
    assert ANSWERS[act] == {Outcome.UPHELD: Act.UPHOLD, Outcome.OVERTURNED: Act.REINSTATE}
