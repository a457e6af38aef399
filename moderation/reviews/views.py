"""Which items of the queue somebody wants to see: filters as an address carries them."""

from datetime import datetime, timedelta
from typing import Annotated, Literal
from urllib.parse import urlencode

from pydantic import BaseModel

from forum.access import Actor
from forum.i18n import N_
from forum.text import Chosen, Line, sized
from moderation.reviews.rules import Kind, RuleNumber
from moderation.reviews.selecting import Perhaps

QUEUE = "/queue"
# The board of whoever looks: those that they are a moderator of by name. No board is called so.
OWN_BOARDS = "~"
WAITING = {
    "late": N_("目安を超えたもの"),
    "day": N_("1日以上待っているもの"),
    "week": N_("7日以上待っているもの"),
}
LOOKING = {"me": N_("自分が確認中"), "nobody": N_("だれも確認していない")}
AGES = {"day": timedelta(days=1), "week": timedelta(days=7)}
VIEW_NAME_MAX = 30


class View(BaseModel):
    """The form over the queue."""

    kind: Perhaps[Kind] = None
    board: Perhaps[Chosen] = None
    rule: RuleNumber = None
    waiting: Perhaps[Literal["late", "day", "week"]] = None
    looking: Perhaps[Literal["me", "nobody"]] = None
    author: Perhaps[Literal["new"]] = None

    @property
    def only(self) -> dict[str, object]:
        """What was chosen, by field."""
        return self.model_dump(mode="json", exclude_none=True)

    def conditions(self, actor: Actor, now: datetime) -> dict[str, object]:
        """The same for a query, without the kind, which is a part of the index."""
        found: dict[str, object] = {}
        if self.board == OWN_BOARDS:
            found["own_boards"] = list(actor.moderates_boards)
        elif self.board:
            found["board"] = self.board
        if self.rule:
            found["rule"] = self.rule
        if self.waiting == "late":
            found["late"] = now
        elif self.waiting:
            found["opened_before"] = now - AGES[self.waiting]
        if self.looking:
            found["mine" if self.looking == "me" else "free"] = now
        if self.author:
            found["approved"] = 0
        return found

    def address(self, path: str = QUEUE, **more: object) -> str:
        query = urlencode(self.only | more)
        return f"{path}?{query}" if query else path


class NamedView(View):
    """The form that keeps a view under a name."""

    name: Annotated[Line, sized(1, VIEW_NAME_MAX)]
