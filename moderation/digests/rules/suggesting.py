"""What a model suggests for a draft: who may ask, what is kept of it, and what of it is the public's (docs/decisions/0049).

A suggestion is nobody's word. It stands beside the form as what it is, and becomes a name or a summary only when a person
writes it there and saves it.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ValidationError

from forum.access import ALLOWED, Actor, Ruling
from forum.i18n import N_, _
from forum.proof import moment
from forum.text import Line, Paragraphs, RowId, sized, visible
from moderation.digests.rules.forms import GROUP_SUMMARY_MAX, GROUP_TITLE_MAX
from moderation.digests.rules.lifecycle import Digest, can_sort
from moderation.provider import Endpoint, Failed, Why


class Kind(StrEnum):
    """What is asked: a name and a summary of a group, or which groups mean the like."""

    WORDS = "words"
    LIKENESS = "likeness"


class Wanted(BaseModel):
    """The form that asks: about these groups, or about the likeness of all."""

    kind: Kind
    groups: list[RowId] = []


class Words(BaseModel):
    """What can be put into the form of a group as it is."""

    title: Annotated[Line, sized(1, GROUP_TITLE_MAX)]
    summary: Annotated[Paragraphs, sized(0, GROUP_SUMMARY_MAX)] = ""


# Of our own, beside those of the provider.
CHANGED, OFF, LOST = "changed", "off", "lost"
FAILURES = {
    Why.UNREACHABLE: N_("相手のサーバーにつながりませんでした。"),
    Why.SLOW: N_("時間のうちに答えが来ませんでした。"),
    Why.REFUSED: N_("相手のサーバーが断りました（%(status)s）。"),
    Why.TOO_LARGE: N_("答えが大きすぎました。"),
    Why.UNREADABLE: N_("答えを読み取れませんでした。"),
    CHANGED: N_("送る前に、読めなくなった意見がありました。何も送っていません。"),
    OFF: N_("送る前に、案を聞く設定がなくなりました。何も送っていません。"),
    LOST: N_("聞いている途中で止まり、答えを受け取れませんでした。"),
}


def can_ask(actor: Actor, digest: Digest, endpoint: Endpoint | None, kind: Kind) -> Ruling:
    """Staff alone: words leave the house."""
    if not (ruling := can_sort(actor, digest)):
        return ruling
    if not actor.is_staff:
        return Ruling(_("自動の案を聞けるのは、市の職員だけです。"))
    if not (endpoint and (endpoint.text if kind is Kind.WORDS else endpoint.embeddings)):
        return Ruling(_("自動の案を聞く設定がありません。"))
    return ALLOWED


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What was asked, word for word, and what came of it."""

    id: int
    digest_id: int
    kind: str
    groups: list[int]
    revisions: list[int]
    submissions: list[int]
    host: str
    model: str
    prompt: str
    asked_by: int
    asked_at: datetime
    sha256: str = ""
    answer: str | None = None
    # {"title", "summary"}, or {"pairs"} of groups; what was read from the answer.
    found: dict[str, Any] | None = None
    failure: str | None = None
    status: int | None = None
    answered_at: datetime | None = None
    answer_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What comes of a question: an answer and what was read from it, or a failure."""

    answer: str | None = None
    found: dict[str, Any] | None = None
    failure: str | None = None
    status: int | None = None

    @property
    def is_silence(self) -> bool:
        """Whether whoever asks next would wait in vain as well."""
        return self.failure in (Why.UNREACHABLE, Why.SLOW, OFF)


def failure_words(failure: str, status: int | None = None) -> str:
    return _(FAILURES[failure], status=status or "")


def storable(answer: str) -> str:
    """Letter by letter what came, but for what no database takes and nobody can read."""
    return visible(answer)


def words_in(answer: str) -> Words:
    """Title and summary, in whatever a model has wrapped the JSON that it was asked for. Raises Failed if there is none that
    the form would take."""
    begin, end = answer.find("{"), answer.rfind("}")
    try:
        return Words.model_validate(json.loads(answer[begin : end + 1]))
    except (ValueError, RecursionError, ValidationError):
        raise Failed(Why.UNREADABLE) from None


def question_document(asked: Suggestion) -> dict[str, object]:
    """What the hash of a question is made of (docs/provenance.md)."""
    return {
        "digest": asked.digest_id,
        "groups": asked.groups,
        "host": asked.host,
        "kind": asked.kind,
        "model": asked.model,
        "person": asked.asked_by,
        "prompt": asked.prompt,
        "revisions": asked.revisions,
        "submissions": asked.submissions,
        "time": moment(asked.asked_at),
    }


def reply_document(one: Suggestion) -> dict[str, object]:
    """The same of what came of it, which covers the question."""
    assert one.answered_at is not None
    return {
        "answer": one.answer,
        "failure": one.failure,
        "found": one.found,
        "question": one.sha256,
        "status": one.status,
        "time": moment(one.answered_at),
    }
