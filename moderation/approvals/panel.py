"""What the desk shows of approvals beside the button that publishes."""

from dataclasses import dataclass

from forum.access import Actor, Ruling
from forum.db import Database
from moderation.approvals import queries, rules
from moderation.approvals.queries import Shown
from moderation.approvals.rules import Subject


@dataclass(frozen=True, slots=True)
class Panel:
    """`approved`: by whom, if exactly this was; `history` has the newest first."""

    approved: Shown | None
    content: str
    history: tuple[Shown, ...]
    can_ask: Ruling
    can_answer: Ruling

    @property
    def newest(self) -> Shown | None:
        return self.history[0] if self.history else None


async def panel(db: Database, actor: Actor, may: Ruling, subject: Subject) -> Panel:
    """As this person sees it. `may`: whether they may publish at all."""
    history = await queries.of(db, subject.kind, subject.id)
    waits = rules.waiting(history)
    return Panel(
        approved=next((one for one in history if one is rules.approved(history, subject.content)), None),
        content=subject.content,
        history=tuple(history),
        can_ask=rules.can_ask(may, history, subject.content),
        can_answer=rules.can_answer(may, actor, waits, subject.content) if waits else Ruling(""),
    )
