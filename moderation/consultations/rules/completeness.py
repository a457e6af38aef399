"""When the city's answers are complete enough to be published."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from forum.access import ALLOWED, Actor, Ruling
from forum.i18n import _, _n
from moderation.consultations.rules.lifecycle import Act, Consultation, can


@dataclass(frozen=True)
class Category:
    """One way in which a city answers. A table and not an enum: every city has its own."""

    code: str
    label: str
    label_en: str
    label_plain: str
    counts_as_reflected: bool
    requires_diff: bool
    requires_reason: bool
    # Answers that have it keep it, and no new one gets it.
    retired: bool = False


@dataclass(frozen=True)
class Answering:
    """A group of opinions and the answer it has so far."""

    number: int
    title: str
    category: Category | None
    body: str
    reason: str
    plan_before: str
    plan_after: str
    # The group holds other opinions than those that were answered.
    outdated: bool = False
    # It refers to a group that is no more, or by way of others to itself.
    lost: bool = False
    circular: bool = False


def gaps(answering: Answering) -> list[str]:
    """What an answer still lacks before the city can stand behind it (43条1項4号)."""
    category = answering.category
    if category is None or not answering.body.strip():
        return [_("市の考え方がありません")]
    found = []
    if answering.outdated:
        found.append(_("意見の構成が変わったので、市の考え方を確かめて保存しなおす必要があります"))
    if answering.lost:
        found.append(_("参照している論点がなくなりました。参照先を直してください"))
    if answering.circular:
        found.append(_("参照をたどると、もとの論点に戻ってしまいます"))
    if category.requires_diff and answering.plan_before.strip() == answering.plan_after.strip():
        found.append(_("「%(label)s」には計画の修正前と修正後が必要です", label=category.label))
    if category.requires_reason and not answering.reason.strip():
        found.append(_("「%(label)s」には理由が必要です", label=category.label))
    return found


def misquotes(plan_before: str, plan: Iterable[str]) -> bool:
    """Whether the words to be changed stand nowhere in the draft. White space is no difference."""
    quoted = "".join(plan_before.split())
    return bool(quoted) and all(quoted not in "".join(body.split()) for body in plan)


def missing(answerings: Sequence[Answering]) -> list[str]:
    """Every gap of every group, as sentences that a clerk can work through."""
    return [
        _("論点%(number)s「%(title)s」: %(gap)s。", number=each.number, title=each.title, gap=gap)
        for each in answerings
        for gap in gaps(each)
    ]


def can_publish(
    actor: Actor, consultation: Consultation, lacking: Sequence[str], balanced: bool, now: datetime
) -> Ruling:
    """Publishing is refused while a group has no complete answer or an opinion has no place."""
    ruling = can(actor, Act.PUBLISH, consultation, now)
    if not ruling:
        return ruling
    if not balanced:
        return Ruling(_("行き先の決まっていない意見があります。受付の数と合うまで公表できません。"))
    if lacking:
        return Ruling(_n("公表にはあと%(n)s点が足りません。", n=len(lacking)))
    return ALLOWED
