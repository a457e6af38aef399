"""Who may do what: every right in the system, to be read as a table.

A right is a rule with the thing it judges. `+` says yes, `-` says no. To add one, name it in RIGHTS and give it a
row in TABLE. A rule that judges an actor and stands in no row fails the last test.
"""

import importlib
import inspect
import json
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from types import ModuleType
from typing import Any

import pytest

import forum
import moderation
from forum.access import GUEST, Actor, Role, Ruling, can_be_named, can_speak, can_take_part
from forum.accounts.factors import as_proven, can_have_second_factor
from forum.accounts.rules import can_rename
from forum.boards.rules import Board, Kind, can_promise, can_read, can_start
from forum.community import rules as community
from forum.devices.rules import can_add_device
from forum.offices import rules as offices
from forum.people.rules import can_leave, can_take_out
from forum.places.rules import can_keep
from forum.posts import rules as posts
from forum.posts.reacting import Kind as Reaction
from forum.posts.reacting import can_react
from forum.posts.rules import Post
from forum.residents import rules as residents
from forum.themes import rules as themes
from forum.topics import phasing, polling, recapping, tagging
from forum.topics import rules as topics
from forum.topics.rules import Topic
from forum.topics.timetable import Phase, kept
from forum.wordings.rules import can_reword
from moderation.appeals import rules as appeals
from moderation.approvals import rules as approvals
from moderation.city_answers import rules as city_answers
from moderation.consultations.rules import categories, completeness, law, lifecycle
from moderation.consultations.rules.lifecycle import Act, Consultation
from moderation.digests import rules as digests
from moderation.digests.rules import Digest, objecting, suggesting
from moderation.duties import rules as duties
from moderation.inquiries import rules as inquiries
from moderation.maps import rules as maps
from moderation.provider import Endpoint
from moderation.proxies import rules as proxies
from moderation.reminders import rules as reminders
from moderation.reviews import masking, pairs, sanctions
from moderation.reviews import polling as polls
from moderation.reviews import rules as reviews
from moderation.reviews.sanctions import Restrictions
from moderation.rights import rules as rights

NOW = datetime(2026, 4, 1, tzinfo=UTC)
DAY = timedelta(days=1)
HERE, ELSEWHERE = 1, 2  # boards, and the sections they belong to
AUTHOR, OTHER = 1, 2


RESIDENT = Actor(id=OTHER, role=Role.RESIDENT, confirmed=True, approved_posts=1)
ON_ANOTHER_BOARD = frozenset({ELSEWHERE})
PEOPLE = {
    "guest": GUEST,
    # The first three wrote the post or topic in question; the mailed link of the first is not yet opened.
    "unconfirmed": replace(RESIDENT, id=AUTHOR, confirmed=False),
    "suspended": replace(RESIDENT, id=AUTHOR, suspended=True),
    "author": replace(RESIDENT, id=AUTHOR),
    "resident": RESIDENT,
    # Facilitates and moderates, but not here.
    "elsewhere": replace(RESIDENT, facilitates_boards=ON_ANOTHER_BOARD, moderates_boards=ON_ANOTHER_BOARD),
    "facilitator": replace(RESIDENT, facilitates_boards=frozenset({HERE})),
    "moderator here": replace(RESIDENT, moderates_boards=frozenset({HERE})),
    "moderator": replace(RESIDENT, role=Role.MODERATOR),
    "staff": replace(RESIDENT, role=Role.STAFF, section_id=ELSEWHERE),
    # Of the section that owns the board or procedure.
    "section": replace(RESIDENT, role=Role.STAFF, section_id=HERE),
    "administrator": replace(RESIDENT, role=Role.ADMINISTRATOR),
}


def a_board(kind: Kind = Kind.OFFICIAL, number: int = HERE) -> Board:
    return Board(number, "midori", "環境", "Nature", "", "", kind, number, None, None)


def a_topic(state: str = "visible", *, locked: bool = False, kind: Kind = Kind.OFFICIAL) -> Topic:
    return Topic(1, HERE, "midori", kind, AUTHOR, "野川", state, locked, False, 1, 1)


def a_timed_topic() -> Topic:
    """Its one phase is over."""
    return replace(
        a_topic(), timetable=json.dumps(kept([Phase("集約", "", NOW - 2 * DAY, NOW - DAY)])), place=1
    )


def a_theme(state: str = "visible") -> themes.Theme:
    """The author proposes it until tomorrow."""
    return themes.Theme(
        1, "野川", state, AUTHOR, "midori", Kind.OFFICIAL, "環境", "Nature", "市民", 1, 5, NOW + DAY, None, 0, 1,
    )  # fmt: skip


def a_poll() -> polling.Poll:
    """The author of the topic asks until tomorrow."""
    return polling.Poll(1, 1, "どれ？", "single", ["これ", "あれ"], False, AUTHOR, NOW - DAY, NOW + DAY)


def a_post(state: str = "visible", kind: Kind = Kind.OFFICIAL) -> Post:
    return Post(1, 1, HERE, kind, 1, AUTHOR, state, 1, 1, 1, 1, "守りたい。", "", None, None)


def _consultation(state: str = "planned", announced_at: datetime | None = None) -> Consultation:
    return Consultation(
        id=1, title="環境基本計画", summary="", section_id=HERE, section_name="", section_name_en="", state=state,
        announced_at=announced_at, opens_at=NOW - DAY, closes_at=NOW + 30 * DAY, short_period_reason="",
        result_due=None, end_reason="", version=1, published_at=None, sha256=None, hash_version=1,
    )  # fmt: skip


def a_contested_decision() -> appeals.Contested:
    """A decision to hide the author's post, made by somebody else."""
    return appeals.Contested(
        decision_id=1, number=1, act="hide", decided_at=NOW, decided_by=9, involved=[9], made_on=HERE, board_id=HERE,
        board_kind=Kind.OFFICIAL, post_id=1, authors=[AUTHOR], reporters=[], state="hidden", returned=False,
        same_words=True, later=False, appealed=False, answers=False,
    )  # fmt: skip


def _proposal(by: int) -> pairs.Proposal:
    """Somebody wants to hide the author's post."""
    return pairs.Proposal(
        id=1, post_id=1, revision_id=1, version=1, act="hide", rule_number=4, rule_version=1, reason="", days=None,
        places=(), proposed_by=by, role="moderator", proposed_at=NOW, due_at=NOW, enacted_by=None, sha256="",
    )  # fmt: skip


