"""The life of a public-comment procedure and what each step needs.

Three states are read from the clock (planned, open, closed) and never stored as the clock
turns: a job that did not run cannot leave a procedure open. The others are acts of the city.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from forum.access import ALLOWED, Actor, Role, Ruling, can_take_part
from forum.i18n import N_, _
from forum.wordings.rules import source_sha256
from moderation.digests.rules import carries


class State(StrEnum):
    """Where a procedure stands, in the order of its life; the last two are other ways to end."""

    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"
    CONSIDERING = "considering"
    PUBLISHED = "published"
    NOT_CONDUCTED = "not_conducted"
    WITHDRAWN = "withdrawn"


STATE_NAMES = {
    State.PLANNED: N_("募集予定"),
    State.OPEN: N_("募集中"),
    State.CLOSED: N_("募集終了"),
    State.CONSIDERING: N_("検討中"),
    State.PUBLISHED: N_("結果公表済み"),
    State.NOT_CONDUCTED: N_("実施しなかったもの"),
    State.WITHDRAWN: N_("取りやめ"),
}


class Act(StrEnum):
    """What a person may do with a procedure."""

    EDIT = "edit"
    ANNOUNCE = "announce"
    CORRECT = "correct"
    ADD_FILE = "add_file"
    SUBMIT = "submit"
    TAKE_BACK = "take_back"
    ATTACH = "attach"
    ENTER = "enter"
    EXTEND = "extend"
    CLOSE = "close"
    CONSIDER = "consider"
    ANSWER = "answer"
    PUBLISH = "publish"
    TRANSLATE = "translate"
    REPORT = "report"
    LOOK = "look"
    SKIP = "skip"
    WITHDRAW = "withdraw"


# From which states each act is possible. Paper that arrived in time may be entered after closing,
# until considering begins, and what arrived late also after that. From the moment people can
# answer to the draft it is only corrected, by a new version.
POSSIBLE: dict[Act, tuple[State, ...]] = {
    Act.EDIT: (State.PLANNED,),
    Act.ANNOUNCE: (State.PLANNED,),
    Act.CORRECT: (State.OPEN,),
    Act.ADD_FILE: (State.PLANNED, State.OPEN),
    Act.SUBMIT: (State.OPEN,),
    Act.TAKE_BACK: (State.OPEN,),
    Act.ATTACH: (State.OPEN,),
    Act.ENTER: (State.OPEN, State.CLOSED, State.CONSIDERING),
    Act.EXTEND: (State.OPEN,),
    Act.CLOSE: (State.OPEN,),
    Act.CONSIDER: (State.CLOSED,),
    Act.ANSWER: (State.CONSIDERING,),
    Act.PUBLISH: (State.CONSIDERING,),
    Act.TRANSLATE: (State.CONSIDERING, State.PUBLISHED),
    Act.REPORT: (State.PUBLISHED,),
    Act.LOOK: (State.OPEN, State.CLOSED, State.CONSIDERING, State.PUBLISHED, State.WITHDRAWN),
    Act.SKIP: (State.PLANNED,),
    Act.WITHDRAW: (State.PLANNED, State.OPEN, State.CLOSED, State.CONSIDERING),
}

REFUSALS = {
    Act.EDIT: N_("募集を始めたあとは、計画案と期間を変えられません。"),
    Act.ANNOUNCE: N_("予告できるのは、募集を始める前だけです。"),
    Act.CORRECT: N_("計画案を訂正できるのは、募集しているあいだだけです。"),
    Act.ADD_FILE: N_("ファイルを加えられるのは、募集が終わるまでです。"),
    Act.SUBMIT: N_("いまは意見を募集していません。"),
    Act.TAKE_BACK: N_("取り下げられるのは、募集が終わるまでです。"),
    Act.ATTACH: N_("添付できるのは、募集が終わるまでです。"),
    Act.ENTER: N_("紙などで届いた意見を入力できるのは、募集の開始から結果の公表までです。"),
    Act.EXTEND: N_("期間を延ばせるのは、募集中のものだけです。"),
    Act.CLOSE: N_("締め切れるのは、募集中のものだけです。"),
    Act.CONSIDER: N_("検討を始められるのは、募集が終わってからです。"),
    Act.ANSWER: N_("市の考え方を書けるのは、検討中だけです。"),
    Act.PUBLISH: N_("公表できるのは、検討中のものだけです。"),
    Act.TRANSLATE: N_("市の考え方を言いかえられるのは、検討を始めてからです。"),
    Act.REPORT: N_("その後の報告ができるのは、結果を公表してからです。"),
    Act.LOOK: N_("まだ意見は届いていません。"),
    Act.SKIP: N_("「実施しなかったもの」にできるのは、募集を始める前だけです。"),
    Act.WITHDRAW: N_("すでに終わった手続は取りやめられません。"),
}

TOO_EARLY = N_("受付日時が、意見募集を知らせた日より前です。年と月を確かめてください。")


@dataclass(frozen=True)
class Consultation:
    """One public-comment procedure, as stored; `state_at` says where it stands."""

    id: int
    title: str
    summary: str
    section_id: int
    section_name: str
    section_name_en: str
    state: str
    announced_at: datetime | None
    opens_at: datetime
    closes_at: datetime
    short_period_reason: str
    result_due: date | None
    end_reason: str
    version: int
    published_at: datetime | None
    sha256: str | None
    # What the hash covers, see docs/provenance.md.
    hash_version: int
    # やさしい日本語, by staff.
    plain_summary: str = ""
    # Of the summary from which that was made; empty: not known.
    plain_source_sha256: str = ""
    # Of what was submitted, be it published or not.
    has_digest: bool = False

    @property
    def is_plain_stale(self) -> bool:
        """Whether the summary says something else by now: then nobody is shown the plain one."""
        known = self.plain_summary and self.plain_source_sha256
        return bool(known) and self.plain_source_sha256 != source_sha256(self.summary)

    def state_at(self, now: datetime) -> State:
        """Read the state from the clock until the city has acted."""
        if self.state not in (State.PLANNED, State.OPEN, State.CLOSED):
            return State(self.state)
        if self.announced_at is None or now < self.opens_at:
            return State.PLANNED
        return State.OPEN if now < self.closes_at else State.CLOSED


def runs(actor: Actor, consultation: Consultation) -> Ruling:
    """Only the owning section and the administrator carry a procedure."""
    return carries(actor, consultation.section_id)


def can_create(actor: Actor, section_id: int) -> Ruling:
    """Staff prepare procedures of their own section."""
    if not (ruling := can_take_part(actor)):
        return ruling
    if actor.role == Role.ADMINISTRATOR or (actor.role == Role.STAFF and actor.section_id == section_id):
        return ALLOWED
    return Ruling(_("意見募集を準備できるのは、担当課の職員と管理者だけです。"))


def can_follow(actor: Actor) -> Ruling:
    """Whoever has an account to be told at."""
    return Ruling(_("ログインしてください。")) if actor.is_guest else ALLOWED


def can_see(actor: Actor, consultation: Consultation) -> bool:
    """A procedure being prepared is the section's own business until it is announced or ended."""
    unannounced = consultation.state == State.PLANNED and consultation.announced_at is None
    return not unannounced or bool(runs(actor, consultation))


