"""What 行政手続法 asks of a notice, taken by cities as their model."""

from datetime import date, datetime, tzinfo

from forum.access import ALLOWED, Actor, Ruling
from forum.clock import last_moment
from forum.i18n import _
from moderation.consultations.rules.lifecycle import Act, Consultation, can

# 39条3項: thirty days or more, counted from the day of the notice.
FULL_PERIOD = 30


def days(opens_at: datetime, closes_at: datetime, zone: tzinfo) -> int:
    """Count the days of a period in the life of the city, the first and the last included."""
    first = opens_at.astimezone(zone).date()
    last = last_moment(closes_at).astimezone(zone).date()
    return (last - first).days + 1


def lawful_period(opens_at: datetime, closes_at: datetime, short_period_reason: str, zone: tzinfo) -> Ruling:
    """39条3項 and 40条1項: thirty days, or the reason why fewer must do."""
    if closes_at <= opens_at:
        return Ruling(_("締め切りは開始より後にしてください。"))
    length = days(opens_at, closes_at, zone)
    if length < FULL_PERIOD and not short_period_reason.strip():
        why = _("期間が%(n)s日です。%(full)s日より短くする理由を書いてください。", n=length, full=FULL_PERIOD)
        return Ruling(why)
    return ALLOWED


def lawful_result_due(closes_at: datetime, result_due: date | None, zone: tzinfo) -> Ruling:
    """Nobody can have considered opinions that have not arrived."""
    if result_due is not None and result_due < closes_at.astimezone(zone).date():
        return Ruling(_("結果の公表予定日は、締め切りの日以後にしてください。"))
    return ALLOWED


def can_announce(
    actor: Actor, consultation: Consultation, sections: int, now: datetime, zone: tzinfo
) -> Ruling:
    """A notice needs a draft to read, a lawful period and a beginning that is not past."""
    ruling = can(actor, Act.ANNOUNCE, consultation, now)
    if not ruling:
        return ruling
    if consultation.announced_at is not None:
        return Ruling(_("すでに予告しています。"))
    if sections == 0:
        return Ruling(_("計画案の本文がありません。"))
    if consultation.opens_at < now:
        return Ruling(_("開始の日時が過ぎています。期間を直すか、「いますぐ始める」を選んでください。"))
    return lawful_period(
        consultation.opens_at, consultation.closes_at, consultation.short_period_reason, zone
    )


def faults_of_announced(opens_at: datetime, sections: int, now: datetime) -> dict[str, str]:
    """What may not be made of a notice that is out: it would begin without a draft, or have begun unseen."""
    found = {}
    if sections == 0:
        found["plan"] = _("計画案の本文がありません。")
    if opens_at < now:
        found["opens_at"] = _("予告したあとは、開始をこれからの日時にしてください。")
    return found


def needs_reason(reason: str) -> Ruling:
    """43条4項: when no plan comes of it, the city says so and why."""
    return ALLOWED if reason.strip() else Ruling(_("理由を書いてください。"))