def a_claim() -> rights.Filed:
    """Somebody says that the author's post infringes their rights."""
    return rights.Filed(
        id=1, receipt="R-AAAAA-AAAAA", post_id=1, revision_id=1, text_sha256="", infringed="privacy", candidate=False,
        words="", reason="", sealed=b"", filed_at=NOW, sha256="", board_id=HERE, board_kind=Kind.OFFICIAL,
        author_id=AUTHOR, author_hears=True, post_state="visible", same_words=True,
    )  # fmt: skip


def an_asked_author() -> list[rights.Step]:
    """The author was asked, and has a day left."""
    return [rights.Step(1, 1, 1, rights.Kind.ASKED, 9, "", NOW + DAY, None, NOW - DAY, "")]


MODEL = Endpoint("http://models.test/v1", text="words")


def _digest(state: str = "draft", consultation_id: int | None = None) -> Digest:
    return Digest(
        id=1, title="野川", consultation_id=consultation_id, state=state, starts_at=NOW - DAY, ends_at=NOW, summary="",
        manifest={}, version=1, compiled_by=OTHER, created_at=NOW, published_at=None, sha256=None, hash_version=1, boards=[HERE],
    )  # fmt: skip


def _window() -> objecting.Window:
    """Authors have a day left to object to a draft."""
    return objecting.Window(1, 9, NOW - DAY, NOW + DAY, "")


def _objects(actor: Actor, window: objecting.Window | None, *, spoke: bool, objected: bool) -> Ruling:
    return objecting.can_object(actor, _digest(), window, spoke, objected, NOW)


def _approval(by: int = 9) -> approvals.Approval:
    """Somebody proposes to publish a digest, or a result, as it stands."""
    return approvals.Approval(1, "digest", 1, "as it stands", "", by, NOW, "")


def _may_ask_for_approval(actor: Actor) -> Ruling:
    return approvals.can_ask(digests.can_sort(actor, _digest()), [], "as it stands")


def _may_approve_a_digest(actor: Actor, approval: approvals.Approval, content: str) -> Ruling:
    return approvals.can_answer(digests.can_sort(actor, _digest()), actor, approval, content)


def _may_approve_a_result(actor: Actor, approval: approvals.Approval) -> Ruling:
    may = lifecycle.can(actor, Act.PUBLISH, _consultation("considering"), NOW)
    return approvals.can_answer(may, actor, approval, "as it stands")


def _matter(section_id: int | None = HERE) -> inquiries.Matter:
    """A point that a consultation of a section brought up, or with None a digest of the room."""
    number, state = (None, None) if section_id is None else (1, "considering")
    return inquiries.Matter(1, "野川", "draft", 1, "緑", number, state, section_id)


def _owed(state: str | None) -> Topic:
    """The city owes it an answer."""
    section = HERE if state else None
    return replace(a_topic(), answer_state=state, answer_section_id=section, answer_due_at=section and NOW)


def _inquiry(by: int = 9, **end: Any) -> inquiries.Inquiry:
    """Another section asks the one here what it says about a point."""
    return inquiries.Inquiry(
        id=1, digest_id=1, title="緑", opinions=[], question="", from_section_id=9, to_section_id=HERE, asked_by=by,
        asked_at=NOW, due_at=NOW + DAY, sha256="", **end,
    )  # fmt: skip


def _map() -> maps.Map:
    return maps.Map(id=1, digest_id=1, opened_at=NOW - DAY, closes_at=NOW + DAY, drawn_at=None, sha256=None)


def _may(actor: Actor, act: str, restrictions: Restrictions = Restrictions()) -> bool:  # noqa: B008 - frozen
    """Whether somebody may do this to the author of a post."""
    allowed = sanctions.can_sanction(actor, a_post(), holds_office=False)
    return bool(allowed) and act in sanctions.sanctions_on(actor, restrictions, NOW)


def _while_silenced(actor: Actor, rule: Callable[..., Any], *things: object) -> Any:
    return rule(replace(actor, silenced_until=NOW + DAY), *things)


def _is_named_before_a_post(actor: Actor) -> Ruling:
    return can_be_named(replace(actor, approved_posts=0))


def _once_closed(actor: Actor) -> Ruling:
    return can_take_part(replace(actor, leaving=True))


def _shows_first_post(actor: Actor, board_id: int) -> bool:
    return posts.starting_state(replace(actor, approved_posts=0), board_id) == posts.State.VISIBLE


