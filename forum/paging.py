"""Pages of lists that go on by the last id shown."""

from forum.db import N

# Before the first page of what is listed newest first.
NEWEST = 2**63 - 1


def page_of(rows: list[N], size: int, address: str) -> tuple[list[N], str | None]:
    """So many of the rows, of which one more was asked for, and the address of the next page, if there are more."""
    return rows[:size], f"{address}{rows[size - 1].id}" if len(rows) > size else None
