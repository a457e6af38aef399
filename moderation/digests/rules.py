"""Digests: who makes one, in which states it is, and what its forms accept."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated, Any, Literal, Protocol
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field, field_validator

from forum.access import ALLOWED, Actor, Ruling, can_take_part
from forum.boards.rules import Kind as BoardKind
from forum.i18n import N_, _
from forum.text import Line, Paragraphs, sized
from moderation.digests.ledger import Disposition

TITLE_MAX = 80
GROUP_TITLE_MAX = 120
SUMMARY_MAX = 8000
GROUP_SUMMARY_MAX = 2000
REASON_MAX = 200
# A person waits for this many texts; more are compiled by a job.
TEXTS_AT_ONCE = 200


class State(StrEnum):
    """`compiling`: the machine reads. `draft`: people sort. `published`: nothing in it changes any more."""

    COMPILING = "compiling"
    DRAFT = "draft"
    PUBLISHED = "published"


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest as actions judge it. `boards` are those that it reads, whole or by topic."""

    id: int
    title: str
    consultation_id: int | None
    state: str
    starts_at: datetime
    ends_at: datetime
    summary: str
    manifest: dict[str, Any]
    version: int
    compiled_by: int
    created_at: datetime
    published_at: datetime | None
    sha256: str | None
    boards: list[int]

    @property
    def is_published(self) -> bool:
        return self.state == State.PUBLISHED


class Consulted(Protocol):
    """What a digest needs to know of the consultation that it is made for."""

    @property
    def id(self) -> int: ...
    @property
    def title(self) -> str: ...
    @property
    def opens_at(self) -> datetime: ...
    @property
    def closes_at(self) -> datetime: ...


Id = Annotated[int, Field(gt=0, lt=2**63)]