RIGHTS: dict[str, tuple[Callable[..., Any], Any]] = {
    "take part": (can_take_part, ()),
    "write": (can_speak, ()),
    "be named while reading": (can_be_named, ()),
    "be named without a post": (_is_named_before_a_post, ()),
    "be called otherwise": (can_rename, (None, NOW)),
    "be called otherwise so soon": (can_rename, (NOW - DAY, NOW)),
    "set up a second factor": (can_have_second_factor, ()),
    "ask for a number to show": (residents.can_ask, ()),
    "verify a resident": (residents.can_verify, ()),
    "close the own account": (can_leave, ()),
    "take everything along": (can_take_out, (None, NOW)),
    "reword for easy Japanese": (can_reword, ()),
    "take part once it is closed": (_once_closed, ()),
    "hear on a device": (can_add_device, ()),
    "read a board": (can_read, (Kind.OFFICIAL,)),
    "read the staff room": (can_read, (Kind.STAFF,)),
    "start a topic": (can_start, (a_board(),)),
    "start one while silenced": (_while_silenced, (can_start, a_board())),
    "reply while silenced": (_while_silenced, (topics.can_reply, a_topic())),
    "edit while silenced": (_while_silenced, (posts.can_edit, a_post())),
    "withdraw while silenced": (_while_silenced, (posts.can_withdraw, a_post())),
    "report while silenced": (_while_silenced, (reviews.can_report, a_post())),
    "appeal while silenced": (_while_silenced, (appeals.can_appeal, a_contested_decision(), NOW)),
    "submit while silenced": (
        _while_silenced,
        (lifecycle.can, Act.SUBMIT, _consultation(announced_at=NOW - DAY), NOW),
    ),
    "start one in the staff room": (can_start, (a_board(Kind.STAFF),)),
    "show a first post at once": (_shows_first_post, (HERE,)),
    "read a topic": (topics.can_read_topic, (a_topic(),)),
    "read a held topic": (topics.can_read_topic, (a_topic("held"),)),
    "read a topic of the staff room": (topics.can_read_topic, (a_topic(kind=Kind.STAFF),)),
    "reply": (topics.can_reply, (a_topic(),)),
    "reply in a held topic": (topics.can_reply, (a_topic("held"),)),
    "reply in a locked topic": (topics.can_reply, (a_topic(locked=True),)),
    "reply in the staff room": (topics.can_reply, (a_topic(kind=Kind.STAFF),)),
    "lock and pin a topic": (topics.can_steer, (a_topic(),)),
    "move it within the board": (topics.can_move, (a_topic(), a_board())),
    "move it to another board": (topics.can_move, (a_topic(), a_board(number=ELSEWHERE))),
    "move it to the staff room": (topics.can_move, (a_topic(), a_board(Kind.STAFF))),
    "transfer its posts": (topics.can_transfer, (a_topic(), replace(a_topic(), id=2))),
    "transfer them to another board": (
        topics.can_transfer,
        (a_topic(), replace(a_topic(), id=2, board_id=ELSEWHERE)),
    ),
    "transfer them to the staff room": (
        topics.can_transfer,
        (a_topic(), replace(a_topic(kind=Kind.STAFF), id=2)),
    ),
    "transfer them to a held topic": (topics.can_transfer, (a_topic(), replace(a_topic("held"), id=2))),
    "transfer them to a merged topic": (
        topics.can_transfer,
        (a_topic(), replace(a_topic(), id=2, merged_into=3)),
    ),
    "lock a merged topic": (topics.can_steer, (replace(a_topic(), merged_into=2),)),
    "reply in a merged topic": (topics.can_reply, (replace(a_topic(), merged_into=2),)),
    "choose its tags": (tagging.can_tag, (a_topic(),)),
    "choose those of a held one": (tagging.can_tag, (a_topic("held"),)),
    "keep the list of tags": (tagging.can_keep_tags, ()),
    "open a poll": (polling.can_open_poll, (a_topic(),)),
    "open one in a locked topic": (polling.can_open_poll, (a_topic(locked=True),)),
    "open one in a hidden topic": (polling.can_open_poll, (a_topic("hidden"),)),
    "open one while silenced": (_while_silenced, (polling.can_open_poll, a_topic())),
    "see a poll": (polling.can_see_polls, (a_topic(),)),
    "see one of a hidden topic": (polling.can_see_polls, (a_topic("hidden"),)),
    "see one of the staff room": (polling.can_see_polls, (a_topic(kind=Kind.STAFF),)),
    "see a hidden one": (polling.can_see_polls, (replace(a_topic(), polls_hidden=True),)),
    "answer a hidden one": (polling.can_vote, (replace(a_topic(), polls_hidden=True), a_poll(), NOW)),
    "vote": (polling.can_vote, (a_topic(), a_poll(), NOW)),
    "see its phases": (phasing.can_see_course, (a_topic(),)),
    "see those of a hidden one": (phasing.can_see_course, (a_topic("hidden"),)),
    "give it phases": (phasing.can_phase, (a_topic(),)),
    "give a locked one phases": (phasing.can_phase, (a_topic(locked=True),)),
    "give a hidden one phases": (phasing.can_phase, (a_topic("hidden"),)),
    "give it phases while silenced": (_while_silenced, (phasing.can_phase, a_topic())),
    "see how many support a theme": (themes.can_see, (a_theme(),)),
    "see that of a hidden one": (themes.can_see, (a_theme("hidden"),)),
    "propose a theme": (themes.can_propose, ()),
    "propose one while silenced": (_while_silenced, (themes.can_propose,)),
    "support a theme": (themes.can_support, (a_theme(), NOW)),
    "support a hidden one": (themes.can_support, (a_theme("hidden"), NOW)),
    "support one that is over": (themes.can_support, (a_theme(), NOW + DAY)),
    "support one that began": (themes.can_support, (replace(a_theme(), supported=5), NOW)),
    "reply to a proposed one": (topics.can_reply, (replace(a_topic(), proposed=True),)),
    "sum it up": (recapping.can_recap, (a_topic(),)),
    "sum up a locked one": (recapping.can_recap, (a_topic(locked=True),)),
    "sum up a hidden one": (recapping.can_recap, (a_topic("hidden"),)),
    "sum it up while silenced": (_while_silenced, (recapping.can_recap, a_topic())),
    "reply when its time is over": (topics.can_reply, (a_timed_topic(),)),
    "vote when it is over": (polling.can_vote, (a_topic(), a_poll(), NOW + DAY)),
    "know of a held post": (posts.can_know_of, (a_post("held"),)),
    "know of one that was shown": (posts.can_know_of, (replace(a_post("held"), shown_at=NOW),)),
    "know of a hidden post": (posts.can_know_of, (a_post("hidden"),)),
    "know of a withdrawn post": (posts.can_know_of, (a_post("withdrawn"),)),
    "read a post": (posts.can_read_words, (a_post(),)),
    "read a held post": (posts.can_read_words, (a_post("held"),)),
    "read a hidden post": (posts.can_read_words, (a_post("hidden"),)),
    "read a withdrawn post": (posts.can_read_words, (a_post("withdrawn"),)),
    "edit a post": (posts.can_edit, (a_post(),)),
    "edit a held post": (posts.can_edit, (a_post("held"),)),
    "edit a hidden post": (posts.can_edit, (a_post("hidden"),)),
    "withdraw a post": (posts.can_withdraw, (a_post(),)),
    "withdraw a hidden post": (posts.can_withdraw, (a_post("hidden"),)),
    "withdraw the city's answer": (posts.can_withdraw, (replace(a_post(), city_answer=True),)),
    "agree with a post": (can_react, (a_post(), Reaction.AGREE)),
    "thank for a post": (can_react, (a_post(), Reaction.THANKS)),
    "thank while silenced": (_while_silenced, (can_react, a_post(), Reaction.THANKS)),
    "thank for a held post": (can_react, (a_post("held"), Reaction.THANKS)),
    "thank for a hidden post": (can_react, (a_post("hidden"), Reaction.THANKS)),
    "thank in the staff room": (can_react, (a_post(kind=Kind.STAFF), Reaction.THANKS)),
    "keep a post": (can_keep, (a_post(),)),
    "keep a hidden post": (can_keep, (a_post("hidden"),)),
    "make digests at all": (digests.can_start, ()),
    "compile a board": (digests.can_compile, ([(HERE, Kind.OFFICIAL)],)),
    "compile it for a consultation": (digests.can_compile, ([(HERE, Kind.OFFICIAL)], True)),
    "compile the staff room": (digests.can_compile, ([(HERE, Kind.STAFF)],)),
    "see a draft": (digests.can_see, (_digest(),)),
    "see a published digest": (digests.can_see, (_digest("published"),)),
    "edit a draft": (digests.can_edit, (_digest(),)),
    "edit one for a consultation": (digests.can_edit, (_digest(consultation_id=1),)),
    "sort a draft": (digests.can_sort, (_digest(),)),
    "sort a published digest": (digests.can_sort, (_digest("published"),)),
    "ask a model about a draft": (suggesting.can_ask, (_digest(), MODEL, suggesting.Kind.WORDS)),
    "ask where there is none": (suggesting.can_ask, (_digest(), None, suggesting.Kind.WORDS)),
    "ask it what nobody set": (suggesting.can_ask, (_digest(), MODEL, suggesting.Kind.LIKENESS)),
    "ask it when all is published": (
        suggesting.can_ask,
        (_digest("published"), MODEL, suggesting.Kind.WORDS),
    ),
    "ask about a published digest": (maps.can_open, (_digest("published"), False)),
    "ask about a draft": (maps.can_open, (_digest(), False)),
    "ask a second time": (maps.can_open, (_digest("published"), True)),
    "give people another time": (maps.can_reschedule, (_digest("published"), _map(), NOW)),
    "give it when it is over": (maps.can_reschedule, (_digest("published"), _map(), NOW + DAY)),
    "answer its points": (maps.can_answer, (_map(), NOW)),
    "answer them while silenced": (_while_silenced, (maps.can_answer, _map(), NOW)),
    "answer them too late": (maps.can_answer, (_map(), NOW + DAY)),
    "hear the authors": (objecting.can_open_window, (_digest(), None)),
    "hear them twice": (objecting.can_open_window, (_digest(), _window())),
    "hear them for a consultation": (objecting.can_open_window, (_digest(consultation_id=1), None)),
    "object to a draft": (objecting.can_object, (_digest(), _window(), True, False, NOW)),
    "object twice": (partial(_objects, spoke=True, objected=True), (_window(),)),
    "object as a bystander": (partial(_objects, spoke=False, objected=False), (_window(),)),
    "object without being asked": (partial(_objects, spoke=True, objected=False), (None,)),
    "answer an objection": (
        objecting.can_answer_objection,
        (_digest(), objecting.Objection(1, 1, 9, "", NOW, "")),
    ),
    "answer one's own objection": (
        objecting.can_answer_objection,
        (_digest(), objecting.Objection(1, 1, OTHER, "", NOW, "")),
    ),
    "ask for approval": (_may_ask_for_approval, ()),
    "approve a digest": (_may_approve_a_digest, (_approval(), "as it stands")),
    "approve one's own": (_may_approve_a_digest, (_approval(OTHER), "as it stands")),
    "approve what changed since": (_may_approve_a_digest, (_approval(), "otherwise")),
    "approve a result": (_may_approve_a_result, (_approval(),)),
    "see whether two publish": (approvals.can_see_switches, ()),
    "ask for two who publish": (approvals.can_switch, ()),
    "open boards and sections": (offices.can_administer, ()),
    "give somebody a role": (offices.can_appoint, (9,)),
    "change one's own role": (offices.can_appoint, (OTHER,)),
    "see what sections ask": (inquiries.can_see_inquiries, ()),
    "ask a section about a draft": (inquiries.can_ask, (_matter(None),)),
    "ask about a consultation": (inquiries.can_ask, (_matter(),)),
    "see what a section is asked": (inquiries.can_see, (_inquiry(),)),
    "answer for the section": (inquiries.can_answer, (_inquiry(),)),
    "answer what one asked": (inquiries.can_answer, (_inquiry(OTHER),)),
    "answer what is over": (inquiries.can_answer, (_inquiry(outcome="answered"),)),
    "enter an event or a group": (community.can_enter, ()),
    "enter one while silenced": (_while_silenced, (community.can_enter,)),
    "change what another entered": (community.can_change, (9,)),
    "change what one entered": (community.can_change, (OTHER,)),
    "enter an opinion from paper": (proxies.can_enter_for_others, (a_topic(),)),
    "enter one in the staff room": (proxies.can_enter_for_others, (a_topic(kind=Kind.STAFF),)),
    "enter one where talk is over": (proxies.can_enter_for_others, (a_topic(locked=True),)),
    "correct what was entered": (proxies.can_correct, (a_topic(), HERE, "visible")),
    "correct what is hidden": (proxies.can_correct, (a_topic(), HERE, "hidden")),
    "promise answers": (can_promise, (a_board(),)),
    "promise them in the staff room": (can_promise, (a_board(Kind.STAFF),)),
    "say what the city says": (topics.answers_for_city, (_owed("received"),)),
    "ask the city": (city_answers.can_ask_city, (a_topic(),)),
    "ask it in the staff room": (city_answers.can_ask_city, (a_topic(kind=Kind.STAFF),)),
    "answer for the city": (city_answers.can_take, (_owed("received"), city_answers.Act.ANSWERED)),
    "answer before one is asked": (city_answers.can_take, (_owed(None), city_answers.Act.ANSWERED)),
    "take a question back": (
        inquiries.can_withdraw,
        (replace(_inquiry(), from_section_id=HERE, to_section_id=9),),
    ),
    "take back what others ask": (inquiries.can_withdraw, (_inquiry(),)),
    "report a post": (reviews.can_report, (a_post(),)),
    "report a hidden post": (reviews.can_report, (a_post("hidden"),)),
    "report a poll": (polls.can_report_poll, (a_topic(), a_poll())),
    "report a hidden poll": (polls.can_report_poll, (a_topic(), replace(a_poll(), hidden=True))),
    "hide a poll alone": (polls.can_judge_poll, (a_topic(), a_poll())),
    "see one hidden alone": (polling.can_see_poll, (a_topic(), replace(a_poll(), hidden=True))),
    "see the review queue": (reviews.can_see_queue, ()),
    "see what is late": (reminders.can_see_reminders, ()),
    "see the rota": (duties.can_see_rota, ()),
    "plan duty here": (duties.can_plan, (a_board(),)),
    "plan duty on every board": (duties.can_plan, (None,)),
    "plan duty in the staff room": (duties.can_plan, (a_board(Kind.STAFF),)),
    "decide on a post": (reviews.can_review, (a_post(),)),
    "answer a proposal for it": (pairs.can_answer, (a_post(), _proposal(9))),
    "answer one's own": (pairs.can_answer, (a_post(), _proposal(OTHER))),
    "withdraw one's own": (pairs.can_withdraw, (a_post(), _proposal(OTHER))),
    "withdraw that of another": (pairs.can_withdraw, (a_post(), _proposal(9))),
    "ask for two on a board": (pairs.can_switch, ()),
    "sanction its author": (partial(sanctions.can_sanction, holds_office=False), (a_post(),)),
    "sanction one with an office": (partial(sanctions.can_sanction, holds_office=True), (a_post(),)),
    "do so for a withdrawn post": (
        partial(sanctions.can_sanction, holds_office=False),
        (a_post("withdrawn"),),
    ),
    "warn them": (_may, ("warn",)),
    "silence or suspend them": (_may, ("suspend",)),
    "take that back": (_may, ("reinstate", Restrictions(suspended_at=NOW))),
    "look under a mask": (posts.can_look_under_masks, (a_post(),)),
    "look under a withdrawn one": (posts.can_look_under_masks, (a_post("withdrawn"),)),
    "see who looked": (masking.can_see_looks, ()),
    "read a post of the staff room": (posts.can_read_words, (a_post(kind=Kind.STAFF),)),
    "report it": (reviews.can_report, (a_post(kind=Kind.STAFF),)),
    "decide on it": (reviews.can_review, (a_post(kind=Kind.STAFF),)),
    "judge an appeal from there": (
        appeals.can_answer,
        (replace(a_contested_decision(), board_kind=Kind.STAFF), 8),
    ),
    "handle a request about it": (rights.can_handle, (replace(a_claim(), board_kind=Kind.STAFF),)),
    "appeal against a decision": (appeals.can_appeal, (a_contested_decision(), NOW)),
    "see the appeal of another": (appeals.can_see_appeal, (a_contested_decision(), 8)),
    "judge the appeal": (appeals.can_answer, (a_contested_decision(), 8)),
    "judge it after deciding": (appeals.can_answer, (replace(a_contested_decision(), involved=[OTHER]), 8)),
    "handle a rights request": (rights.can_handle, (a_claim(),)),
    "see who made it": (rights.can_open, (a_claim(),)),
    "answer it as asked": (rights.can_reply, (a_claim(), an_asked_author(), NOW)),
    "answer it when not asked": (rights.can_reply, (a_claim(), [], NOW)),
    "prepare a consultation": (lifecycle.can_create, (HERE,)),
    "see one in preparation": (lifecycle.can_see, (_consultation(),)),
    "announce it": (law.can_announce, (_consultation(), 1, NOW - 2 * DAY, UTC)),
    "see one announced": (lifecycle.can_see, (_consultation(announced_at=NOW - DAY),)),
    "follow it": (lifecycle.can_follow, ()),
    "submit to an open one": (lifecycle.can, (Act.SUBMIT, _consultation(announced_at=NOW - DAY), NOW)),
    "take back what one submitted": (
        lifecycle.can,
        (Act.TAKE_BACK, _consultation(announced_at=NOW - DAY), NOW),
    ),
    "attach files to it": (lifecycle.can, (Act.ATTACH, _consultation(announced_at=NOW - DAY), NOW)),
    "enter what came late": (lifecycle.can_enter, (_consultation("considering"), NOW + 31 * DAY, NOW)),
    "correct its plan": (lifecycle.can, (Act.CORRECT, _consultation(announced_at=NOW - DAY), NOW)),
    "add a file to it": (lifecycle.can, (Act.ADD_FILE, _consultation(announced_at=NOW - DAY), NOW)),
    "prolong its period": (lifecycle.can, (Act.EXTEND, _consultation(announced_at=NOW - DAY), NOW)),
    "answer it": (lifecycle.can, (Act.ANSWER, _consultation("considering"), NOW)),
    "change answer categories": (categories.can_change_categories, ()),
    "publish the answers": (completeness.can_publish, (_consultation("considering"), [], True, NOW)),
    "translate the answers": (lifecycle.can, (Act.TRANSLATE, _consultation("considering"), NOW)),
    "look at who submitted": (lifecycle.can, (Act.LOOK, _consultation("considering"), NOW)),
    "report what became of it": (lifecycle.can, (Act.REPORT, _consultation("published"), NOW)),
}

