"""A year of moderation in numbers: added up from what the database counts. Names nobody, neither author nor reporter."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import TypeVar

from moderation.appeals.queries import Figures as Appeals
from moderation.reviews.acts import Act
from moderation.rights.queries import Figures as Claims

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Received:
    """Posts that came in on a board in a month; `held`: that a person looked at before anybody else could."""

    board_id: int
    month: int
    received: int
    held: int


@dataclass(frozen=True, slots=True)
class Decided:
    """Decisions of one kind; `overturned`: hidden posts that a later decision restored."""

    board_id: int
    month: int
    act: str
    rule: int | None
    decided: int
    overturned: int


@dataclass(frozen=True, slots=True)
class Reported:
    """Reports that name a rule (None: none of them) and what became of them: hidden, dismissed, other, or still open."""

    board_id: int
    rule: int | None
    outcome: str
    reports: int


@dataclass(frozen=True, slots=True)
class Wait:
    """How long things waited for a decision: half of them at most `median`, nine of ten at most `most` seconds."""

    kind: str
    decided: int
    median: float
    most: float


@dataclass(frozen=True, slots=True)
class Month:
    number: int
    received: int
    held: int
    decided: int


@dataclass(frozen=True, slots=True)
class OfRule:
    """What a rule was cited for, by residents and by moderators. `number` None: no rule at all."""

    number: int | None
    hidden: int
    returned: int
    overturned: int
    reports: Counter[str]

    @property
    def reported(self) -> int:
        return self.reports.total()


@dataclass(frozen=True, slots=True)
class OfBoard:
    board_id: int
    received: int
    held: int
    reported: int
    acts: Counter[str]


@dataclass(frozen=True, slots=True)
class Year:
    """Everything that is told of one calendar year of the town's."""

    received: Sequence[Received]
    decided: Sequence[Decided]
    reported: Sequence[Reported]
    waits: Sequence[Wait]
    appeals: Sequence[Appeals] = ()
    claims: Sequence[Claims] = ()
    acts: Counter[str] = field(default_factory=Counter)
    # Of proposals on boards that ask for two people.
    outcomes: Counter[str] = field(default_factory=Counter)

    @property
    def posts(self) -> int:
        return sum(row.received for row in self.received)

    @property
    def held(self) -> int:
        return sum(row.held for row in self.received)

    @property
    def reports(self) -> int:
        return sum(row.reports for row in self.reported)

    @property
    def overturned(self) -> int:
        return sum(row.overturned for row in self.decided)

    def months(self) -> list[Month]:
        """From the first to the last month in which something happened."""
        posts, held = _sums((row.month, row.received) for row in self.received), Counter[int]()
        for row in self.received:
            held[row.month] += row.held
        decided = _sums((row.month, row.decided) for row in self.decided)
        eventful = {*posts, *decided}
        months = range(min(eventful), max(eventful) + 1) if eventful else ()
        return [Month(n, posts[n], held[n], decided[n]) for n in months]

    def rules(self) -> list[OfRule]:
        """Every rule that was cited, in order; what cites none comes last, if it is a report."""
        numbers = {row.rule for row in self.decided if row.rule} | {row.rule for row in self.reported}
        return [self._of_rule(number) for number in sorted(numbers, key=lambda n: (n is None, n))]

    def _of_rule(self, number: int | None) -> OfRule:
        cited = [row for row in self.decided if row.rule == number and number is not None]
        return OfRule(
            number,
            sum(row.decided for row in cited if row.act == Act.HIDE),
            sum(row.decided for row in cited if row.act == Act.RETURN),
            sum(row.overturned for row in cited),
            _sums((row.outcome, row.reports) for row in self.reported if row.rule == number),
        )

    def boards(self) -> list[OfBoard]:
        """Every board on which something happened."""
        numbers = {row.board_id for rows in (self.received, self.decided, self.reported) for row in rows}
        return [self._of_board(number) for number in sorted(numbers)]

    def _of_board(self, number: int) -> OfBoard:
        return OfBoard(
            number,
            sum(row.received for row in self.received if row.board_id == number),
            sum(row.held for row in self.received if row.board_id == number),
            sum(row.reports for row in self.reported if row.board_id == number),
            _sums((row.act, row.decided) for row in self.decided if row.board_id == number),
        )


def added(
    received: Sequence[Received],
    decided: Sequence[Decided],
    reported: Sequence[Reported],
    waits: Sequence[Wait],
    appeals: Sequence[Appeals] = (),
    claims: Sequence[Claims] = (),
    outcomes: Mapping[str, int] | None = None,
) -> Year:
    acts = _sums((row.act, row.decided) for row in decided)
    return Year(received, decided, reported, waits, appeals, claims, acts, Counter(outcomes or {}))


def bounds(year: int, zone: tzinfo) -> tuple[datetime, datetime]:
    """From the first moment of the year in the town to the first of the next."""
    return datetime(year, 1, 1, tzinfo=zone), datetime(year + 1, 1, 1, tzinfo=zone)


def _sums(pairs: Iterable[tuple[K, int]]) -> Counter[K]:
    found: Counter[K] = Counter()
    for key, number in pairs:
        found[key] += number
    return found