def can(actor: Actor, act: Act, consultation: Consultation, now: datetime) -> Ruling:
    """Who may do what, when. Anybody may submit and take back: the right to be heard needs no account."""
    if consultation.state_at(now) not in POSSIBLE[act]:
        return Ruling(_(REFUSALS[act]))
    return ALLOWED if act in (Act.SUBMIT, Act.TAKE_BACK, Act.ATTACH) else runs(actor, consultation)


def is_late(consultation: Consultation, received_at: datetime) -> bool:
    """必着: what counts is when it arrived."""
    return received_at >= consultation.closes_at


def is_too_early(consultation: Consultation, received_at: datetime) -> bool:
    """On a day, in the zone of `received_at`, on which nobody knew of the draft yet."""
    known = consultation.announced_at or consultation.opens_at
    return received_at.date() < known.astimezone(received_at.tzinfo).date()


def can_enter(actor: Actor, consultation: Consultation, received_at: datetime, now: datetime) -> Ruling:
    """Paper in time before considering begins; what came late also after that."""
    ruling = can(actor, Act.ENTER, consultation, now)
    if ruling and consultation.state == State.CONSIDERING and not is_late(consultation, received_at):
        return Ruling(_("検討を始めたあとに入力できるのは、締め切りのあとに届いたものだけです。"))
    return ruling
