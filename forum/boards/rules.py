"""Boards and who may read them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from forum.access import ALLOWED, Actor, Role, Ruling, can_speak, can_take_part
from forum.i18n import _


class Kind(StrEnum):
    """`official` boards belong to a section and feed consultations; `staff` boards only staff see."""

    OFFICIAL = "official"
    COMMUNITY = "community"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Board:
    id: int
    slug: str
    name: str
    name_en: str
    about: str
    about_en: str
    kind: str
    section_id: int | None
    section_name: str | None
    section_name_en: str | None
    # Where it stands among the others.
    position: int = 0
    # Within so many days the city answers topics that are started now; None: it has promised nothing.
    answer_days: int | None = None


def can_read(actor: Actor, kind: str) -> Ruling:
    """Everybody reads, without logging in; the staff room is for staff."""
    if kind == Kind.STAFF and not actor.is_staff:
        return Ruling(_("職員だけの会議室です。"))
    return ALLOWED


def readable_kinds(actor: Actor) -> list[str]:
    """The same rule for queries over many boards."""
    return [kind.value for kind in Kind if can_read(actor, kind)]


def can_start(actor: Actor, board: Board) -> Ruling:
    """Starting a topic there."""
    if not (ruling := can_read(actor, board.kind)):
        return ruling
    return can_speak(actor)


def can_promise(actor: Actor, board: Board) -> Ruling:
    """Promising answers on a board: the staff of its section, and administrators."""
    if not (ruling := can_take_part(actor)):
        return ruling
    if board.section_id is None or board.kind == Kind.STAFF:
        return Ruling(_("担当課のない会議室です。"))
    if actor.is_administrator or (actor.role is Role.STAFF and actor.section_id == board.section_id):
        return ALLOWED
    return Ruling(_("この会議室を担当する課の職員だけができます。"))


def is_late(answer_state: str | None, due_at: datetime | None, now: datetime) -> bool:
    """Whether the city owes a discussion an answer past its day."""
    return answer_state in ("received", "considering") and due_at is not None and due_at <= now


def moderated(actor: Actor) -> dict[str, object]:
    """What a statement needs to find the boards that somebody moderates: `b.kind = any(:kinds) and (:everywhere or
    b.id = any(:board_ids))`."""
    return {
        "kinds": readable_kinds(actor),
        "everywhere": actor.moderates_everywhere,
        "board_ids": list(actor.moderates_boards),
    }
