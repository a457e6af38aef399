"""What is on record, from what was said to what was answered, and how a person asks for it."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel
from pydantic_core import PydanticCustomError

from forum.i18n import N_
from forum.text import Line, fold

# Pages show the first twelve characters; eight already tell a million records apart.
HASH = re.compile(r"[0-9a-f]{8,64}")
# The lines of the chain that a page shows; the digest itself has them all.
STRANDS_SHOWN = 100


class Kind(StrEnum):
    """In the order of the chain: what was said or sent in, what was taken from it, what was answered.

    A decision is a line of the log, which is a chain of its own; a poll stands for itself.
    """

    TOPIC = "topic"
    REVISION = "revision"
    PLAN = "plan"
    SUBMISSION = "submission"
    OPINION = "opinion"
    DIGEST = "digest"
    MAP = "map"
    ANSWER = "answer"
    CONSULTATION = "consultation"
    DECISION = "decision"
    POLL = "poll"


KIND_NAMES = {
    Kind.TOPIC: N_("話題の題名"),
    Kind.REVISION: N_("会議室の投稿"),
    Kind.PLAN: N_("計画案"),
    Kind.SUBMISSION: N_("意見募集に提出された文章"),
    Kind.OPINION: N_("文章から取り出した意見"),
    Kind.DIGEST: N_("意見のまとめ"),
    Kind.MAP: N_("意見の地図"),
    Kind.ANSWER: N_("市の考え方"),
    Kind.CONSULTATION: N_("意見募集の結果"),
    Kind.DECISION: N_("審査の判断"),
    Kind.POLL: N_("投票の結果"),
}


def _hash(typed: str) -> str:
    """As copied from a page or a paper: width, case and spaces do not matter."""
    found = re.sub(r"\s+", "", fold(typed))
    if not HASH.fullmatch(found):
        raise PydanticCustomError(
            "hash", N_("指紋は0～9とa～fの英数字です。はじめの8文字以上を入力してください。")
        )
    return found


class Question(BaseModel):
    """A hash, or the beginning of one."""

    hash: Annotated[Line, AfterValidator(_hash)]


@dataclass(frozen=True, slots=True)
class Match:
    """A record whose hash begins with what was asked for. Whether a person may know of it is another question."""

    kind: str
    id: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Record:
    """A record as its page shows it. `words` and `document` are None where the person may not read them.

    `document` is the very text whose SHA-256 is the hash; `matches` says whether it still is.
    """

    kind: Kind
    id: int
    sha256: str
    title: str
    url: str
    at: datetime
    matches: bool
    words: str | None = None
    document: str | None = None
    # Of a post of which a part is masked.
    seal: str | None = None


@dataclass(frozen=True, slots=True)
class Strand:
    """One line of the chain: the source, the opinion taken from it, the digest, and as far as published the answer."""

    opinion_id: int
    opinion: str
    source_kind: str
    # Null where a part of it is masked.
    source: str | None
    post_id: int | None
    post_number: int | None
    revision_number: int | None
    receipt: str | None
    digest_id: int
    digest_title: str
    digest: str
    answer: str | None
    group_number: int | None
    consultation_id: int | None
    consultation: str | None


@dataclass(frozen=True, slots=True)
class CitedOpinion:
    """An opinion of a published digest. `text` is None when its post is no longer public."""

    id: int
    digest_id: int
    digest_title: str
    source: str
    start: int
    end: int
    text: str | None
    # A part of the text that it comes from is masked: nothing may be recomputed by guessing.
    masked: bool
    # Why it was set aside, if it was.
    reason: str | None
    # The words as hashed, whoever may read them.
    hashed: str
    sha256: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """The answer that counts for a group of a published result."""

    id: int
    number: int
    opinions: list[str]
    category: str
    body: str
    reason: str
    plan_before: str
    plan_after: str
    sha256: str
    digest_id: int
    group_id: int
    group_number: int
    consultation_id: int
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Newest:
    """The last record of a kind."""

    kind: str
    id: int
    sha256: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Published:
    """A digest, a map or a result in the list of what can be downloaded."""

    id: int
    title: str
    sha256: str
    published_at: datetime
