"""What an administrator opens, names and gives."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field
from pydantic_core import PydanticCustomError

from forum.access import Actor, Role, Ruling, can_take_part
from forum.accounts.rules import Password, PenName, Section
from forum.boards.rules import Board, Kind
from forum.i18n import N_, _
from forum.proof import digest, moment
from forum.text import EMPTY_IS_NONE, Chosen, Email, Line, RowId, sized

SLUG = re.compile("[a-z][a-z0-9-]{1,30}")
# What the address of the form for a new board ends with.
NEW = "new"
KIND_NAMES = {
    Kind.OFFICIAL: N_("市の会議室（担当課があり、意見募集につながります）"),
    Kind.COMMUNITY: N_("市民の会議室（世話人が世話をします）"),
    Kind.STAFF: N_("職員だけの会議室"),
}
ROLE_NAMES = {
    Role.RESIDENT: N_("市民（役割なし）"),
    Role.MODERATOR: N_("審査の担当者（すべての会議室）"),
    Role.STAFF: N_("職員"),
    Role.ADMINISTRATOR: N_("管理者"),
}


class Office(StrEnum):
    """On one board."""

    FACILITATOR = "facilitator"
    MODERATOR = "moderator"


OFFICE_NAMES = {Office.FACILITATOR: N_("世話人"), Office.MODERATOR: N_("審査の担当者")}


def _slug(typed: str) -> str:
    if not SLUG.fullmatch(typed):
        raise PydanticCustomError(
            "slug", N_("英小文字で始まり、英小文字・数字・「-」だけの、2～31文字にしてください。")
        )
    if typed == NEW:
        raise PydanticCustomError("slug", N_("この記号は使えません。"))
    return typed


class BoardForm(BaseModel):
    """What may be said otherwise later. Neither the address nor the kind of a board ever changes: links lead to one, and who
    wrote in a room knew who reads it."""

    name: Annotated[Line, sized(1, 40)]
    name_en: Annotated[Line, sized(1, 60)]
    about: Annotated[Line, sized(1, 200)]
    about_en: Annotated[Line, sized(1, 400)]
    section_id: Annotated[RowId | None, EMPTY_IS_NONE] = None
    position: Annotated[int, Field(ge=0, lt=1000)] = 0


class NewBoard(BoardForm):
    slug: Annotated[Line, AfterValidator(_slug)]
    kind: Kind


class BoardChange(BoardForm):
    """`version`: of what the form showed; a page that knows none of it has shown something else."""

    version: Chosen = ""


class SectionForm(BaseModel):
    name: Annotated[Line, sized(1, 40)]
    name_en: Annotated[Line, sized(1, 80)]


class SectionChange(SectionForm):
    """`version`: as of a board."""

    version: Chosen = ""


class Appointment(BaseModel):
    """`who`: a pen name or an address."""

    who: Annotated[Line, sized(1, 254)]
    role: Role
    section_id: Annotated[RowId | None, EMPTY_IS_NONE] = None


class Opening(BaseModel):
    """An account with a role. The town calls its own people what it likes."""

    pen_name: PenName
    email: Email
    password: Password


class BoardOffice(BaseModel):
    who: Annotated[Line, sized(1, 254)]
    office: Office


class Dismissal(BaseModel):
    account_id: RowId
    office: Office


@dataclass(frozen=True, slots=True)
class Appointed:
    """That somebody got an office, or lost it: on one board, or (`board_id` is None) in the whole room. `made_by` is None on
    the command line."""

    id: int
    account_id: int
    board_id: int | None
    office: str
    given: bool
    section_id: int | None
    made_by: int | None
    made_at: datetime
    sha256: str


def document(appointed: Appointed) -> dict[str, object]:
    """What the hash of an appointment is made of (docs/provenance.md)."""
    return {
        "board": appointed.board_id,
        "by": appointed.made_by,
        "given": appointed.given,
        "office": appointed.office,
        "person": appointed.account_id,
        "section": appointed.section_id,
        "time": moment(appointed.made_at),
    }


def can_administer(actor: Actor) -> Ruling:
    if not (ruling := can_take_part(actor)):
        return ruling
    return Ruling(None if actor.is_administrator else _("管理者だけができます。"))


def can_appoint(actor: Actor, account_id: int) -> Ruling:
    """Nobody changes their own role: so there is always an administrator left."""
    if not (ruling := can_administer(actor)):
        return ruling
    return Ruling(_("自分の役割は、ほかの管理者が変えます。") if actor.wrote(account_id) else None)


def is_short_of_judges(holders: Iterable[Actor]) -> bool:
    """Whether an appeal may find nobody: whoever had a part in a decision does not judge it again."""
    return sum(who.moderates_everywhere for who in holders) < 2


def version_of(found: Board | Section) -> str:
    """Another one for every change of what the form shows."""
    form = BoardForm if isinstance(found, Board) else SectionForm
    return digest({name: getattr(found, name) for name in form.model_fields})


def lacking_in_board(form: BoardForm, kind: Kind, *, has_promised: bool = False) -> dict[str, str]:
    """What the city has promised is some section's to keep."""
    if form.section_id is None and kind is Kind.OFFICIAL:
        return {"section_id": _("市の会議室には、担当課を選んでください。")}
    if form.section_id is None and has_promised:
        return {"section_id": _("回答を約束したことのある会議室には、担当課を選んでください。")}
    return {}


def lacking_in_appointment(form: Appointment) -> dict[str, str]:
    if form.role is Role.GUEST:
        return {"role": _("選択肢から選んでください。")}
    if form.role is Role.STAFF and form.section_id is None:
        return {"section_id": _("職員には、課を選んでください。")}
    return {}


def section_of(role: Role, chosen: int | None) -> int | None:
    """Nobody else speaks for a section."""
    return chosen if role in (Role.STAFF, Role.ADMINISTRATOR) else None


def lacking_in_officer(role: Role, kind: Kind) -> dict[str, str]:
    """Whoever keeps a board reads it."""
    if kind is Kind.STAFF and role not in (Role.STAFF, Role.ADMINISTRATOR):
        return {"who": _("職員だけの会議室の役割は、職員に渡してください。")}
    return {}
