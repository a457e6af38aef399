"""What a formal submission is: by which way it comes, who may make one, how it is hashed."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field
from pydantic_core import PydanticCustomError

from forum import proof
from forum.i18n import DEFAULT_LOCALE, N_
from forum.sealed import Seal
from forum.text import EMPTY_IS_NONE, Email, Line, Moment, Paragraphs, RowId, Version, sized

# Longer papers come as attachments to the section; this holds 50 sheets of manuscript paper.
BODY_LIMIT = 20_000
LINE_LIMIT = 200
QUOTE_LIMIT = 400


class Channel(StrEnum):
    """The way a submission reached the city."""

    WEB = "web"
    POST = "post"
    FAX = "fax"
    COUNTER = "counter"
    EMAIL = "email"
    IMPORT = "import"


CHANNEL_NAMES = {
    Channel.WEB: N_("ウェブ"),
    Channel.POST: N_("郵送"),
    Channel.FAX: N_("ファクス"),
    Channel.COUNTER: N_("持参・窓口"),
    Channel.EMAIL: N_("電子メール"),
    Channel.IMPORT: N_("一括登録"),
}
# What a clerk may enter by hand; the web form and the import name themselves.
PAPER = (Channel.POST, Channel.FAX, Channel.COUNTER, Channel.EMAIL)


class Standing(StrEnum):
    """小金井市市民参加条例: who may submit."""

    LIVES = "lives"
    WORKS = "works"
    STUDIES = "studies"
    BODY = "body"


STANDING_NAMES = {
    Standing.LIVES: N_("市内に住んでいる"),
    Standing.WORKS: N_("市内で働いている"),
    Standing.STUDIES: N_("市内の学校に通っている"),
    Standing.BODY: N_("市内に事務所などがある法人・団体"),
}

# An empty field of a form is nothing, not an empty number or address.


class Lateness(StrEnum):
    """What becomes of a submission that arrived after the period."""

    CONSIDERED = "considered"
    SET_ASIDE = "set_aside"


LATENESS_NAMES = {
    Lateness.CONSIDERED: N_("検討に含める"),
    Lateness.SET_ASIDE: N_("検討に含めない"),
}


class Person(BaseModel):
    """Who submits. Lives only between the form and the seal."""

    name: Annotated[Line, sized(0, LINE_LIMIT)] = ""
    address: Annotated[Line, sized(0, LINE_LIMIT)] = ""
    organisation: Annotated[Line, sized(0, LINE_LIMIT)] = ""
    email: Annotated[Email | None, EMPTY_IS_NONE] = None
    standing: Annotated[Standing | None, EMPTY_IS_NONE] = None


def quoted(passage: str) -> str:
    """The words of the plan that an opinion is about: marked as another's, so that no digest takes them for an opinion."""
    shown = passage if len(passage) <= QUOTE_LIMIT else passage[:QUOTE_LIMIT] + "…"
    return "\n".join(f"> {line}" for line in shown.split("\n"))


def has_own_words(body: str) -> str:
    if body.strip() and all(line.startswith(">") or not line.strip() for line in body.split("\n")):
        raise PydanticCustomError("quote", N_("引用の下に、あなたの意見を書いてください。"))
    return body


class WebForm(Person):
    """The formal form: nobody submits without a name, an address and a tie to the city."""

    body: Annotated[Paragraphs, sized(1, BODY_LIMIT), AfterValidator(has_own_words)]
    name: Annotated[Line, sized(1, LINE_LIMIT)]
    address: Annotated[Line, sized(1, LINE_LIMIT)]
    standing: Standing
    plan_section_id: Annotated[RowId | None, EMPTY_IS_NONE] = None
    # The version of the plan that its author read, and with which passage the form began: section.passage
    plan_version: Annotated[Version | None, EMPTY_IS_NONE] = None
    passage: Annotated[str, Field(pattern=r"^(\d{1,18}\.\d{1,6})?$")] = ""
    # The post of the room that its author makes into a submission.
    post_id: Annotated[RowId | None, EMPTY_IS_NONE] = None
    # The number that was made for this form, signed: whoever presses twice sends it twice.
    once: Annotated[Line, sized(0, 200)] = ""

    @property
    def passage_number(self) -> int | None:
        """The passage, unless another section was chosen since."""
        section, _dot, number = self.passage.partition(".")
        return int(number) if number and int(section) == self.plan_section_id else None


class PaperForm(Person):
    """What a clerk copies from a letter, a fax or a mail: as it came, even where something is missing."""

    body: Annotated[Paragraphs, sized(1, BODY_LIMIT)]
    channel: Channel
    received_at: Moment
    plan_section_id: Annotated[RowId | None, EMPTY_IS_NONE] = None
    source_ref: Annotated[Annotated[Line, sized(0, LINE_LIMIT)] | None, EMPTY_IS_NONE] = None
    # Only of what arrived after the period.
    lateness: Annotated[Lateness | None, EMPTY_IS_NONE] = None
    late_because: Annotated[Line, sized(0, LINE_LIMIT)] = ""


class TakingBack(BaseModel):
    """What only the submitter knows, besides the number of the receipt."""

    name: Annotated[Line, sized(1, LINE_LIMIT)]
    address: Annotated[Line, sized(0, LINE_LIMIT)] = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A submission before it is received."""

    channel: Channel
    body: str
    person: Person
    received_at: datetime
    plan_section_id: int | None = None
    account_id: int | None = None
    revision_id: int | None = None
    source_ref: str | None = None
    # In which the person is written to.
    locale: str = DEFAULT_LOCALE


@dataclass(frozen=True, slots=True)
class Envelope:
    """The person of a submission, sealed, and the key by which people are counted."""

    id: int
    receipt: str
    # None once the person is forgotten.
    sealed: bytes | None
    person_key: bytes | None
    forgotten: bool
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class Submission:
    """A received submission, without the person."""

    id: int
    consultation_id: int
    receipt: str
    channel: str
    account_id: int | None
    plan_section_id: int | None
    revision_id: int | None
    body: str
    source_ref: str | None
    sha256: str
    received_at: datetime


def person_key(seal: Seal, person: Person) -> bytes | None:
    """Counts people without knowing them; nobody named is nobody to count."""
    return seal.person_key(person.name, person.address) if person.name else None


def submission_hash(
    *,
    consultation_id: int,
    receipt: str,
    channel: str,
    plan_section_id: int | None,
    body: str,
    received_at: datetime,
) -> str:
    """The hash of what was submitted, given to the submitter; the person is no part of it."""
    return proof.digest(
        {
            "body": body,
            "channel": channel,
            "consultation": consultation_id,
            "receipt": receipt,
            "section": plan_section_id,
            "time": proof.moment(received_at),
        }
    )
