"""The figures of a year as data: one document, or one row for each number."""

import csv
import io
from collections.abc import Iterator, Mapping

from forum.cells import harmless
from moderation.figures.years import Year

FIELDS = ("figure", "month", "board", "rule", "what", "number")


def document(number: int, year: Year, boards: Mapping[int, str]) -> dict[str, object]:
    """`boards`: the names in addresses, by id."""
    return {
        "year": number,
        "received": year.posts,
        "held": year.held,
        "decisions": dict(year.acts),
        "overturned": year.overturned,
        "reports": year.reports,
        "seconds_to_decision": {
            wait.kind: {"decided": wait.decided, "median": wait.median, "p90": wait.most}
            for wait in year.waits
        },
        "figures": [dict(zip(FIELDS, row, strict=True)) for row in rows(year, boards)],
    }


def rows(year: Year, boards: Mapping[int, str]) -> Iterator[tuple[object, ...]]:
    """Every number with what it counts."""
    for posts in year.received:
        board = boards.get(posts.board_id)
        yield "posts", posts.month, board, None, "received", posts.received
        yield "posts", posts.month, board, None, "held", posts.held
    for made in year.decided:
        board = boards.get(made.board_id)
        yield "decisions", made.month, board, made.rule, made.act, made.decided
        if made.overturned:
            yield "decisions", made.month, board, made.rule, "overturned", made.overturned
    for sent in year.reported:
        yield "reports", None, boards.get(sent.board_id), sent.rule, sent.outcome, sent.reports
    for wait in year.waits:
        yield "seconds_to_decision", None, None, None, f"{wait.kind} median", wait.median
        yield "seconds_to_decision", None, None, None, f"{wait.kind} p90", wait.most
    for contested in year.appeals:
        for outcome in ("upheld", "partly", "overturned"):
            what = f"{contested.act} {outcome}"
            yield "appeals", None, None, contested.rule_number, what, getattr(contested, outcome)
        yield "appeals", None, None, contested.rule_number, f"{contested.act} filed", contested.appeals
    for outcome, proposals in sorted(year.outcomes.items()):
        yield "proposals", None, None, None, outcome, proposals
    for claims in year.claims:
        for step in ("received", "asked", "objected", "granted", "refused", "gone"):
            yield "rights_requests", None, None, None, f"{claims.infringed} {step}", getattr(claims, step)


def as_csv(year: Year, boards: Mapping[int, str]) -> bytes:
    """UTF-8 with a byte order mark, because Excel guesses Shift_JIS without one."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(FIELDS)
    for row in rows(year, boards):
        writer.writerow(["" if cell is None else harmless(str(cell)) for cell in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()
