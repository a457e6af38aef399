"""What a section enters for somebody without an account, who may, and how that is hashed."""

import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel

from forum import proof
from forum.access import ALLOWED, Actor, Ruling
from forum.boards.rules import Kind
from forum.i18n import N_, _
from forum.posts.rules import Body, State
from forum.text import Day, Line, Paragraphs, Version, sized
from forum.topics.rules import Topic, can_reply
from moderation.submissions.receipts import DASHES, SIGNS

# The pen name of everybody who speaks this way; their pseudonyms differ.
ANONYMOUS = N_("匿名の市民")
TYPED = re.compile(rf"U([{SIGNS}]{{5}})([{SIGNS}]{{5}})")


class Channel(StrEnum):
    """How the opinion came."""

    POST = "post"
    FAX = "fax"
    PHONE = "phone"
    COUNTER = "counter"
    MEETING = "meeting"


CHANNEL_NAMES = {
    Channel.POST: N_("手紙"),
    Channel.FAX: N_("ファクス"),
    Channel.PHONE: N_("電話"),
    Channel.COUNTER: N_("窓口"),
    Channel.MEETING: N_("会合"),
}


class Entry(BaseModel):
    """What a clerk copies. `verbatim`: the clerk says that these are the person's words, and that they may be public."""

    channel: Channel
    received_on: Day
    body: Body
    verbatim: Literal["on"]
    # The number that was made for this form, signed: whoever presses twice sends it twice.
    once: Annotated[Line, sized(0, 200)] = ""


class Correction(BaseModel):
    """Other words for a post, because the person said so; `version` is the one the clerk saw."""

    body: Body
    because: Annotated[Paragraphs, sized(1, 400)]
    asked: Literal["on"]
    version: Version


class Asked(BaseModel):
    """A number as somebody copied it from paper."""

    receipt: Annotated[Line, sized(1, 40)]


@dataclass(frozen=True, slots=True)
class Entered:
    """An entry as it is kept."""

    post_id: int
    channel: str
    section_id: int
    receipt: str
    received_on: date
    entered_by: int
    entered_at: datetime
    sha256: str


@dataclass(frozen=True, slots=True)
class Corrected:
    """Why a revision says something else than the one before."""

    revision_id: int
    because: str
    corrected_by: int
    corrected_at: datetime
    sha256: str


def can_enter_for_others(actor: Actor, topic: Topic) -> Ruling:
    """Staff of any section, wherever residents may still speak; the post shows which section it was."""
    if not (ruling := can_reply(actor, topic)):
        return ruling
    if topic.board_kind == Kind.STAFF or topic.state != State.VISIBLE:
        return Ruling(_("公開されている話題にだけ入れられます。"))
    if not actor.is_staff or actor.section_id is None:
        return Ruling(_("課に所属する市の職員だけが入れられます。"))
    return ALLOWED


def can_correct(actor: Actor, topic: Topic, section_id: int, state: str) -> Ruling:
    """The section that entered it, at the word of the person whose opinion it is."""
    if not (ruling := can_enter_for_others(actor, topic)):
        return ruling
    if actor.section_id != section_id:
        return Ruling(_("書き写した課の職員だけが訂正できます。"))
    return ALLOWED if state == State.VISIBLE else Ruling(_("公開されていない投稿は訂正できません。"))


def new_receipt() -> str:
    """Nobody guesses another's."""
    signs = "".join(secrets.choice(SIGNS) for _sign in range(10))
    return f"U-{signs[:5]}-{signs[5:]}"


def read_receipt(typed: str) -> str | None:
    """In whatever width, case and with whatever dashes; None if it is none."""
    match = TYPED.fullmatch(DASHES.sub("", unicodedata.normalize("NFKC", typed)).upper())
    return f"U-{match[1]}-{match[2]}" if match else None


@dataclass(frozen=True, slots=True)
class Known:
    """What was entered under a number, as it came."""

    post_id: int
    topic_id: int
    entered_by: int
    channel: str
    received_on: date
    body: str

    def is_same(self, actor: Actor, topic: Topic, form: Entry) -> bool:
        """Whether the same is entered once more, by the same hand."""
        ours = (self.entered_by, self.topic_id, self.channel, self.received_on, self.body)
        return ours == (actor.id, topic.id, form.channel, form.received_on, form.body)


def entry_document(entry: Entered) -> dict[str, object]:
    """What the hash of an entry is made of (docs/provenance.md); the words are in the revisions of its post."""
    return {
        "channel": entry.channel,
        "entered_by": entry.entered_by,
        "post": entry.post_id,
        "receipt": entry.receipt,
        "received_on": entry.received_on.isoformat(),
        "section": entry.section_id,
        "time": proof.moment(entry.entered_at),
    }


def correction_document(correction: Corrected) -> dict[str, object]:
    return {
        "because": correction.because,
        "corrected_by": correction.corrected_by,
        "revision": correction.revision_id,
        "time": proof.moment(correction.corrected_at),
    }
