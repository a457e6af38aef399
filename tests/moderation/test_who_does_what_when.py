"""Moderation as one table: every act, by every kind of person, on everything that it is about in every state.

A cell says who may: a letter of WHO, or `-` for nobody. What is a letter, what a column and what a row is written here by
hand and compared with the rules.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from forum.access import Actor, Role
from forum.posts.rules import Post
from forum.topics import rules as topics
from moderation.appeals import rules as appeals
from moderation.appeals.rules import Outcome
from moderation.reviews import keeping, masking, rules, sanctions
from moderation.reviews.acts import Act
from moderation.reviews.sanctions import Restrictions
from moderation.rights import rules as rights
from moderation.rights.rules import Kind, Step
from tests.test_permissions import (
    AUTHOR,
    DAY,
    ELSEWHERE,
    NOW,
    PEOPLE,
    a_board,
    a_claim,
    a_contested_decision,
    a_post,
    a_topic,
)

# The people of tests/test_permissions.py, and moderators in two conditions that matter here.
EVERYBODY = {
    **PEOPLE,
    "author who moderates": replace(PEOPLE["moderator"], id=AUTHOR),
    "silenced moderator": replace(PEOPLE["moderator"], silenced_until=NOW + DAY),
}
WHO = """
    guest
    |  unconfirmed
    |  |  suspended
    |  |  |  author
    |  |  |  |  resident
    |  |  |  |  |  elsewhere
    |  |  |  |  |  |  facilitator
    |  |  |  |  |  |  |  moderator here
    |  |  |  |  |  |  |  |  moderator
    |  |  |  |  |  |  |  |  |  staff
    |  |  |  |  |  |  |  |  |  |  section
    |  |  |  |  |  |  |  |  |  |  |  administrator
    |  |  |  |  |  |  |  |  |  |  |  |  author who moderates
    |  |  |  |  |  |  |  |  |  |  |  |  |  silenced moderator
-   -  -  -  -  -  -  -  -  -  -  -  -  -  -   nobody
M   -  -  -  -  -  -  -  +  +  -  -  +  -  +   whoever moderates the board, and did not write it
E   -  -  -  -  -  -  -  -  +  -  -  +  -  +   whoever moderates all boards, and did not write it
K   -  -  -  -  -  -  +  +  +  -  -  +  +  +   whoever keeps the topics of the board
B   -  -  -  -  -  -  -  -  +  -  -  +  +  +   whoever keeps those of both boards
A   -  +  +  +  -  -  -  -  -  -  -  -  +  -   its author, in whatever condition
R   -  -  -  -  +  +  +  +  +  +  +  +  -  +   whoever takes part, and did not write it
"""

# What is decided about a post. Withdrawn words are their author's alone; their reports can be closed.
POSTS = """
           held  returned  visible  reported  hidden  withdrawn  withdrawn-reported
approve    M     M         -        -         -       -          -
return     M     -         -        -         -       -          -
hide       M     M         M        M         -       -          -
restore    -     -         -        -         M       -          -
dismiss    -     -         -        M         -       -          M
mask       M     M         M        M         M       -          -
unmask     -     -         -        -         -       -          -
warn       M     M         M        M         M       -          -
silence    E     E         E        E         E       -          -
suspend    E     E         E        E         E       -          -
reinstate  -     -         -        -         -       -          -
report     -     -         R        R         -       -          -
"""
# The same post, a part of it masked.
MASKED = """
           held  returned  visible  reported  hidden  withdrawn  withdrawn-reported
mask       M     M         M        M         M       -          -
unmask     M     M         M        M         M       -          -
"""
# What is decided about the author of a visible post, who may already be sanctioned.
ACCOUNTS = """
           free  silenced  suspended
warn       M     M         -
silence    E     E         -
suspend    E     E         -
reinstate  -     E         E
"""
# What is done to a topic. It moves to another board.
TOPICS = """
          open  slow  locked  pinned
lock      K     K     -       K
unlock    -     -     K       -
slow      K     -     -       K
unslow    -     K     -       -
pin       K     K     K       -
unpin     -     -     -       K
move      B     B     B       B
transfer  K     K     K       K
"""
# What becomes of the decision to hide a post: contested by its author, judged by somebody else. What was overtaken has no
# effect any more.
APPEALS = """
         stands  overtaken  contested  late
appeal   A       -          -          -
uphold   M       -          M          M
return   M       -          M          M
restore  M       -          M          M
"""
# What becomes of a rights request about a visible post. While the author has time to answer nobody decides.
REQUESTS = """
         received  asked  silent  answered  decided
ask      M         -      -       -         -
answer   -         A      -       -         -
hide     M         -      M       M         -
keep     M         -      M       M         -
gone     -         -      -       -         -
open     E         E      E       E         E
"""
# The same about a post that is not public any more.
GONE = """
         received  asked  silent  answered  decided
