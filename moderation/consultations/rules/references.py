"""References from one answer to another, such as 「No.1の回答のとおりです」.

A clerk types {No.1}. What is kept is the group, so that the number may change until the result is published; from then
on the answer says the number in so many words.
"""

import re
from collections.abc import Mapping

from forum.errors import Invalid
from forum.i18n import _

TYPED = re.compile(r"[{｛]\s*(?:No|Ｎｏ|№)\s*[.．]?\s*(\d{1,6}|[?？])\s*[}｝]", re.IGNORECASE)
KEPT = re.compile(r"\{group:(\d{1,18})\}")
# What stands in place of the number of a group that is no more.
LOST = "?"


def kept(text: str, groups: Mapping[int, int]) -> str:
    """The text with groups in place of the numbers typed; `groups` tells the group of a number. What the form shows in place
    of a group that is no more is no reference, and no words for readers either."""

    def group(typed: re.Match[str]) -> str:
        found = groups.get(int(typed[1])) if typed[1].isdecimal() else None
        if found is None:
            raise Invalid(body=_("No.%(n)sという論点はありません。", n=typed[1]))
        return f"{{group:{found}}}"

    return TYPED.sub(group, text)


def shown(text: str, numbers: Mapping[int, int]) -> str:
    """As readers see it: 「No.1」."""
    return KEPT.sub(lambda kept: f"No.{numbers.get(int(kept[1]), LOST)}", text)


def typed(text: str, numbers: Mapping[int, int]) -> str:
    """As the form shows it to a clerk: 「{No.1}」, with the number that the group has now."""
    return KEPT.sub(lambda kept: f"{{No.{numbers.get(int(kept[1]), LOST)}}}", text)


def referred(text: str) -> set[int]:
    """The groups to which a text refers."""
    return {int(group) for group in KEPT.findall(text)}


def circular(references: Mapping[int, set[int]]) -> set[int]:
    """The groups whose answer, followed from reference to reference, comes back to itself."""
    return {group for group in references if group in reachable(group, references)}


def reachable(group: int, references: Mapping[int, set[int]]) -> set[int]:
    found: set[int] = set()
    ahead = [group]
    while ahead:
        new = references.get(ahead.pop(), set()) - found
        found |= new
        ahead += new
    return found
