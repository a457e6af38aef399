"""A digest and its states, and who may do what with it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from forum.access import ALLOWED, Actor, Role, Ruling, can_take_part
from forum.boards.rules import Kind as BoardKind
from forum.clock import last_moment
from forum.i18n import _

# A person waits for this many texts; more are compiled by a job.
TEXTS_AT_ONCE = 200


class State(StrEnum):
    """`compiling`: the machine reads, at first or again. `draft`: people sort. `published`: nothing in it changes any more."""

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
    # What the hash covers, see docs/provenance.md.
    hash_version: int
    boards: list[int]
    # Of the consultation.
    section_id: int | None = None
    # How often a model was asked about it, and how often something came of that.
    asked: int = 0
    answered: int = 0
    # Once names by which people were counted are deleted: how many it was told to have, by part.
    people: dict[str, int] = field(default_factory=dict)

    @property
    def is_published(self) -> bool:
        return self.state == State.PUBLISHED

    @property
    def was_compiled(self) -> bool:
        """Whether there is, or was before the machine began to read again, a draft."""
        return bool(self.manifest)

    @property
    def kept_aside(self) -> set[str]:
        """The hashes of the opinions that the machine set aside because people had done so in the digest before."""
        return {opinion for run in self.runs for opinion in run.get("kept_aside", [])}

    @property
    def behind(self) -> int:
        """How many posts it holds from before its period, which an earlier digest went out without."""
        return sum(run.get("behind", 0) for run in self.runs)

    @property
    def runs(self) -> list[dict[str, Any]]:
        """How the machine read, at first and again."""
        return [self.manifest, *self.manifest.get("later", [])]

    @property
    def stamp(self) -> int:
        """Grows when the digest changes: every act on a draft raises its version, compiling it or asking a model does not."""
        return (self.version + self.asked + self.answered) * 2 + (self.state == State.COMPILING)

    @property
    def until(self) -> datetime:
        """The last moment that counts; `ends_at` is the first that does not."""
        return last_moment(self.ends_at)


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
    if not boards or not {number for number, _kind in boards} <= actor.facilitates_boards:
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


def carries(actor: Actor, section_id: int | None) -> Ruling:
    """Only the owning section and the administrator carry a consultation."""
    if not (ruling := can_take_part(actor)):
        return ruling
    if actor.role is Role.ADMINISTRATOR or (actor.role is Role.STAFF and actor.section_id == section_id):
        return ALLOWED
    return Ruling(_("この手続を扱えるのは、担当課の職員と管理者だけです。"))


def is_considered(consultation_state: str | None) -> bool:
    """Whether a consultation has gone so far that the digest of its opinions may be published."""
    return consultation_state in ("considering", "published")


def can_see(actor: Actor, digest: Digest) -> Ruling:
    """Published digests are everybody's."""
    return ALLOWED if digest.is_published else can_edit(actor, digest)
