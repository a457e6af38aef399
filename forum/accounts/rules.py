"""Who may have which account, and what a person types to get one."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator, BaseModel
from pydantic_core import PydanticCustomError
from zxcvbn import zxcvbn

from forum.access import ALLOWED, Actor, Ruling, can_take_part
from forum.i18n import N_, _
from forum.text import Email, Line, WayBack, clean, fold, sized
from forum.zones import zones

SESSION_LASTS = timedelta(days=30)
CONFIRMATION_LASTS = timedelta(days=3)
# So long a link to choose a new password works: it opens an account by itself.
RESET_HOURS = 3
# Whoever registered and never confirmed is forgotten with the address.
UNCONFIRMED_LASTS = timedelta(days=30)
# Longer ones say nothing more to the estimator, which takes quadratic time.
PASSWORD_JUDGED = 72
# zxcvbn's score of a password that withstands an online attack (10^6 guesses and up).
PASSWORD_SCORE_MIN = 2
# How often somebody may be called otherwise, and how long nobody else takes the name of before.
RENAME_EVERY = timedelta(days=90)
NAME_RESERVED = timedelta(days=365)
# So long the old address leads back.
ADDRESS_HELD = timedelta(days=7)
# The name above what somebody wrote who has left.
LEFT = N_("退会した人")
# Names that residents would take for the city itself, or for somebody who has left.
RESERVED = re.compile(
    "役所|役場|[市区町村]長|退会した人|管理者|事務局|運営|モデレータ|admin|moderator|staff", re.IGNORECASE
)
NOT_OWN = N_("市や運営者と間違えられる名前は使えません。")
# Of a link to confirm an address.
LEADS_NOWHERE = N_("このリンクは期限切れか、正しくありません。もう一度登録してください。")


def _own(name: str) -> str:
    """A name that can be seen, and that nobody takes for the city's."""
    if not fold(name):
        raise PydanticCustomError("missing", N_("入力してください。"))
    if RESERVED.search(fold(name)):
        raise PydanticCustomError("reserved", NOT_OWN)
    return name


def _known(zone: str) -> str:
    if zone and zone not in zones():
        raise PydanticCustomError("unknown", N_("一覧から選んでください。"))
    return zone


PenName = Annotated[Line, sized(1, 20)]
OwnPenName = Annotated[PenName, AfterValidator(_own)]
# Cleaned, so that a password is the same from every keyboard.
Password = Annotated[str, AfterValidator(clean), sized(10, 200)]
TypedPassword = Annotated[str, AfterValidator(clean), sized(1, 200)]


class Registration(BaseModel):
    """The registration form."""

    pen_name: OwnPenName
    email: Email
    password: Password
    # Where the person was when they wanted to say something.
    next: WayBack = "/"


class Confirmation(BaseModel):
    """What the mailed link asks: nothing, or another pen name where the one chosen is taken by now."""

    pen_name: OwnPenName | None = None


class Naming(BaseModel):
    """Another pen name."""

    pen_name: OwnPenName


class Move(BaseModel):
    """Another address, asked for by somebody who knows the password."""

    email: Email
    current: TypedPassword


class Forgotten(BaseModel):
    """Where the link to choose a new password is to go."""

    email: Email


class NewPassword(BaseModel):
    """With a mailed link: the way back to an address, or into an account whose password was forgotten."""

    password: Password


class PasswordChange(BaseModel):
    """The form on the account page."""

    current: TypedPassword
    password: Password


class Reading(BaseModel):
    """What others see of a reader; a box that is not ticked is not sent."""

    named: bool = False


class Zone(BaseModel):
    """In which zone somebody reads times; none: the town's."""

    time_zone: Annotated[str, AfterValidator(_known)] = ""


class Login(BaseModel):
    """The login form."""

    email: Annotated[str, sized(1, 254)]
    password: TypedPassword
    next: WayBack = "/"


@dataclass(frozen=True, slots=True)
class Account:
    id: int
    pen_name: str
    pseudonym: str
    email: str
    password_hash: str
    role: str
    section_id: int | None
    locale: str
    time_zone: str | None
    created_at: datetime
    confirmed_at: datetime | None
    suspended_at: datetime | None
    # What goes and when, if anything does; and that the person is gone.
    leaving: str | None
    leaves_at: datetime | None
    left_at: datetime | None

    @property
    def gets_mail(self) -> bool:
        """Whoever closed the account hears nothing more; somebody whose words a section enters has no address."""
        return bool(self.email) and self.confirmed_at is not None and self.leaving in (None, "posts")


def is_guessable(password: str, *about_the_person: str) -> bool:
    """Whether the password is a common one, or easily built from common words or the person's own data."""
    judged = zxcvbn(password[:PASSWORD_JUDGED], user_inputs=list(about_the_person))
    return bool(judged["score"] < PASSWORD_SCORE_MIN)


def is_the_towns(name: str, city: str) -> bool:
    """Whether the name is that of the town itself, with or without what it lies in."""
    return fold(name).endswith(fold(city))


def key_mark(account: Account) -> str:
    """What a link names of the password and the address under which it was asked for: when either changes, it leads nowhere."""
    return hashlib.sha256(f"{account.email}\0{account.password_hash}".encode()).hexdigest()[:24]


@dataclass(frozen=True, slots=True)
class Section:
    """Of the city (課)."""

    id: int
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class FormerName:
    """What somebody was called until then."""

    pen_name: str
    until: datetime


@dataclass(frozen=True, slots=True)
class AddressChange:
    """When an account left the address `email`."""

    id: int
    account_id: int
    email: str
    changed_at: datetime
    undone_at: datetime | None

    def leads_back(self, now: datetime) -> bool:
        return self.undone_at is None and now < self.changed_at + ADDRESS_HELD


def can_rename(actor: Actor, last: datetime | None, now: datetime) -> Ruling:
    """Residents, now and then: whom one talked to stays recognisable. What staff are called, the town decides."""
    if not (ruling := can_take_part(actor)):
        return ruling
    if actor.works_for_city:
        return Ruling(_("職員の名前は、管理者が決めます。"))
    if last is not None and now < last + RENAME_EVERY:
        return Ruling(_("ペンネームを変えられるのは、%(n)s日に1回です。", n=RENAME_EVERY.days))
    return ALLOWED
