"""The rules of the room in time: what holds, what is announced, what was before."""

from datetime import UTC, datetime

import pytest

from forum.guides import rules
from forum.guides.rules import RuleVersion


def a_version(number: int, version: int, day: int) -> RuleVersion:
    start = datetime(2026, 4, day, tzinfo=UTC)
    return RuleVersion(number, version, "宣伝", "", f"第{version}版の文章", "", start, start, "")


FIRST, SECOND, OTHER, THIRD = (
    a_version(1, 1, 1),
    a_version(1, 2, 10),
    a_version(2, 1, 10),
    a_version(1, 3, 20),
)
VERSIONS = [FIRST, SECOND, THIRD, OTHER]

# day -> what holds, and the standing of the versions of rule 1
#     in force  1 v1        v2         v3
STANDINGS = """
0     -         announced   announced  announced
1     1.1       in_force    announced  announced
9     1.1       in_force    announced  announced
10    1.2 2.1   past        in_force   announced
19    1.2 2.1   past        in_force   announced
20    1.3 2.1   past        past       in_force
"""


@pytest.mark.parametrize("line", STANDINGS.strip().splitlines())
def test_a_version_holds_from_its_day_until_the_next_one(line: str) -> None:
    day, *expected, first, second, third = line.split()
    now = datetime(2026, 3, 31, tzinfo=UTC) if day == "0" else datetime(2026, 4, int(day), tzinfo=UTC)
    holding = [f"{rule.number}.{rule.version}" for rule in rules.in_force(VERSIONS, now).values()]
    assert (holding or ["-"]) == expected
    assert [rules.standing(rule, VERSIONS, now) for rule in (FIRST, SECOND, THIRD)] == [first, second, third]


def test_what_comes_into_force_together_is_one_edition() -> None:
    newest, middle, oldest = rules.editions(VERSIONS)
    assert [[change.rule for change in each.changes] for each in (newest, middle, oldest)] == [
        [THIRD],
        [SECOND, OTHER],
        [FIRST],
    ]
    assert [change.before for change in middle.changes] == [FIRST, None]


def test_a_version_ends_where_the_next_begins() -> None:
    assert rules.ends(FIRST, VERSIONS) == SECOND.in_force_from
    assert rules.ends(THIRD, VERSIONS) is None
