"""照会: a section asks another about a group of opinions, until a day. Who may ask and answer, and who is reminded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel

from forum.access import ALLOWED, Actor, Role, Ruling, can_take_part
from forum.clock import last_moment
from forum.i18n import N_, _
from forum.proof import moment
from forum.text import Day, Paragraphs, RowId, sized
from moderation.digests.rules import State as DigestState
from moderation.digests.rules import is_considered

QUESTION_MAX = 2000
ANSWER_MAX = 8000
REASON_MAX = 500
PROPOSED_DAYS = 7


class Outcome(StrEnum):
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


OUTCOME_NAMES = {Outcome.ANSWERED: N_("回答済み"), Outcome.WITHDRAWN: N_("取り下げ")}


class Question(BaseModel):
    """The form that asks a section. The day is the last on which an answer is in time."""

    section: RowId
    question: Annotated[Paragraphs, sized(1, QUESTION_MAX)]
    due: Day

    def due_at(self, zone: tzinfo) -> datetime:
        return datetime.combine(self.due + timedelta(days=1), time(tzinfo=zone))


class Answer(BaseModel):
    answer: Annotated[Paragraphs, sized(1, ANSWER_MAX)]


class Withdrawal(BaseModel):
    """Why an answer is no longer needed."""

    reason: Annotated[Paragraphs, sized(1, REASON_MAX)]


@dataclass(frozen=True, slots=True)
class Matter:
    """A group of a digest that somebody wants to ask about. `section_id`: of the consultation it belongs to, if any."""

    digest_id: int
    digest_title: str
    digest_state: str
    group_id: int
    title: str
    consultation_id: int | None
    consultation_state: str | None
    section_id: int | None


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What was asked about which opinions, by their hashes, and how that ended: once, for good."""

    id: int
    digest_id: int
    title: str
    opinions: Sequence[str]
    question: str
    from_section_id: int | None
    to_section_id: int
    asked_by: int
    asked_at: datetime
    due_at: datetime
    sha256: str
    outcome: str | None = None
    ended_by: int | None = None
    answer: str | None = None
    ended_at: datetime | None = None
    end_sha256: str | None = None

    @property
    def until(self) -> datetime:
        return last_moment(self.due_at)

    def is_late(self, now: datetime) -> bool:
        return self.outcome is None and self.due_at <= now


def is_open(digest_state: str, consultation_id: int | None, consultation_state: str | None) -> bool:
    """Whether an answer can still be of use: until the digest is published, or the result of its consultation."""
    if consultation_id is not None:
        return is_considered(consultation_state) and consultation_state != "published"
    return digest_state == DigestState.DRAFT


def can_see_inquiries(actor: Actor) -> Ruling:
    """Whether a person has a list of them at all."""
    if not (ruling := can_take_part(actor)):
        return ruling
    return ALLOWED if actor.is_staff else Ruling(_("市の職員だけが開けます。"))


def can_ask(actor: Actor, matter: Matter) -> Ruling:
    """Staff who answer for the opinions: of a consultation those of its section, of other digests all who sort them."""
    if not (ruling := can_see_inquiries(actor)):
        return ruling
    if matter.section_id not in (None, actor.section_id) and not actor.is_administrator:
        return Ruling(_("照会できるのは、この意見募集の担当課の職員と管理者だけです。"))
    if not is_open(matter.digest_state, matter.consultation_id, matter.consultation_state):
        return Ruling(_("いまは照会できません。"))
    return ALLOWED


def can_see(actor: Actor, inquiry: Inquiry) -> Ruling:
    """The section that asks, the one that is asked, and administrators."""
    if not (ruling := can_see_inquiries(actor)):
        return ruling
    mine = (
        actor.section_id in (inquiry.from_section_id, inquiry.to_section_id) and actor.section_id is not None
    )
    if mine or actor.is_administrator or actor.id == inquiry.asked_by:
        return ALLOWED
    return Ruling(_("この照会を開けるのは、送った課と受けた課の職員、管理者だけです。"))


def can_answer(actor: Actor, inquiry: Inquiry) -> Ruling:
    """Staff of the section that is asked; administrators for one that has nobody. Nobody answers their own question."""
    if not (ruling := can_see(actor, inquiry)):
        return ruling
    if inquiry.outcome is not None:
        return Ruling(_("この照会は、もう終わっています。"))
    if actor.id == inquiry.asked_by:
        return Ruling(_("自分が送った照会には答えられません。"))
    if actor.is_administrator or (actor.role is Role.STAFF and actor.section_id == inquiry.to_section_id):
        return ALLOWED
    return Ruling(_("答えられるのは、照会を受けた課の職員と管理者だけです。"))


def can_withdraw(actor: Actor, inquiry: Inquiry) -> Ruling:
    """Whoever asked, their section, and administrators."""
    if not (ruling := can_see(actor, inquiry)):
        return ruling
    if inquiry.outcome is not None:
        return Ruling(_("この照会は、もう終わっています。"))
    own = actor.section_id is not None and actor.section_id == inquiry.from_section_id
    if own or actor.is_administrator or actor.id == inquiry.asked_by:
        return ALLOWED
    return Ruling(_("取り下げられるのは、照会を送った課の職員と管理者だけです。"))


def faults(
    question: Question, sections: Sequence[int], own: int | None, now: datetime, zone: tzinfo
) -> dict[str, str]:
    """What cannot be asked, by field."""
    found = {}
    if question.section not in sections or question.section == own:
        found["section"] = _("ほかの課を選んでください。")
    if question.due < now.astimezone(zone).date():
        found["due"] = _("今日かそれより後の日を選んでください。")
    return found


def asked(people: Sequence[Actor], section_id: int) -> list[Actor]:
    """The staff of a section."""
    return [one for one in people if one.role is Role.STAFF and one.section_id == section_id]


def hearers(people: Sequence[Actor], inquiry: Inquiry) -> list[Actor]:
    """Who hears of the answer: whoever asked; if they may not read it any more, their section, or else the administrators."""
    asker = [one for one in people if one.id == inquiry.asked_by and can_see(one, inquiry)]
    section = asked(people, inquiry.from_section_id) if inquiry.from_section_id is not None else []
    return asker or section or [one for one in people if one.is_administrator]


def circles(people: Sequence[Actor], inquiry: Inquiry) -> tuple[list[Actor], ...]:
    """The section that is asked; whoever asked; the administrators. Where nobody is in the first, the last hear at once."""
    administrators = [one for one in people if one.is_administrator]
    return (
        asked(people, inquiry.to_section_id) or administrators,
        [one for one in people if one.id == inquiry.asked_by],
        administrators,
    )


def document(inquiry: Inquiry) -> dict[str, object]:
    """What the hash of an inquiry is made of (docs/provenance.md)."""
    return {
        "digest": inquiry.digest_id,
        "due": moment(inquiry.due_at),
        "from": inquiry.from_section_id,
        "opinions": list(inquiry.opinions),
        "person": inquiry.asked_by,
        "question": inquiry.question,
        "time": moment(inquiry.asked_at),
        "title": inquiry.title,
        "to": inquiry.to_section_id,
    }


def end_document(inquiry: Inquiry) -> dict[str, object]:
    """The same of its end, which covers the question."""
    return {
        "answer": inquiry.answer,
        "inquiry": inquiry.sha256,
        "outcome": inquiry.outcome,
        "person": inquiry.ended_by,
        "time": moment(inquiry.ended_at) if inquiry.ended_at else None,
    }