ask      -         -      -       -         -
answer   -         A      -       -         -
hide     -         -      -       -         -
keep     -         -      -       -         -
gone     M         -      M       M         -
open     E         E      E       E         E
"""

May = Callable[[Actor, str, str], bool]


def groups() -> dict[str, set[str]]:
    head, rows = (
        WHO.strip("\n").splitlines()[: len(EVERYBODY)],
        WHO.strip("\n").splitlines()[len(EVERYBODY) :],
    )
    assert [line.replace("|", "").strip() for line in head] == list(EVERYBODY)
    return {
        row[0]: {name for name, sign in zip(EVERYBODY, row[1:].split(), strict=False) if sign == "+"}
        for row in rows
    }


def cells(table: str) -> Iterator[tuple[str, str, str]]:
    """Of each: act, state, and the letter."""
    states, *rows = (line.split() for line in table.strip("\n").splitlines())
    for act, *letters in rows:
        for state, letter in zip(states, letters, strict=True):
            yield act, state, letter


def about_posts(actor: Actor, act: str, state: str, *, masks: bool = False) -> bool:
    post = in_state(state)
    if act == "report":
        return bool(rules.can_report(actor, post))
    if act in (*sanctions.SANCTIONS, Act.REINSTATE):
        return about_accounts(actor, act, "free", post)
    possible = {
        *rules.acts_on(post.state, returned=state == "returned", reported="reported" in state),
        *masking.masking_acts(post.state, masks=masks),
    }
    return bool(rules.can_review(actor, post)) and act in possible


def in_state(state: str) -> Post:
    return a_post({"returned": "held", "reported": "visible"}.get(state, state.partition("-")[0]))


def about_accounts(actor: Actor, act: str, state: str, post: Post | None = None) -> bool:
    restrictions = {
        "free": Restrictions(),
        "silenced": Restrictions(silenced_until=NOW + DAY),
        "suspended": Restrictions(suspended_at=NOW - DAY),
    }[state]
    allowed = sanctions.can_sanction(actor, post or a_post(), holds_office=False)
    return bool(allowed) and act in sanctions.sanctions_on(actor, restrictions, NOW)


def about_topics(actor: Actor, act: str, state: str) -> bool:
    topic = replace(a_topic(), locked=state == "locked", pinned=state == "pinned")
    if act == "move" and not topics.can_move(actor, topic, a_board(number=ELSEWHERE)):
        return False
    if act == "transfer":
        return bool(topics.can_transfer(actor, topic, replace(topic, id=2)))
    acts = keeping.keeping_acts(locked=topic.locked, slow=state == "slow", pinned=topic.pinned)
    return bool(topics.can_steer(actor, topic)) and act in acts


def about_appeals(actor: Actor, act: str, state: str) -> bool:
    decision = replace(a_contested_decision(), later=state == "overtaken", appealed=state == "contested")
    now = NOW + 20 * DAY if state == "late" else NOW
    if act == "appeal":
        return bool(appeals.can_appeal(actor, decision, now))
    outcome = {"uphold": Outcome.UPHELD, "return": Outcome.PARTLY, "restore": Outcome.OVERTURNED}[act]
    return bool(appeals.can_answer(actor, decision, AUTHOR)) and outcome in appeals.outcomes(decision)


# What has happened to a request in each stage.
ASKED, LATE = (
    Step(1, 1, 1, Kind.ASKED, 9, "", NOW + DAY, None, NOW, ""),
    Step(1, 1, 1, Kind.ASKED, 9, "", NOW, None, NOW, ""),
)
STAGES = {
    "received": [],
    "asked": [ASKED],
    "silent": [LATE],
    "answered": [ASKED, replace(ASKED, kind=Kind.OBJECTED)],
    "decided": [replace(ASKED, kind=Kind.REFUSED)],
}


def about_requests(actor: Actor, act: str, state: str, *, post_state: str = "visible") -> bool:
    request, steps = replace(a_claim(), post_state=post_state), STAGES[state]
    stage = rights.stage(steps, NOW)
    if act == "answer":
        return bool(rights.can_reply(actor, request, steps, NOW))
    if act == "open":
        return bool(rights.can_open(actor, request))
    if not rights.can_handle(actor, request):
        return False
    if act == "ask":
        return rights.can_ask(stage, post_state, author_hears=True)
    return {"hide": Kind.GRANTED, "keep": Kind.REFUSED, "gone": Kind.GONE}[act] in rights.outcomes(
        stage, post_state
    )


TABLES: dict[str, tuple[str, May]] = {
    "posts": (POSTS, about_posts),
    "masked posts": (MASKED, lambda *asked: about_posts(*asked, masks=True)),
    "accounts": (ACCOUNTS, about_accounts),
    "topics": (TOPICS, about_topics),
    "appeals": (APPEALS, about_appeals),
    "requests": (REQUESTS, about_requests),
    "requests about what is gone": (GONE, lambda *asked: about_requests(*asked, post_state="hidden")),
}


@pytest.mark.parametrize("name", TABLES)
def test_who_does_what_when(name: str) -> None:
    table, may = TABLES[name]
    letters, wrong = groups(), []
    for act, state, letter in cells(table):
        found = {who for who, actor in EVERYBODY.items() if may(actor, act, state)}
        if found != letters[letter]:
            wrong.append((act, state, letter, sorted(found ^ letters[letter])))
    assert wrong == []


def test_no_act_is_missing() -> None:
    """A second person's confirmation has a table of its own, in tests/moderation/reviews/test_pairs.py; so have polls, in
    test_keeping.py and test_polling.py."""
    named = {act for table, _ in TABLES.values() for act, _, _ in cells(table)}
    assert {*Act} - named == {Act.CONFIRM, Act.HIDE_POLLS, Act.SHOW_POLLS, Act.HIDE_POLL, Act.SHOW_POLL}


def test_people_with_an_office_answer_to_administrators_alone() -> None:
    for name, actor in EVERYBODY.items():
        allowed = bool(sanctions.can_sanction(actor, a_post(), holds_office=True))
        assert allowed == (actor.role is Role.ADMINISTRATOR), name
