"""The rules of the room in their versions: which of them hold, which come, and what changed from one to the next."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby

from forum.i18n import N_
from forum.proof import moment


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """A rule in one wording, which never changes."""

    number: int
    version: int
    title: str
    title_en: str
    body: str
    body_en: str
    announced_at: datetime
    in_force_from: datetime
    sha256: str


class Standing(StrEnum):
    """Where a version is in its life."""

    ANNOUNCED = "announced"
    IN_FORCE = "in_force"
    PAST = "past"


STANDING_NAMES = {
    Standing.ANNOUNCED: N_("予告"),
    Standing.IN_FORCE: N_("いまのきまり"),
    Standing.PAST: N_("前の版"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """A version, and what it replaced."""

    rule: RuleVersion
    before: RuleVersion | None


@dataclass(frozen=True, slots=True)
class Edition:
    """What came into force at one moment."""

    in_force_from: datetime
    changes: Sequence[Change]

    def is_to_come(self, now: datetime) -> bool:
        return self.in_force_from > now


def document(rule: RuleVersion) -> dict[str, object]:
    """What the hash of a version is made of (docs/provenance.md)."""
    return {
        "announced": moment(rule.announced_at),
        "body": rule.body,
        "body_en": rule.body_en,
        "in_force_from": moment(rule.in_force_from),
        "number": rule.number,
        "title": rule.title,
        "title_en": rule.title_en,
        "version": rule.version,
    }


def in_force(versions: Iterable[RuleVersion], now: datetime) -> dict[int, RuleVersion]:
    """By number, the version of each rule that holds."""
    begun = sorted((rule for rule in versions if rule.in_force_from <= now), key=lambda rule: rule.version)
    return {rule.number: rule for rule in begun}


def standing(rule: RuleVersion, versions: Iterable[RuleVersion], now: datetime) -> Standing:
    if rule.in_force_from > now:
        return Standing.ANNOUNCED
    return Standing.IN_FORCE if in_force(versions, now)[rule.number] == rule else Standing.PAST


def ends(rule: RuleVersion, versions: Iterable[RuleVersion]) -> datetime | None:
    """When the next version took or takes its place."""
    later = [
        other.in_force_from
        for other in versions
        if other.number == rule.number and other.version > rule.version
    ]
    return min(later, default=None)


def change(rule: RuleVersion, versions: Iterable[RuleVersion]) -> Change:
    earlier = [
        other for other in versions if other.number == rule.number and other.version == rule.version - 1
    ]
    return Change(rule, earlier[0] if earlier else None)


def editions(versions: Sequence[RuleVersion]) -> list[Edition]:
    """The history of the whole, the newest first."""
    by_moment = sorted(versions, key=lambda rule: (-rule.in_force_from.timestamp(), rule.number))
    return [
        Edition(start, [change(rule, versions) for rule in rules])
        for start, rules in groupby(by_moment, key=lambda rule: rule.in_force_from)
    ]
