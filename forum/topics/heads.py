"""What stands at the head of a topic's page, and in no rule of acting."""

from dataclasses import dataclass, replace
from datetime import datetime

from forum.clock import last_moment
from forum.topics.labels import Label, labels
from forum.topics.rules import Topic, current
from forum.topics.transfers import Told, told

# After so many posts since, a summary says that it is not up to date.
RECAP_FRESH_FOR = 10


@dataclass(frozen=True, slots=True)
class TopicHead(Topic):
    """A topic with all of its head. Pages keep what they made of equal ones: it holds JSON, and no lists."""

    answer_section: str | None = None
    answer_section_en: str | None = None
    tagged: str = "[]"
    # The newest poll, if everybody may see it.
    poll_id: int | None = None
    poll_question: str | None = None
    poll_closes_at: datetime | None = None
    poll_open: bool = False
    # The summary, and the last post that it may speak of.
    recap_id: int | None = None
    recap_number: int | None = None
    recap_upto: int | None = None
    # What came from other topics, and what left.
    transferred: str = "[]"

    @property
    def recap_since(self) -> int:
        """How many posts came after the summary."""
        return self.last_number - max(self.recap_number or 0, self.recap_upto or 0)

    @property
    def recap_is_old(self) -> bool:
        return self.recap_since > RECAP_FRESH_FOR

    @property
    def tags(self) -> list[Label]:
        return labels(self.tagged)

    @property
    def transfers(self) -> list[Told]:
        return told(self.transferred)

    @property
    def poll_until(self) -> datetime | None:
        """The last moment that is in time."""
        return self.poll_closes_at and last_moment(self.poll_closes_at)


def current_head(head: TopicHead, now: datetime) -> TopicHead:
    """The topic with what depends on the time."""
    poll_open = head.poll_closes_at is not None and now < head.poll_closes_at
    return replace(current(head, now), poll_open=poll_open)
