"""Boards and who may read them."""

from dataclasses import dataclass
from enum import StrEnum

from forum.access import ALLOWED, Actor, Ruling
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


def can_read(actor: Actor, kind: str) -> Ruling:
    """Everybody reads, without logging in; the staff room is for staff."""
    if kind == Kind.STAFF and not actor.is_staff:
        return Ruling(_("職員だけの会議室です。"))
    return ALLOWED


def readable_kinds(actor: Actor) -> list[str]:
    """The same rule for queries over many boards."""
    return [kind.value for kind in Kind if can_read(actor, kind)]


def moderated(actor: Actor) -> dict[str, object]:
    """What a statement needs to find the boards that somebody moderates: `b.kind = any(:kinds) and (:everywhere or
    b.id = any(:board_ids))`."""
    return {
        "kinds": readable_kinds(actor),
        "everywhere": actor.moderates_everywhere,
        "board_ids": list(actor.moderates_boards),
    }
