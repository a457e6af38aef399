"""What somebody is told about, and the ways in which they choose to hear of it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from forum.access import Actor
from forum.i18n import N_

# Notices on a page of the inbox.
PER_PAGE = 30
# A mail names the first, and how many more are in the inbox.
MAILED_MAX = 30
# When summaries are made up, in the town's zone; weekly ones on Mondays.
MORNING = time(7)


class Subject(StrEnum):
    """What a notice is about, as far as somebody chooses how to hear of it."""

    ANSWERS = "answers"
    WATCHED = "watched"
    DECISIONS = "decisions"
    CITY = "city"
    ACCOUNT = "account"
    WORK = "work"


class Mail(StrEnum):
    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Choice:
    """How a person hears of a subject: in the inbox or not, by which mail, and at once on their devices or not (None: as
    before, or by default)."""

    subject: Subject
    in_room: bool
    mail: Mail
    push: bool | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What was made of a notice, as its receiver chose."""

    account_id: int
    in_room: bool
    mail: str | None
    push: bool


DEFAULTS = {
    Subject.ANSWERS: Choice(Subject.ANSWERS, in_room=True, mail=Mail.AT_ONCE, push=True),
    Subject.WATCHED: Choice(Subject.WATCHED, in_room=True, mail=Mail.DAILY, push=False),
    Subject.DECISIONS: Choice(Subject.DECISIONS, in_room=True, mail=Mail.AT_ONCE, push=True),
    Subject.CITY: Choice(Subject.CITY, in_room=True, mail=Mail.AT_ONCE, push=True),
    Subject.ACCOUNT: Choice(Subject.ACCOUNT, in_room=True, mail=Mail.AT_ONCE, push=True),
    Subject.WORK: Choice(Subject.WORK, in_room=True, mail=Mail.AT_ONCE, push=True),
}
# What the town owes a person (decisions with their appeal, the city's answers), and work, is always in the inbox.
OPTIONAL_IN_ROOM = frozenset({Subject.ANSWERS, Subject.WATCHED})

# What others wrote, and can be answered.
ABOUT_POSTS = OPTIONAL_IN_ROOM

LABELS = {
    Subject.ANSWERS: N_("自分への返信、引用、呼びかけ"),
    Subject.WATCHED: N_("見守っている話題と会議室の新しい投稿、話し合いの段階"),
    Subject.DECISIONS: N_("自分の投稿や通報、異議申立て、権利についての判断"),
    Subject.CITY: N_("意見のまとめと市の答え"),
    Subject.ACCOUNT: N_("自分の登録と記録"),
    Subject.WORK: N_("担当している仕事"),
}
MAILS = {
    Mail.AT_ONCE: N_("そのつど送る"),
    Mail.DAILY: N_("1日分をまとめて、毎朝送る"),
    Mail.WEEKLY: N_("1週間分をまとめて、月曜の朝に送る"),
    Mail.OFF: N_("送らない"),
}

KINDS = {
    Subject.ANSWERS: ("reply", "quote", "mention"),
    Subject.WATCHED: ("posted", "phase_begun", "theme_opened", "theme_ended"),
    Subject.DECISIONS: (
        *("decided", "sanctioned", "topic_kept", "report_settled", "appeal_filed", "appeal_answered"),
        *("rights_asked", "rights_refused"),
    ),
    Subject.CITY: (
        *("digested", "digest_grouped", "objection_answered", "map_drawn", "submission_received"),
        *("submission_withdrawn", "consultation_answered", "consultation_set_aside", "consultation_changed"),
        "progress_reported",
        "city_answer",
    ),
    Subject.ACCOUNT: ("takeout_ready", "residence_verified", "residence_ended"),
    Subject.WORK: (
        *("approval_asked", "approval_answered", "inquiry_asked", "inquiry_due", "inquiry_answered"),
        *("inquiry_withdrawn", "objection_filed", "proposal_declined", "review_late", "rights_waiting"),
        *("duty_changed", "imbalance", "city_answer_asked", "city_answer_due"),
    ),
}
SUBJECT_OF = {kind: subject for subject, kinds in KINDS.items() for kind in kinds}


class Choices(BaseModel):
    """The form of the settings. A box that is not ticked is not sent; nor is what is not this person's."""

    answers_room: bool = False
    answers_mail: Mail
    watched_room: bool = False
    watched_mail: Mail
    decisions_mail: Mail
    city_mail: Mail
    # A page from before it was there does not send it.
    account_mail: Mail = Mail.AT_ONCE
    work_mail: Mail = Mail.AT_ONCE
    # Whether the form asked about devices: it does where the person has one.
    devices: bool = False
    answers_push: bool = False
    watched_push: bool = False
    decisions_push: bool = False
    city_push: bool = False
    account_push: bool = False
    work_push: bool = False

    def made(self) -> list[Choice]:
        """One for each subject, whatever else was typed."""
        return [
            Choice(
                subject,
                in_room=subject not in OPTIONAL_IN_ROOM or bool(getattr(self, f"{subject}_room")),
                mail=getattr(self, f"{subject}_mail"),
                push=getattr(self, f"{subject}_push") if self.devices else None,
            )
            for subject in Subject
        ]


def subjects_of(actor: Actor) -> list[Subject]:
    """What this person may be told about: work is that of offices."""
    has_office = actor.is_staff or actor.is_moderator or bool(actor.facilitates_boards)
    return [subject for subject in Subject if has_office or subject is not Subject.WORK]


def all_choices(made: Iterable[Choice]) -> list[Choice]:
    """Those made, and the defaults where none was."""
    chosen = DEFAULTS | {choice.subject: choice for choice in made}
    return [
        choice if choice.push is not None else replace(choice, push=DEFAULTS[subject].push)
        for subject, choice in chosen.items()
    ]


def last_morning(now: datetime, zone: ZoneInfo) -> datetime:
    """When the latest daily summary was due: it holds what happened before."""
    local = now.astimezone(zone)
    morning = datetime.combine(local.date(), MORNING, zone)
    return morning if morning <= local else datetime.combine(local.date() - timedelta(days=1), MORNING, zone)


def last_monday(now: datetime, zone: ZoneInfo) -> datetime:
    """When the latest weekly summary was due."""
    morning = last_morning(now, zone)
    return datetime.combine(morning.date() - timedelta(days=morning.weekday()), MORNING, zone)