TABLE = """
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
take part                        -  -  -  +  +  +  +  +  +  +  +  +
write                            -  -  -  +  +  +  +  +  +  +  +  +
be named while reading           -  -  -  +  +  -  +  -  -  +  +  -
be named without a post          -  -  -  -  -  -  +  -  -  +  +  -
be called otherwise              -  -  -  +  +  +  +  +  +  -  -  -
be called otherwise so soon      -  -  -  -  -  -  -  -  -  -  -  -
set up a second factor           -  -  -  +  +  +  +  +  +  +  +  +
ask for a number to show         -  -  -  +  +  +  +  +  +  +  +  +
verify a resident                -  -  -  -  -  -  -  -  -  +  +  +
close the own account            -  -  +  +  +  -  -  -  -  -  -  -
take everything along            -  -  +  +  +  +  +  +  +  +  +  +
reword for easy Japanese         -  -  -  -  -  -  -  -  -  +  +  +
take part once it is closed      -  -  -  -  -  -  -  -  -  -  -  -
hear on a device                 -  -  +  +  +  +  +  +  +  +  +  +
read a board                     +  +  +  +  +  +  +  +  +  +  +  +
read the staff room              -  -  -  -  -  -  -  -  -  +  +  +
start a topic                    -  -  -  +  +  +  +  +  +  +  +  +
start one while silenced         -  -  -  -  -  -  -  -  -  -  -  -
reply while silenced             -  -  -  -  -  -  -  -  -  -  -  -
edit while silenced              -  -  -  -  -  -  -  -  -  -  -  -
withdraw while silenced          -  -  -  +  -  -  -  -  -  -  -  -
report while silenced            -  -  -  -  +  +  +  +  +  +  +  +
appeal while silenced            -  +  +  +  -  -  -  -  -  -  -  -
submit while silenced            +  +  +  +  +  +  +  +  +  +  +  +
start one in the staff room      -  -  -  -  -  -  -  -  -  +  +  +
show a first post at once        -  -  -  -  -  -  +  +  +  +  +  +
read a topic                     +  +  +  +  +  +  +  +  +  +  +  +
read a held topic                -  +  +  +  -  -  -  +  +  -  -  +
read a topic of the staff room   -  -  -  -  -  -  -  -  -  +  +  +
reply                            -  -  -  +  +  +  +  +  +  +  +  +
reply in a held topic            -  -  -  -  -  -  -  -  -  -  -  -
reply in a locked topic          -  -  -  -  -  -  +  +  +  -  -  +
reply in the staff room          -  -  -  -  -  -  -  -  -  +  +  +
lock and pin a topic             -  -  -  -  -  -  +  +  +  -  -  +
move it within the board         -  -  -  -  -  -  +  +  +  -  -  +
move it to another board         -  -  -  -  -  -  -  -  +  -  -  +
move it to the staff room        -  -  -  -  -  -  -  -  -  -  -  -
transfer its posts               -  -  -  -  -  -  +  +  +  -  -  +
transfer them to another board   -  -  -  -  -  -  -  -  +  -  -  +
transfer them to the staff room  -  -  -  -  -  -  -  -  -  -  -  -
transfer them to a held topic    -  -  -  -  -  -  -  -  -  -  -  -
transfer them to a merged topic  -  -  -  -  -  -  -  -  -  -  -  -
lock a merged topic              -  -  -  -  -  -  -  -  -  -  -  -
reply in a merged topic          -  -  -  -  -  -  -  -  -  -  -  -
choose its tags                  -  -  -  +  -  -  +  +  +  -  -  +
choose those of a held one       -  -  -  +  -  -  -  +  +  -  -  +
keep the list of tags            -  -  -  -  -  -  -  -  -  +  +  +
open a poll                      -  -  -  +  -  -  +  +  +  +  +  +
open one in a locked topic       -  -  -  -  -  -  +  +  +  -  -  +
open one in a hidden topic       -  -  -  -  -  -  -  -  -  -  -  -
open one while silenced          -  -  -  -  -  -  -  -  -  -  -  -
see a poll                       +  +  +  +  +  +  +  +  +  +  +  +
see one of a hidden topic        -  -  -  -  -  -  -  -  -  -  -  -
see one of the staff room        -  -  -  -  -  -  -  -  -  +  +  +
see a hidden one                 -  -  -  -  -  -  -  +  +  -  -  +
answer a hidden one              -  -  -  -  -  -  -  -  -  -  -  -
vote                             -  -  -  +  +  +  +  +  +  +  +  +
see its phases                   +  +  +  +  +  +  +  +  +  +  +  +
see those of a hidden one        -  -  -  -  -  -  -  -  -  -  -  -
give it phases                   -  -  -  -  -  -  +  +  +  +  +  +
give a locked one phases         -  -  -  -  -  -  -  -  -  -  -  -
give a hidden one phases         -  -  -  -  -  -  -  -  -  -  -  -
give it phases while silenced    -  -  -  -  -  -  -  -  -  -  -  -
see how many support a theme     +  +  +  +  +  +  +  +  +  +  +  +
see that of a hidden one         -  -  -  -  -  -  -  -  -  -  -  -
propose a theme                  -  -  -  +  +  +  +  +  +  -  -  -
propose one while silenced       -  -  -  -  -  -  -  -  -  -  -  -
support a theme                  -  -  -  +  +  +  +  +  +  -  -  -
support a hidden one             -  -  -  -  -  -  -  -  -  -  -  -
support one that is over         -  -  -  -  -  -  -  -  -  -  -  -
support one that began           -  -  -  -  -  -  -  -  -  -  -  -
reply to a proposed one          -  -  -  -  -  -  -  -  -  -  -  -
sum it up                        -  -  -  -  -  -  +  +  +  -  -  +
sum up a locked one              -  -  -  -  -  -  +  +  +  -  -  +
sum up a hidden one              -  -  -  -  -  -  -  -  -  -  -  -
sum it up while silenced         -  -  -  -  -  -  -  -  -  -  -  -
reply when its time is over      -  -  -  -  -  -  +  +  +  -  -  +
vote when it is over             -  -  -  -  -  -  -  -  -  -  -  -
know of a held post              -  +  +  +  -  -  -  +  +  -  -  +
know of one that was shown       +  +  +  +  +  +  +  +  +  +  +  +
know of a hidden post            +  +  +  +  +  +  +  +  +  +  +  +
know of a withdrawn post         +  +  +  +  +  +  +  +  +  +  +  +
read a post                      +  +  +  +  +  +  +  +  +  +  +  +
read a held post                 -  +  +  +  -  -  -  +  +  -  -  +
read a hidden post               -  +  +  +  -  -  -  +  +  -  -  +
read a withdrawn post            -  +  +  +  -  -  -  -  -  -  -  -
edit a post                      -  -  -  +  -  -  -  -  -  -  -  -
edit a held post                 -  -  -  +  -  -  -  -  -  -  -  -
edit a hidden post               -  -  -  -  -  -  -  -  -  -  -  -
withdraw a post                  -  -  -  +  -  -  -  -  -  -  -  -
withdraw a hidden post           -  -  -  -  -  -  -  -  -  -  -  -
withdraw the city's answer       -  -  -  -  -  -  -  -  -  -  -  -
agree with a post                -  -  -  -  +  +  +  +  -  -  -  -
thank for a post                 -  -  -  -  +  +  +  +  +  +  +  +
thank while silenced             -  -  -  -  -  -  -  -  -  -  -  -
thank for a held post            -  -  -  -  -  -  -  -  -  -  -  -
thank for a hidden post          -  -  -  -  -  -  -  -  -  -  -  -
thank in the staff room          -  -  -  -  -  -  -  -  -  +  +  +
keep a post                      -  -  -  +  +  +  +  +  +  +  +  +
keep a hidden post               -  -  -  +  -  -  -  +  +  -  -  +
make digests at all              -  -  -  -  -  +  +  -  -  +  +  +
compile a board                  -  -  -  -  -  -  +  -  -  +  +  +
compile it for a consultation    -  -  -  -  -  -  -  -  -  +  +  +
compile the staff room           -  -  -  -  -  -  -  -  -  -  -  -
see a draft                      -  -  -  -  -  -  +  -  -  +  +  +
see a published digest           +  +  +  +  +  +  +  +  +  +  +  +
edit a draft                     -  -  -  -  -  -  +  -  -  +  +  +
edit one for a consultation      -  -  -  -  -  -  -  -  -  +  +  +
sort a draft                     -  -  -  -  -  -  +  -  -  +  +  +
sort a published digest          -  -  -  -  -  -  -  -  -  -  -  -
ask a model about a draft        -  -  -  -  -  -  -  -  -  +  +  +
ask where there is none          -  -  -  -  -  -  -  -  -  -  -  -
ask it what nobody set           -  -  -  -  -  -  -  -  -  -  -  -
ask it when all is published     -  -  -  -  -  -  -  -  -  -  -  -
ask about a published digest     -  -  -  -  -  -  +  -  -  +  +  +
ask about a draft                -  -  -  -  -  -  -  -  -  -  -  -
ask a second time                -  -  -  -  -  -  -  -  -  -  -  -
give people another time         -  -  -  -  -  -  +  -  -  +  +  +
give it when it is over          -  -  -  -  -  -  -  -  -  -  -  -
answer its points                -  -  -  +  +  +  +  +  -  -  -  -
answer them while silenced       -  -  -  +  +  +  +  +  -  -  -  -
answer them too late             -  -  -  -  -  -  -  -  -  -  -  -
hear the authors                 -  -  -  -  -  -  +  -  -  +  +  +
hear them twice                  -  -  -  -  -  -  -  -  -  -  -  -
hear them for a consultation     -  -  -  -  -  -  -  -  -  +  +  +
object to a draft                -  -  -  +  +  +  +  +  +  +  +  +
object twice                     -  -  -  -  -  -  -  -  -  -  -  -
object as a bystander            -  -  -  -  -  -  -  -  -  -  -  -
object without being asked       -  -  -  -  -  -  -  -  -  -  -  -
answer an objection              -  -  -  -  -  -  +  -  -  +  +  +
answer one's own objection       -  -  -  -  -  -  -  -  -  -  -  -
ask for approval                 -  -  -  -  -  -  +  -  -  +  +  +
approve a digest                 -  -  -  -  -  -  +  -  -  +  +  +
approve one's own                -  -  -  -  -  -  -  -  -  -  -  -
approve what changed since       -  -  -  -  -  -  -  -  -  -  -  -
approve a result                 -  -  -  -  -  -  -  -  -  -  +  +
see whether two publish          -  -  -  -  -  -  -  -  -  +  +  +
ask for two who publish          -  -  -  -  -  -  -  -  -  -  -  +
open boards and sections         -  -  -  -  -  -  -  -  -  -  -  +
give somebody a role             -  -  -  -  -  -  -  -  -  -  -  +
change one's own role            -  -  -  -  -  -  -  -  -  -  -  -
see what sections ask            -  -  -  -  -  -  -  -  -  +  +  +
ask a section about a draft      -  -  -  -  -  -  -  -  -  +  +  +
ask about a consultation         -  -  -  -  -  -  -  -  -  -  +  +
see what a section is asked      -  -  -  -  -  -  -  -  -  -  +  +
answer for the section           -  -  -  -  -  -  -  -  -  -  +  +
answer what one asked            -  -  -  -  -  -  -  -  -  -  -  -
answer what is over              -  -  -  -  -  -  -  -  -  -  -  -
enter an event or a group        -  -  -  -  -  +  +  +  +  +  +  +
enter one while silenced         -  -  -  -  -  -  -  -  -  -  -  -
change what another entered      -  -  -  -  -  -  -  -  -  +  +  +
change what one entered          -  -  -  -  -  +  +  +  +  +  +  +
enter an opinion from paper      -  -  -  -  -  -  -  -  -  +  +  -
enter one in the staff room      -  -  -  -  -  -  -  -  -  -  -  -
enter one where talk is over     -  -  -  -  -  -  -  -  -  -  -  -
correct what was entered         -  -  -  -  -  -  -  -  -  -  +  -
correct what is hidden           -  -  -  -  -  -  -  -  -  -  -  -
promise answers                  -  -  -  -  -  -  -  -  -  -  +  +
promise them in the staff room   -  -  -  -  -  -  -  -  -  -  -  -
say what the city says           -  -  -  -  -  -  -  -  -  -  +  +
ask the city                     -  -  -  -  -  -  +  +  +  +  +  +
ask it in the staff room         -  -  -  -  -  -  -  -  -  -  -  -
answer for the city              -  -  -  -  -  -  -  -  -  -  +  +
answer before one is asked       -  -  -  -  -  -  -  -  -  -  -  -
take a question back             -  -  -  -  -  -  -  -  -  -  +  +
take back what others ask        -  -  -  -  -  -  -  -  -  -  -  +
report a post                    -  -  -  -  +  +  +  +  +  +  +  +
report a hidden post             -  -  -  -  -  -  -  -  -  -  -  -
report a poll                    -  -  -  -  +  +  +  +  +  +  +  +
report a hidden poll             -  -  -  -  -  -  -  -  -  -  -  -
hide a poll alone                -  -  -  -  -  -  -  +  +  -  -  +
see one hidden alone             -  -  -  -  -  -  -  +  +  -  -  +
see the review queue             -  -  -  -  -  +  -  +  +  -  -  +
see what is late                 -  -  -  -  -  +  -  +  +  +  +  +
see the rota                     -  -  -  -  -  +  -  +  +  -  -  +
plan duty here                   -  -  -  -  -  -  -  +  +  -  -  +
plan duty on every board         -  -  -  -  -  -  -  -  +  -  -  +
plan duty in the staff room      -  -  -  -  -  -  -  -  -  -  -  +
decide on a post                 -  -  -  -  -  -  -  +  +  -  -  +
answer a proposal for it         -  -  -  -  -  -  -  +  +  -  -  +
answer one's own                 -  -  -  -  -  -  -  -  -  -  -  -
withdraw one's own               -  -  -  -  -  -  -  +  +  -  -  +
withdraw that of another         -  -  -  -  -  -  -  -  -  -  -  -
ask for two on a board           -  -  -  -  -  -  -  -  -  -  -  +
sanction its author              -  -  -  -  -  -  -  +  +  -  -  +
sanction one with an office      -  -  -  -  -  -  -  -  -  -  -  +
do so for a withdrawn post       -  -  -  -  -  -  -  -  -  -  -  -
warn them                        -  -  -  -  -  -  -  +  +  -  -  +
silence or suspend them          -  -  -  -  -  -  -  -  +  -  -  +
take that back                   -  -  -  -  -  -  -  -  +  -  -  +
look under a mask                -  -  -  +  -  -  -  +  +  -  -  +
look under a withdrawn one       -  -  -  +  -  -  -  -  -  -  -  -
see who looked                   -  -  -  -  -  -  -  -  -  -  -  +
read a post of the staff room    -  -  -  -  -  -  -  -  -  +  +  +
report it                        -  -  -  -  -  -  -  -  -  +  +  +
decide on it                     -  -  -  -  -  -  -  -  -  -  -  +
judge an appeal from there       -  -  -  -  -  -  -  -  -  -  -  +
handle a request about it        -  -  -  -  -  -  -  -  -  -  -  +
appeal against a decision        -  +  +  +  -  -  -  -  -  -  -  -
see the appeal of another        -  -  -  -  -  -  -  +  +  -  -  +
judge the appeal                 -  -  -  -  -  -  -  +  +  -  -  +
judge it after deciding          -  -  -  -  -  -  -  -  -  -  -  -
handle a rights request          -  -  -  -  -  -  -  +  +  -  -  +
see who made it                  -  -  -  -  -  -  -  -  +  -  -  +
answer it as asked               -  +  +  +  -  -  -  -  -  -  -  -
answer it when not asked         -  -  -  -  -  -  -  -  -  -  -  -
prepare a consultation           -  -  -  -  -  -  -  -  -  -  +  +
see one in preparation           -  -  -  -  -  -  -  -  -  -  +  +
announce it                      -  -  -  -  -  -  -  -  -  -  +  +
see one announced                +  +  +  +  +  +  +  +  +  +  +  +
follow it                        -  +  +  +  +  +  +  +  +  +  +  +
submit to an open one            +  +  +  +  +  +  +  +  +  +  +  +
take back what one submitted     +  +  +  +  +  +  +  +  +  +  +  +
attach files to it               +  +  +  +  +  +  +  +  +  +  +  +
enter what came late             -  -  -  -  -  -  -  -  -  -  +  +
correct its plan                 -  -  -  -  -  -  -  -  -  -  +  +
add a file to it                 -  -  -  -  -  -  -  -  -  -  +  +
prolong its period               -  -  -  -  -  -  -  -  -  -  +  +
answer it                        -  -  -  -  -  -  -  -  -  -  +  +
change answer categories         -  -  -  -  -  -  -  -  -  -  -  +
publish the answers              -  -  -  -  -  -  -  -  -  -  +  +
translate the answers            -  -  -  -  -  -  -  -  -  -  +  +
look at who submitted            -  -  -  -  -  -  -  -  -  -  +  +
report what became of it         -  -  -  -  -  -  -  -  -  -  +  +
"""


