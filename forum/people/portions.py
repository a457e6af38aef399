"""What the room keeps about one person, portion by portion: what each is called, and how it is found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


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


# Each portion in its order, with the rows of one person.
Everything = Sequence[tuple[Portion, list[dict[str, Any]]]]