class Plan(BaseModel):
    """The form that starts a digest: what to read, and from when to when (days of the town, both included)."""

    title: Annotated[Line, sized(2, TITLE_MAX)]
    boards: list[Id] = []
    topics: list[Id] = []
    digests: list[Id] = []
    consultation_id: Id | None = None
    first_day: date
    last_day: date

    @field_validator("consultation_id", mode="before")
    @classmethod
    def _none_if_empty(cls, value: object) -> object:
        return value or None

    def period(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """From the first moment of the first day to the first moment after the last."""
        midnight = time(tzinfo=zone)
        return (
            datetime.combine(self.first_day, midnight),
            datetime.combine(self.last_day + timedelta(days=1), midnight),
        )


class Heading(BaseModel):
    """Title and summary of the whole."""

    title: Annotated[Line, sized(2, TITLE_MAX)]
    summary: Annotated[Paragraphs, sized(0, SUMMARY_MAX)] = ""
    version: int


class Description(BaseModel):
    """Title and summary of a group."""

    title: Annotated[Line, sized(1, GROUP_TITLE_MAX)]
    summary: Annotated[Paragraphs, sized(0, GROUP_SUMMARY_MAX)] = ""
    version: int


class Sorting(BaseModel):
    """One act of the work bench on the chosen opinions or groups."""

    act: Literal["confirm", "merge", "move", "split", "quote", "unquote", "set_aside", "bring_back"]
    opinions: list[Id] = []
    groups: list[Id] = []
    to: Id | None = None
    title: Annotated[Line, sized(0, GROUP_TITLE_MAX)] = ""
    reason: Annotated[Line, sized(0, REASON_MAX)] = ""
    note: Annotated[Line, sized(0, REASON_MAX)] = ""
    version: int

    @field_validator("to", mode="before")
    @classmethod
    def _none_if_empty(cls, value: object) -> object:
        return value or None


class Version(BaseModel):
    version: int


# Why an opinion is not treated in the digest. Everybody reads it, so it speaks of the opinion, not of the person.
REASONS = (
    N_("まとめの対象ではない事柄についての発言のため"),
    N_("意見ではなく、お知らせ・あいさつ・会話のため"),
    N_("個人が特定されるおそれのある内容を含むため"),
    N_("ほかの人の権利や名誉を傷つけるおそれのある内容を含むため"),
    N_("すでに決着した事柄についての発言のため"),
)
# Given by the system when a text can no longer be read.
WITHDRAWN = N_("本人が取り下げたため")
HIDDEN = N_("公開されなくなったため")
UNREADABLE = {"withdrawn": WITHDRAWN, "hidden": HIDDEN, "held": HIDDEN}


def can_start(actor: Actor) -> Ruling:
    """Whether the person makes digests at all."""
    if not (ruling := can_take_part(actor)):
        return ruling
    if actor.is_staff or actor.facilitates_boards:
        return ALLOWED
    return Ruling(_("まとめを作れるのは、市の職員と会議室の世話人です。"))


def can_compile(actor: Actor, boards: Iterable[tuple[int, str]], for_consultation: bool = False) -> Ruling:
    """Staff compile any public board, facilitators their own. The staff room is never published.

    `boards` are (id, kind).
    """
    if not (ruling := can_start(actor)):
        return ruling
    boards = list(boards)
    if any(kind == BoardKind.STAFF for _id, kind in boards):
        return Ruling(_("職員だけの会議室は、まとめの対象にできません。"))
    if actor.is_staff:
        return ALLOWED
    if for_consultation:
        return Ruling(_("意見募集のまとめは、市の職員が作ります。"))
    if not {number for number, _kind in boards} <= actor.facilitates_boards:
        return Ruling(_("世話人をしている会議室だけをまとめられます。"))
    return ALLOWED


def can_edit(actor: Actor, digest: Digest) -> Ruling:
    """Staff, and the facilitators of all its boards when no consultation hangs on it."""
    if not (ruling := can_take_part(actor)):
        return ruling
    own = bool(digest.boards) and set(digest.boards) <= actor.facilitates_boards
    if actor.is_staff or (own and digest.consultation_id is None):
        return ALLOWED
    return Ruling(_("このまとめの担当者だけができます。"))


def can_sort(actor: Actor, digest: Digest) -> Ruling:
    """Whether the work bench is open to the person now."""
    if not (ruling := can_edit(actor, digest)):
        return ruling
    if digest.state == State.COMPILING:
        return Ruling(_("まだ発言を読み取っています。終わるまでお待ちください。"))
    if digest.state == State.PUBLISHED:
        return Ruling(_("公開したまとめは変えられません。"))
    return ALLOWED


def can_see(actor: Actor, digest: Digest) -> Ruling:
    """Published digests are everybody's."""
    return ALLOWED if digest.is_published else can_edit(actor, digest)


def is_stale(state: str, is_current: bool, disposition: str, reason: str | None) -> bool:
    """Whether the source of an opinion changed since it was taken in, and nobody has dealt with it.

    `state` is that of the post, `is_current` whether the opinion was cut from its newest words.
    """
    if state != "visible":
        return disposition != Disposition.SET_ASIDE
    return not is_current or reason in UNREADABLE.values()


def worded_reason(reason: str, note: str) -> str:
    """The reason from the list and the words added to it."""
    return "：".join(part for part in (reason, note) if part)


# The acts of the work bench, as its history names them.
ACTS = {
    "confirm": N_("論点を確定"),
    "merge": N_("論点をまとめる"),
    "describe": N_("論点の題と要約を書く"),
    "head": N_("まとめの題と要約を書く"),
    "move": N_("意見を移す"),
    "split": N_("新しい論点に分ける"),
    "quote": N_("代表にする"),
    "unquote": N_("代表から外す"),
    "set_aside": N_("対象外にする"),
    "bring_back": N_("未整理に戻す"),
    "retake": N_("取り込み直す"),
    "take_in": N_("ほかのまとめを取り込む"),
    "publish": N_("公開する"),
}


def act_name(act: str) -> str:
    return _(ACTS[act])
