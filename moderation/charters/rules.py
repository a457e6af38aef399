"""A new charter: what it changes, and whether it may come into force on that day."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from forum.guides.rules import RuleVersion
from forum.i18n import _
from forum.text import Line, Paragraphs, sized

# Whoever writes here must be able to read a rule before it holds.
ANNOUNCED_BEFORE = timedelta(days=7)


class CharterText(BaseModel):
    """A rule as a file words it."""

    model_config = ConfigDict(extra="forbid")

    number: Annotated[int, Field(ge=1, le=999)]
    title: Annotated[Line, sized(1, 80)]
    title_en: Annotated[Line, sized(1, 120)]
    body: Annotated[Paragraphs, sized(1, 2000)]
    body_en: Annotated[Paragraphs, sized(1, 4000)]

    def says_the_same_as(self, rule: RuleVersion) -> bool:
        return all(getattr(rule, name) == text for name, text in self.model_dump().items())


class Charter(BaseModel):
    """A file like charter.toml."""

    model_config = ConfigDict(extra="forbid")

    # Only of the first charter; of a new one the command says it.
    in_force_from: AwareDatetime | None = None
    rule: list[CharterText]


def newest(versions: Iterable[RuleVersion]) -> dict[int, RuleVersion]:
    """The highest version of each rule, in force or only announced."""
    return {rule.number: rule for rule in sorted(versions, key=lambda rule: rule.version)}


def changed(before: Mapping[int, RuleVersion], charter: Charter) -> list[CharterText]:
    """The rules that are new or say something else."""
    return [
        rule
        for rule in charter.rule
        if rule.number not in before or not rule.says_the_same_as(before[rule.number])
    ]


def wrong_with(
    charter: Charter, before: Mapping[int, RuleVersion], *, now: datetime, in_force_from: datetime
) -> str | None:
    """Why this charter cannot be announced, in one sentence."""
    numbers = [rule.number for rule in charter.rule]
    if twice := {number for number in numbers if numbers.count(number) > 1}:
        return _("きまり%(n)sが二つあります。", n=min(twice))
    if dropped := before.keys() - numbers:
        return _("きまり%(n)sがありません。きまりは、書きかえても、なくすことはできません。", n=min(dropped))
    changes = changed(before, charter)
    if not changes:
        return _("いまのきまりから変わったところがありません。")
    if in_force_from < now + ANNOUNCED_BEFORE:
        return _("きまりは、効力を持つ%(n)s日以上前に予告します。", n=ANNOUNCED_BEFORE.days)
    for rule in changes:
        if rule.number in before and before[rule.number].in_force_from >= in_force_from:
            return _("きまり%(n)sには、それより後に効力を持つ版がもう予告されています。", n=rule.number)
    return None
