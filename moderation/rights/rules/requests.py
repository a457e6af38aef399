"""What a rights request says, what happened to it, and the hashes of both."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from forum.clock import last_moment
from forum.i18n import N_
from forum.proof import moment

RECEIPT_SIGNS = "ACDEFGHJKLMNPQRTUVWXY3479"


class Right(StrEnum):
    PRIVACY = "privacy"
    HONOUR = "honour"
    PORTRAIT = "portrait"
    COPYRIGHT = "copyright"
    OTHER = "other"


RIGHT_NAMES = {
    Right.PRIVACY: N_("プライバシー（住所や病歴などを書かれた）"),
    Right.HONOUR: N_("名誉・信用（評判を傷つけられた）"),
    Right.PORTRAIT: N_("肖像（写真や姿を載せられた）"),
    Right.COPYRIGHT: N_("著作権・商標など"),
    Right.OTHER: N_("そのほかの権利"),
}


class Kind(StrEnum):
    """What can happen to a request."""

    ASKED = "asked"
    CONSENTED = "consented"
    OBJECTED = "objected"
    GRANTED = "granted"
    REFUSED = "refused"
    # The post is not public any more: there is nothing left to hide.
    GONE = "gone"
    REMINDED = "reminded"


STEP_NAMES = {
    Kind.ASKED: N_("書いた人に意見をたずねました"),
    Kind.CONSENTED: N_("書いた人が、非公開にすることに同意しました"),
    Kind.OBJECTED: N_("書いた人から、同意しないという答えがありました"),
    Kind.GRANTED: N_("申出を認め、投稿を非公開にしました"),
    Kind.REFUSED: N_("申出を認めず、投稿はそのままにしました"),
    Kind.GONE: N_("投稿はもう公開されていないため、終わりにしました"),
    Kind.REMINDED: N_("期限が近いことを担当者に知らせました"),
}
ANSWERS = (Kind.CONSENTED, Kind.OBJECTED)
# What the moderator chooses from.
OUTCOME_LABELS = {
    Kind.GRANTED: N_("申出を認め、投稿を非公開にする"),
    Kind.REFUSED: N_("申出を認めず、投稿はそのままにする"),
    Kind.GONE: N_("投稿はもう公開されていないので、終わりにする"),
}
OUTCOMES = (Kind.GRANTED, Kind.REFUSED, Kind.GONE)


@dataclass(frozen=True, slots=True)
class Filed:
    """A request as it was received, without the person."""

    id: int
    receipt: str
    post_id: int
    revision_id: int
    text_sha256: str
    infringed: str
    candidate: bool
    words: str
    reason: str
    # None once the time for keeping the person is over.
    sealed: bytes | None
    filed_at: datetime
    sha256: str
    board_id: int
    board_kind: str
    author_id: int
    # Not who left, and nobody whose words a section entered.
    author_hears: bool
    post_state: str
    # Whether the post says what it said.
    same_words: bool


@dataclass(frozen=True, slots=True)
class Forgotten:
    """That the person is deleted: the hash of the envelope, and how long after the decision it went."""

    request_id: int
    envelope: str
    kept_days: int
    forgotten_at: datetime
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened, for good."""

    id: int
    request_id: int
    number: int
    kind: str
    account_id: int | None
    body: str
    due_at: datetime | None
    decision_id: int | None
    taken_at: datetime
    sha256: str

    @property
    def until(self) -> datetime | None:
        return self.due_at and last_moment(self.due_at)


def document(filed: Filed, sealed_sha256: str) -> dict[str, object]:
    """What the hash of a request is made of (docs/provenance.md)."""
    return {
        "candidate": filed.candidate,
        "envelope": sealed_sha256,
        "post": filed.post_id,
        "reason": filed.reason,
        "receipt": filed.receipt,
        "right": filed.infringed,
        "text": filed.text_sha256,
        "time": moment(filed.filed_at),
        "words": filed.words,
    }


def step_document(step: Step, previous: str) -> dict[str, object]:
    """What the hash of a step is made of: what it says, after what happened before."""
    return {
        "account": step.account_id,
        "body": step.body,
        "decision": step.decision_id,
        "due": moment(step.due_at) if step.due_at else None,
        "kind": step.kind,
        "number": step.number,
        "previous": previous,
        "time": moment(step.taken_at),
    }


def forgetting_document(note: Forgotten) -> dict[str, object]:
    """What the hash of that note is made of."""
    return {
        "days": note.kept_days,
        "envelope": note.envelope,
        "request": note.request_id,
        "time": moment(note.forgotten_at),
    }


def new_receipt() -> str:
    signs = "".join(secrets.choice(RECEIPT_SIGNS) for _ in range(10))
    return f"R-{signs[:5]}-{signs[5:]}"
