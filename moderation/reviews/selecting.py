"""Which lines of the log somebody wants to see: filters as an address carries them."""

from datetime import datetime, time, timedelta, tzinfo
from typing import Annotated, Literal, TypeVar
from urllib.parse import urlencode

from pydantic import BaseModel

from forum.text import EMPTY_IS_NONE, Chosen, Day, RowId
from moderation.reviews.acts import Act
from moderation.reviews.rules import RuleNumber

T = TypeVar("T")
# A field that was left empty asks for nothing.
Perhaps = Annotated[T | None, EMPTY_IS_NONE]

LOG = "/moderation/log"


class Selection(BaseModel):
    """The form over the log. Days are those of the town; `until` belongs to the period."""

    post: Perhaps[RowId] = None
    board: Perhaps[Chosen] = None
    act: Perhaps[Act] = None
    rule: RuleNumber = None
    role: Perhaps[Literal["moderator", "administrator", "facilitator"]] = None
    moderator: Perhaps[Chosen] = None
    since: Perhaps[Day] = None
    until: Perhaps[Day] = None

    @property
    def only(self) -> dict[str, object]:
        """What was chosen, by field."""
        return self.model_dump(exclude_none=True)

    def conditions(self, zone: tzinfo) -> dict[str, object]:
        """The same for a query."""
        chosen = self.only
        if self.since:
            chosen["since"] = datetime.combine(self.since, time(), zone)
        if self.until:
            chosen["until"] = datetime.combine(self.until + timedelta(days=1), time(), zone)
        return chosen

    def address(self, suffix: str = "", **more: object) -> str:
        """Where these lines are: the page, or with a suffix a file."""
        query = urlencode(self.only | more)
        return f"{LOG}{suffix}?{query}" if query else f"{LOG}{suffix}"
