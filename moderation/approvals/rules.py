"""決裁: where the town asks for it, one person proposes to publish exactly this, and another approves (docs/decisions/0021)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel

from forum.access import ALLOWED, Actor, Ruling, can_take_part
from forum.i18n import N_, _
from forum.proof import moment
from forum.text import Paragraphs, sized

WORDS_MAX = 1000
# A town whose staff cannot approve each other's work would publish nothing.
PEOPLE_MIN = 2


class Kind(StrEnum):
    """What is published with approval."""

    DIGEST = "digest"
    CONSULTATION = "consultation"


class Outcome(StrEnum):
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    # Proposed anew, for what is published had changed.
    OVERTAKEN = "overtaken"


OUTCOME_NAMES = {
    Outcome.CONFIRMED: N_("決裁済み"),
    Outcome.DECLINED: N_("差し戻し"),
    Outcome.OVERTAKEN: N_("内容が変わり、求め直し"),
}


class Note(BaseModel):
    """The form that asks for approval."""

    note: Annotated[Paragraphs, sized(0, WORDS_MAX)] = ""


class Answer(BaseModel):
    """The form of the second person. `seen` is the hash of what they read."""

    step: Literal["confirm", "decline"]
    answer: Annotated[Paragraphs, sized(0, WORDS_MAX)] = ""
    seen: Annotated[str, sized(64, 64)]


class Switch(BaseModel):
    """The form of the town: whether publishing asks for two people from now on, and why."""

    asks: Literal["yes", "no"]
    why: Annotated[Paragraphs, sized(1, WORDS_MAX)]


@dataclass(frozen=True, slots=True)
class Subject:
    """What is to be published: a digest or the result of a consultation, by the hash that it would have. `section_id`: of
    those who carry it, where it is not whoever compiles it."""

    kind: Kind
    id: int
    title: str
    address: str
    content: str
    section_id: int | None = None


@dataclass(frozen=True, slots=True)
class Approval:
    """What somebody proposed to publish, and how that ended: once, for good."""

    id: int
    kind: str
    subject_id: int
    content: str
    note: str
    asked_by: int
    asked_at: datetime
    sha256: str
    outcome: str | None = None
    ended_by: int | None = None
    answer: str | None = None
    ended_at: datetime | None = None
    end_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Use:
    """What was published because of an approval: the result of a consultation is numbered as it goes out, and its hash then
    is another than the one that was approved."""

    approval_id: int
    published: str
    used_at: datetime
    sha256: str


@dataclass(frozen=True, slots=True)
class Switched:
    """That the town asks for two people when it publishes, or does so no more; for good on record."""

    id: int
    asks: bool
    reason: str
    switched_by: int
    switched_at: datetime
    sha256: str


def approved(approvals: Sequence[Approval], content: str) -> Approval | None:
    """Whether somebody approved exactly this. Whatever changed after makes it another thing."""
    return next(
        (one for one in approvals if one.outcome == Outcome.CONFIRMED and one.content == content), None
    )


def waiting(approvals: Sequence[Approval]) -> Approval | None:
    return next((one for one in approvals if one.outcome is None), None)


def can_ask(may: Ruling, approvals: Sequence[Approval], content: str) -> Ruling:
    """Whoever may publish. `may`: the ruling on that."""
    if not may:
        return may
    if approved(approvals, content):
        return Ruling(_("この内容は、もう決裁されています。"))
    open_one = waiting(approvals)
    if open_one and open_one.content == content:
        return Ruling(_("この内容の決裁を、もう求めています。"))
    return ALLOWED


def can_answer(may: Ruling, actor: Actor, approval: Approval, content: str) -> Ruling:
    """Whoever may publish, and nobody what they proposed themselves. No role is above this."""
    if not may:
        return may
    if approval.outcome is not None:
        return Ruling(_("この決裁は、もう終わっています。"))
    if actor.id == approval.asked_by:
        return Ruling(_("自分が求めた決裁はできません。ほかの職員が確かめます。"))
    if approval.content != content:
        return Ruling(_("決裁を求めたあとに内容が変わりました。求め直しが要ります。"))
    return ALLOWED


def can_see_switches(actor: Actor) -> Ruling:
    if not (ruling := can_take_part(actor)):
        return ruling
    return ALLOWED if actor.is_staff else Ruling(_("市の職員だけが開けます。"))


def can_switch(actor: Actor) -> Ruling:
    """Whether two people are asked for is decided by those who answer for the whole room."""
    if not (ruling := can_take_part(actor)):
        return ruling
    return ALLOWED if actor.is_administrator else Ruling(_("管理者だけができます。"))


def document(approval: Approval) -> dict[str, object]:
    """What the hash of a proposal is made of (docs/provenance.md)."""
    return {
        "content": approval.content,
        "kind": approval.kind,
        "note": approval.note,
        "person": approval.asked_by,
        "subject": approval.subject_id,
        "time": moment(approval.asked_at),
    }


def end_document(approval: Approval) -> dict[str, object]:
    """The same of its end, which covers the proposal."""
    return {
        "answer": approval.answer,
        "approval": approval.sha256,
        "outcome": approval.outcome,
        "person": approval.ended_by,
        "time": moment(approval.ended_at) if approval.ended_at else None,
    }


def use_document(use: Use, end_sha256: str | None) -> dict[str, object]:
    return {"approval": end_sha256, "published": use.published, "time": moment(use.used_at)}


def switch_document(switched: Switched) -> dict[str, object]:
    return {
        "asks": switched.asks,
        "person": switched.switched_by,
        "reason": switched.reason,
        "time": moment(switched.switched_at),
    }
