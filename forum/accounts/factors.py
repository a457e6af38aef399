"""Second factors: who may have one, for whom an office counts only with one, and what is typed."""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel
from pydantic_core import PydanticCustomError

from forum.access import Actor, Role, Ruling, can_take_part
from forum.accounts.codes import DIGITS, SPARE_DIGITS
from forum.accounts.rules import ADDRESS_HELD, TypedPassword
from forum.i18n import N_
from forum.text import WayBack, sized, ungrouped

# Between the password and the code of an app, and from a QR code to the first of its codes.
CODE_MINUTES = 10
SETTING_UP_MINUTES = 30
PRESSED_TWICE = timedelta(minutes=1)


def _digits(typed: str) -> str:
    digits = ungrouped(typed)
    if not digits:
        raise PydanticCustomError("missing", N_("入力してください。"))
    if len(digits) not in (DIGITS, SPARE_DIGITS) or not re.fullmatch("[0-9]+", digits):
        raise PydanticCustomError(
            "code",
            N_("アプリのコードは%(digits)s桁、予備のコードは%(spare)s桁の数字です。"),
            {"digits": DIGITS, "spare": SPARE_DIGITS},
        )
    return digits


class Code(BaseModel):
    """Of the authenticator app, or a spare one."""

    code: Annotated[str, AfterValidator(_digits)]


class CodeLogin(Code):
    """The second step of logging in."""

    next: WayBack = "/"


class SettingUp(Code):
    """A second factor: a first code of the app that has read the key. `setup` is the signed key."""

    current: TypedPassword
    setup: Annotated[str, sized(1, 1000)]


class FactorNews(StrEnum):
    """What the owner of a second factor is told about it."""

    SET_UP = "set up"
    SPARE_USED = "spare used"
    RENEWED = "renewed"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """`sealed` holds the key of the app (`key`) and the spare codes (`spare`)."""

    account_id: int
    sealed: bytes
    since: datetime
    last_step: int
    # Which code was taken last and from whom, as a hash.
    last_use: bytes | None = None
    used_at: datetime | None = None

    def leads_back(self, now: datetime) -> bool:
        """Whether whoever is told of it by mail, and did not do it, may undo it."""
        return now < self.since + ADDRESS_HELD

    def has_taken(self, use: bytes, now: datetime) -> bool:
        """Whether it was a moment ago: whoever presses twice sends it twice."""
        return self.last_use == use and self.used_at is not None and now - self.used_at < PRESSED_TWICE


def can_have_second_factor(actor: Actor) -> Ruling:
    """Whoever owns the address: one who registered somebody else's would keep its owner out."""
    return can_take_part(actor)


def as_proven(actor: Actor, *, is_required: bool) -> Actor:
    """Where the town asks for a second factor, whoever has an office and no factor has the rights of residents, but for what
    would pass for an act of the office or of a resident: words under its name, and a say where residents are counted."""
    if not is_required or actor.has_second_factor or not (actor.is_staff or actor.is_moderator):
        return actor
    return replace(
        actor, role=Role.RESIDENT, section_id=None, moderates_boards=frozenset(), waiting_role=actor.role
    )