def _rows() -> dict[str, str]:
    """The cells of every right; the slanted head names the people in the order of PEOPLE."""
    lines = [line.replace("|", "").strip() for line in TABLE.strip("\n").splitlines()]
    assert lines[: len(PEOPLE)] == list(PEOPLE)
    parts = (line.partition("  ") for line in lines[len(PEOPLE) :])
    return {right: cells.strip() for right, _, cells in parts}


@pytest.mark.parametrize(("right", "cells"), _rows().items(), ids=_rows())
def test_who_may_do_what(right: str, cells: str) -> None:
    rule, things = RIGHTS[right]
    assert "  ".join("+" if rule(actor, *things) else "-" for actor in PEOPLE.values()) == cells


def test_every_refusal_gives_a_reason() -> None:
    rulings = [rule(actor, *things) for rule, things in RIGHTS.values() for actor in PEOPLE.values()]
    assert all(ruling.reason for ruling in rulings if isinstance(ruling, Ruling) and not ruling)


@pytest.mark.parametrize(
    "who", ["elsewhere", "moderator here", "moderator", "staff", "section", "administrator"]
)
def test_whoever_s_office_waits_for_a_second_factor_gains_nothing_by_it(who: str) -> None:
    """What they may do, they may also do with their office, and other residents may, too: nobody supports as a resident today
    and counts the support tomorrow."""
    waits = as_proven(PEOPLE[who], is_required=True)
    assert waits.lacks_second_factor
    without = replace(PEOPLE[who], role=Role.RESIDENT, section_id=None, moderates_boards=frozenset())
    allowed = {right for right, (rule, things) in RIGHTS.items() if rule(waits, *things)}
    for other in (PEOPLE[who], without):
        assert allowed - {right for right, (rule, things) in RIGHTS.items() if rule(other, *things)} == set()


def test_under_the_name_of_an_office_that_waits_nobody_writes() -> None:
    for who in ("moderator", "staff", "administrator"):
        assert not can_speak(as_proven(PEOPLE[who], is_required=True))
    assert can_speak(as_proven(PEOPLE["moderator here"], is_required=True))


def test_every_right_has_a_row() -> None:
    assert list(_rows()) == list(RIGHTS)


def test_every_rule_that_judges_an_actor_is_in_the_table() -> None:
    tested = {rule for rule, _ in RIGHTS.values()}
    rules = {rule for root in (forum, moderation) for rule in _rules_below(root)}
    assert [f"{rule.__module__}.{rule.__name__}" for rule in rules - tested] == []


def _rules_below(root: ModuleType) -> Iterator[Callable[..., Any]]:
    for module in pkgutil.walk_packages(root.__path__, f"{root.__name__}."):
        if "rules" not in module.name and not module.name.endswith(".access"):
            continue
        for name, rule in inspect.getmembers(importlib.import_module(module.name), inspect.isfunction):
            if name.startswith("can_") and next(iter(inspect.signature(rule).parameters), "") == "actor":
                yield rule
