"""Verified residents: whoever has shown at a counter of the town that they live there. Nobody has to; a name and an address are
never kept, and the town's staff alone see it."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel
from pydantic_core import PydanticCustomError

from forum.access import ALLOWED, Actor, Ruling, can_take_part
from forum.i18n import N_, _
from forum.text import Line, sized, ungrouped

# Shown to the clerk, who finds the account by it: time enough to go there.
NUMBER_DIGITS = 8
NUMBER_LASTS = timedelta(days=14)
# Residences on a page.
PER_PAGE = 30
REASON_MAX = 200


def _digits(typed: str) -> str:
    digits = ungrouped(typed)
    if not re.fullmatch(f"[0-9]{{{NUMBER_DIGITS}}}", digits):
        raise PydanticCustomError("number", N_("番号は%(n)s桁の数字です。"), {"n": NUMBER_DIGITS})
    return digits


class Presented(BaseModel):
    """The number that somebody shows at the counter."""

    number: Annotated[str, AfterValidator(_digits)]


class Verification(Presented):
    """The clerk has seen where the person lives."""

    seen: Literal["on"]


class Ending(BaseModel):
    """Why it does not hold any more; the person reads it."""

    reason: Annotated[Line, sized(1, REASON_MAX)]


@dataclass(frozen=True, slots=True)
class Number:
    account_id: int
    number: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Residence:
    """That somebody was found to live in the town, by whom, and how that ended, if it did."""

    id: int
    account_id: int
    pen_name: str
    verified_at: datetime
    by_id: int
    by: str
    ended_at: datetime | None
    ended_by: str | None
    reason: str | None


def can_ask(actor: Actor) -> Ruling:
    """For a number to show at the counter."""
    if not (ruling := can_take_part(actor)):
        return ruling
    if actor.verified:
        return Ruling(_("すでに確認されています。"))
    return ALLOWED


def can_verify(actor: Actor) -> Ruling:
    if not (ruling := can_take_part(actor)):
        return ruling
    if not actor.is_staff:
        return Ruling(_("市の職員だけができます。"))
    return ALLOWED
