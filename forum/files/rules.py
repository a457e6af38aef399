"""Files that people add to what they write: which kinds, how big, how many, and who may."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field
from pydantic_core import PydanticCustomError

from forum.access import ALLOWED, Actor, Ruling
from forum.i18n import N_, _
from forum.pictures import Address
from forum.text import Line, sized

ALT_MAX = 200
NAME_MAX = 100
# What a telephone's camera makes, and some more.
SENT_BYTES_MAX = 12_000_000
# Longest side of a picture that is kept.
SIDE_MAX = 2048
# An upload that stands in no post by then is deleted.
UNUSED_FOR = timedelta(days=1)
DAY = timedelta(days=1)


class Kind(StrEnum):
    """What a file is, as its bytes say."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    PDF = "application/pdf"


ENDINGS = {Kind.JPEG: "jpg", Kind.PNG: "png", Kind.WEBP: "webp", Kind.PDF: "pdf"}
# More pixels than cameras and screens have. A plain surface of a billion fits in a few kilobytes; and only a JPEG is decoded
# at the size that is needed, the others take memory for every pixel.
PIXELS_MAX = {Kind.JPEG: 50_000_000, Kind.PNG: 20_000_000, Kind.WEBP: 20_000_000}
PICTURES = frozenset({Kind.JPEG, Kind.PNG, Kind.WEBP})
ANY = frozenset(Kind)


class Ending(StrEnum):
    """Why something uses its files no longer."""

    WITHDRAWN = "withdrawn"
    NAMES_FORGOTTEN = "names_forgotten"


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as it came: nothing that it says about itself is believed."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Made:
    """A file as it is kept."""

    kind: Kind
    data: bytes
    width: int | None = None
    height: int | None = None
    small: bytes | None = None


@dataclass(frozen=True, slots=True)
class File:
    """A file that is kept, and whose it is."""

    id: int
    # None: somebody without an account sent it, with something of theirs.
    account_id: int | None
    sha256: str
    kind: str
    bytes: int
    width: int | None
    height: int | None
    small_sha256: str | None
    small_bytes: int | None
    name: str
    key: str
    created_at: datetime
    # Since then there are no bytes any more.
    deleted_at: datetime | None

    @property
    def address(self) -> Address:
        return Address(self.sha256, ENDINGS[Kind(self.kind)], self.width, self.height)

    @property
    def small_key(self) -> str:
        return f"{self.key}-small"


def _said(alt: str) -> str:
    if not alt:
        raise PydanticCustomError("alt", N_("写っているものを書いてください。見えない人に読み上げられます。"))
    return alt


class Shown(BaseModel):
    """What a picture shows, for those who do not see it."""

    alt: Annotated[Line, sized(0, ALT_MAX), AfterValidator(_said)] = Field("", validate_default=True)


@dataclass(frozen=True, slots=True)
class Quota:
    """How much one account may upload."""

    files_a_day: int
    bytes_in_all: int


@dataclass(frozen=True, slots=True)
class Used:
    """How much of it an account has used."""

    files_today: int
    bytes_in_all: int


NEWCOMER = Quota(5, 20_000_000)
RESIDENT = Quota(50, 300_000_000)
STAFF = Quota(500, 10_000_000_000)


def quota(actor: Actor) -> Quota:
    if actor.is_staff:
        return STAFF
    return RESIDENT if actor.approved_posts else NEWCOMER


def kinds_for(actor: Actor) -> frozenset[Kind]:
    """What the person may add to a post: documents are the city's."""
    return ANY if actor.is_staff else PICTURES


def has_room(actor: Actor, used: Used, more_bytes: int) -> Ruling:
    """Whether one more file of that size fits into the account's quota."""
    most = quota(actor)
    if used.files_today >= most.files_a_day:
        return Ruling(_("添付できるのは1日%(n)s個までです。あすまたお試しください。", n=most.files_a_day))
    if used.bytes_in_all + more_bytes > most.bytes_in_all:
        return Ruling(_("添付できる量（全部で%(n)sMB）を超えます。", n=most.bytes_in_all // 1_000_000))
    return ALLOWED
