"""What the room keeps about one person, portion by portion: what each is called, and how it is found."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from forum.db import Database

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Portion:
    """Rows about the account `:account_id`."""

    name: str
    title: str
    # The references to accounts that these rows are about, as table.column.
    holds: Sequence[str]
    # Each column of `sql`, and what people call it; keys of what is nested in it, too.
    labels: Mapping[str, str]
    sql: str
    # What the codes in a column are called.
    words: Mapping[str, Mapping[Any, str]] = field(default_factory=dict)
    # The rows as everybody may read them by now, where others wrote some of it.
    readable: Callable[[Database, Rows], Awaitable[Rows]] | None = None


# Each portion in its order, with the rows of one person.
Everything = Sequence[tuple[Portion, Rows]]
