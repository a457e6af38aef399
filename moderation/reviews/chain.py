"""The chain of the log: every line carries a hash of what it says and of the line before it.

The database makes the hashes (migration 0005); they are recomputed here from docs/provenance.md alone, so that what
is wrong in one place does not verify in the other.
"""

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from forum.proof import digest, moment, those

# What the first line follows.
GENESIS = "0" * 64

Document = dict[str, object]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the log with everything that it is hashed from."""

    number: int
    id: int
    version: int
    # The decision whose appeal this one answers.
    appeal_of: int | None
    act: str
    board_id: int
    post_id: int
    moderator: str | None
    # Whoever had proposed it, where somebody else confirmed.
    proposer: str | None
    role: str
    rule_number: int | None
    rule_version: int | None
    reason: str
    text_sha256: str
    decided_at: datetime
    entry: str
    previous: str
    sha256: str

    @property
    def sealed(self) -> bool:
        """Whether it names the revision by a seal, because the post was masked."""
        return self.version in (2, 4, 6)


@dataclass(frozen=True, slots=True)
class Head:
    """How long the log was on a day, and the hash of its last line."""

    day: date
    number: int
    sha256: str
    noted_at: datetime
    # The hash of all of it.
    entry: str


def document(line: Line) -> Document:
    """What the hash of an entry is made of. A post that was masked is named by the seal of its revision; since version 3
    it also says which appealed decision it judges, since version 5 who had proposed it."""
    later: Document = {"appeal": line.appeal_of} if line.version >= 3 else {}
    if line.version >= 5:
        later["proposer"] = line.proposer
    return later | {
        "act": line.act,
        "board": line.board_id,
        "id": line.id,
        "moderator": line.moderator,
        "number": line.number,
        "post": line.post_id,
        "reason": line.reason,
        "role": line.role,
        "rule": line.rule_number,
        "rule_version": line.rule_version,
        ("seal" if line.sealed else "text"): line.text_sha256,
        "time": moment(line.decided_at),
        "version": line.version,
    }


def head_document(head: Head) -> Document:
    """What the hash of a head is made of."""
    return {
        "day": head.day.isoformat(),
        "line": head.number,
        "sha256": head.sha256,
        "time": moment(head.noted_at),
    }


def link(entry: str, previous: str) -> str:
    """The hash of a line: what it says, after what was said before."""
    return digest({"entry": entry, "previous": previous})


async def findings(lines: AsyncIterable[Line], heads: Iterable[Head]) -> AsyncIterator[str]:
    """One sentence for each line, in order of number, that is not as it was written or not where it was; for those that
    are missing between two; and for each head."""
    heads = [*heads]
    for head in heads:
        if head.entry != digest(head_document(head)):
            yield f"head of {head.day}: altered: it says something else than its hash"
    number, sha256, known = 0, GENESIS, _Heads(heads)
    async for line in lines:
        if line.number > number + 1:
            yield f"log {those('line', number + 1, line.number - 1)}: removed"
        for wrong in _wrong_with(line, number, sha256):
            yield f"log line {line.number} (decision {line.id}): {wrong}"
        for mismatch in known.until(line.number, line.sha256):
            yield mismatch
        number, sha256 = max(number, line.number), line.sha256
    for mismatch in known.beyond(number):
        yield mismatch


def _wrong_with(line: Line, number: int, sha256: str) -> Iterator[str]:
    """`number` and `sha256` are those of the line before."""
    if line.number <= number:
        yield "inserted: the number was given before"
    unsaid = (line.appeal_of if line.version < 3 else None, line.proposer if line.version < 5 else None)
    if line.entry != digest(document(line)) or unsaid != (None, None):
        yield "altered: it says something else than its hash"
    if line.sha256 != link(line.entry, line.previous):
        yield "altered: its hash is not that of its entry and the line before"
    if line.previous != sha256:
        yield f"does not follow line {number}: what stood before was altered, removed or moved"


class _Heads:
    """The published heads, compared one after the other as the lines pass by."""

    def __init__(self, heads: Iterable[Head]) -> None:
        self._left = sorted(heads, key=lambda head: (head.number, head.day))
        self._matched = 0

    def until(self, number: int, sha256: str) -> Iterator[str]:
        """What the heads say of the line with this number."""
        while self._left and self._left[0].number <= number:
            head = self._left.pop(0)
            if head.number == 0 and head.sha256 == GENESIS:
                continue
            if (head.number, head.sha256) == (number, sha256):
                self._matched = number
            else:
                yield (
                    f"head of {head.day}: line {head.number} is not the one that was published;"
                    f" rewritten after line {self._matched}"
                )

    def beyond(self, number: int) -> Iterator[str]:
        """The heads of lines that are not there."""
        for head in self._left:
            if head.number > 0 or head.sha256 != GENESIS:
                yield f"head of {head.day}: line {head.number} was published, and the log ends with line {number}"
