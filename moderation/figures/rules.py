"""What must balance: every post that was received is visible, held, hidden or withdrawn. None is ever lost."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

# So many findings are written down; one is enough to look, and a thousand say no more.
FINDINGS_KEPT = 100
# The board of what is on none: posts whose topic is gone.
NO_BOARD = 0


@dataclass(frozen=True, slots=True)
class Count:
    """The posts of a board. `received` comes from the numbers that its topics gave out, the others from the posts."""

    board_id: int
    received: int
    visible: int
    held: int
    hidden: int
    withdrawn: int

    @property
    def found(self) -> int:
        return self.visible + self.held + self.hidden + self.withdrawn


@dataclass(frozen=True, slots=True)
class Recount:
    """What was found once. `found` counts all that did not agree, `findings` are the first lines of it."""

    id: int
    day: date
    checked_at: datetime
    last_post_id: int
    posts: int
    found: int
    findings: Sequence[str]

    @property
    def balances(self) -> bool:
        return self.found == 0


def imbalances(counts: Sequence[Count]) -> Iterator[str]:
    """One line for each board on which posts are missing, or are there without having been received. It says only by how
    much: the same is missing while others go on writing there."""
    for count in counts:
        if odd := count.found - count.received:
            where = f"board {count.board_id}" if count.board_id != NO_BOARD else "posts without a topic"
            yield f"{where}: {abs(odd)} {'more' if odd > 0 else 'fewer'} than the posts received"


def losses(earlier: Recount | None, still: int) -> Iterator[str]:
    """Whole topics may go with their numbers. What a recount once found must be there for ever: `still` so many are."""
    if earlier is not None and still < earlier.posts:
        yield f"posts up to {earlier.last_post_id}: {earlier.posts} on {earlier.day}, and {still} now"


def is_due(last: Recount | None, today: date) -> bool:
    """Once a day, also after a clock that was ahead; as long as something does not balance, every hour, so that the alarm ends
    when it does."""
    return last is None or last.day != today or not last.balances


def is_news(last: Recount | None, today: date, findings: Sequence[str]) -> bool:
    """Worth a row and, if it is bad, a mail: the first result of a day, or another one than before."""
    return last is None or last.day != today or [*last.findings] != [*findings[:FINDINGS_KEPT]]


def total(counts: Sequence[Count]) -> Count:
    return Count(
        NO_BOARD,
        sum(count.received for count in counts),
        sum(count.visible for count in counts),
        sum(count.held for count in counts),
        sum(count.hidden for count in counts),
        sum(count.withdrawn for count in counts),
    )
