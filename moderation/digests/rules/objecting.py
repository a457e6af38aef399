"""Before a digest is published its authors see where their words stand, and may object once (docs/decisions/0023)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta, tzinfo
from typing import Annotated

from pydantic import BaseModel

from forum.access import ALLOWED, Actor, Ruling, can_take_part
from forum.clock import last_moment
from forum.i18n import _
from forum.proof import digest, moment
from forum.text import Day, Paragraphs, sized
from moderation.digests.rules.lifecycle import Digest, can_edit, can_sort

WORDS_MAX = 1000
ANSWER_MAX = 2000
# Whoever reads mail at the weekend still has a day.
DAYS_MIN = 3
DAYS_PROPOSED = 7


class Opening(BaseModel):
    """The form that opens the window. The day is the last on which an objection is in time."""

    last_day: Day

    def closes_at(self, zone: tzinfo) -> datetime:
        return datetime.combine(self.last_day + timedelta(days=1), time(tzinfo=zone))


class Objecting(BaseModel):
    words: Annotated[Paragraphs, sized(1, WORDS_MAX)]


class Answering(BaseModel):
    """`withheld`: for what the objection contains its words are not published; the answer is."""

    answer: Annotated[Paragraphs, sized(1, ANSWER_MAX)]
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """The time in which authors may object."""

    digest_id: int
    opened_by: int
    opened_at: datetime
    closes_at: datetime
    sha256: str

    @property
    def until(self) -> datetime:
        return last_moment(self.closes_at)

    def is_open(self, now: datetime) -> bool:
        return now < self.closes_at


@dataclass(frozen=True, slots=True)
class Author:
    """Whose words a digest holds: an account, or without one the submission, known by its receipt."""

    account_id: int | None = None
    submission_id: int | None = None


@dataclass(frozen=True, slots=True)
class OwnTime:
    """The time of an author whose words came in after the window was opened."""

    digest_id: int
    account_id: int | None
    submission_id: int | None
    told_at: datetime
    closes_at: datetime
    sha256: str

    @property
    def author(self) -> Author:
        return Author(self.account_id, self.submission_id)


@dataclass(frozen=True, slots=True)
class Objection:
    """What an author says against the place of their words, and what the staff answers: once each."""

    id: int
    digest_id: int
    account_id: int | None
    words: str
    filed_at: datetime
    sha256: str
    answer: str | None = None
    withheld: bool | None = None
    answered_by: int | None = None
    answered_at: datetime | None = None
    answer_sha256: str | None = None
    submission_id: int | None = None
    # Random: without it nobody tries out who the author is. None of what was filed before there was one.
    salt: str | None = None

    @property
    def author(self) -> Author:
        return Author(self.account_id, self.submission_id)

    @property
    def seal(self) -> str | None:
        """Stands for the author in public."""
        return digest({**author_document(self.author), "salt": self.salt}) if self.salt else None


def own_closing(window: Window, now: datetime) -> datetime:
    """As many days from now as the first had from the opening; days are whole, as theirs."""
    return window.closes_at + timedelta(days=-((window.opened_at - now) // timedelta(days=1)))


def window_for(window: Window, times: Iterable[OwnTime], author: Author) -> Window:
    """The window as it is open to this author."""
    own = [time.closes_at for time in times if time.author == author]
    return replace(window, closes_at=max([window.closes_at, *own]))


def whole(window: Window, times: Iterable[OwnTime]) -> Window:
    """The window until its end for the last author."""
    return replace(window, closes_at=max([window.closes_at, *(time.closes_at for time in times)]))


def fault(opening: Opening, now: datetime, zone: tzinfo) -> str | None:
    """What is wrong with the last day, if anything."""
    if opening.last_day < now.astimezone(zone).date() + timedelta(days=DAYS_MIN):
        return _("読む時間が足りるように、%(days)s日後か、それより後の日にしてください。", days=DAYS_MIN)
    return None


def can_open_window(actor: Actor, digest: Digest, window: Window | None) -> Ruling:
    """Whoever sorts it, once."""
    if not (ruling := can_sort(actor, digest)):
        return ruling
    return ALLOWED if window is None else Ruling(_("書いた人への確認は、もう始まっています。"))


def can_object(
    actor: Actor, digest: Digest, window: Window | None, spoke: bool, objected: bool, now: datetime
) -> Ruling:
    """Whoever said something that the digest covers, once, in time. A silence bars nobody."""
    if not (ruling := can_take_part(actor)):
        return ruling
    if not spoke:
        return Ruling(_("意見を書いた人だけができます。"))
    return can_object_now(digest, window, objected, now)


def can_object_now(digest: Digest, window: Window | None, objected: bool, now: datetime) -> Ruling:
    """The same of whoever has the number of a receipt: the submitter alone, until the result prints it."""
    if digest.is_published or window is None or not window.is_open(now):
        return Ruling(_("いまは受け付けていません。"))
    return Ruling(_("すでに書いています。一つのまとめに一度だけ書けます。")) if objected else ALLOWED


def can_answer_objection(actor: Actor, digest: Digest, objection: Objection) -> Ruling:
    if not (ruling := can_sort(actor, digest)):
        return ruling
    if actor.wrote(objection.account_id):
        return Ruling(_("自分の書いたものには答えられません。ほかの人が答えます。"))
    return ALLOWED if objection.answer is None else Ruling(_("もう答えています。"))


def answering(people: Sequence[Actor], digest: Digest) -> list[Actor]:
    """Who hears of an objection: whoever compiled the digest, or once they may not answer any more the administrators."""
    compiler = [one for one in people if one.id == digest.compiled_by and can_edit(one, digest)]
    return compiler or [one for one in people if one.is_administrator]


def hindrances(window: Window | None, objections: Sequence[Objection], now: datetime) -> list[str]:
    """What of all this stands in the way of publishing."""
    found = []
    if window is not None and window.is_open(now):
        found.append(_("書いた人からの異議を受け付けています。受付が終わるまで公開できません。"))
    if unanswered := sum(one.answer is None for one in objections):
        found.append(_("答えていない異議が%(n)s件あります。", n=unanswered))
    return found


def window_document(window: Window) -> dict[str, object]:
    return {
        "closes": moment(window.closes_at),
        "digest": window.digest_id,
        "person": window.opened_by,
        "time": moment(window.opened_at),
    }


def author_document(author: Author) -> dict[str, object]:
    receipt = {"submission": author.submission_id} if author.submission_id is not None else {}
    return {"person": author.account_id, **receipt}


def time_document(time: OwnTime) -> dict[str, object]:
    return {
        **author_document(time.author),
        "closes": moment(time.closes_at),
        "digest": time.digest_id,
        "time": moment(time.told_at),
    }


def objection_document(objection: Objection) -> dict[str, object]:
    """What the hash of an objection is made of (docs/provenance.md)."""
    author = {"author": objection.seal} if objection.salt else author_document(objection.author)
    return {
        **author,
        "digest": objection.digest_id,
        "time": moment(objection.filed_at),
        "words": objection.words,
    }


def answer_document(objection: Objection) -> dict[str, object]:
    """The same of its answer, which covers the objection."""
    return {
        "answer": objection.answer,
        "objection": objection.sha256,
        "person": objection.answered_by,
        "time": moment(objection.answered_at) if objection.answered_at else None,
        "withheld": objection.withheld,
    }
