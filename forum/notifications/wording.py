"""A notification in words: the first line of its template is the title, the rest the text."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from forum import clock
from forum.access import GUEST
from forum.accounts import queries as accounts
from forum.accounts.factors import as_proven
from forum.boards.rules import is_late
from forum.notifications.queries import Notification
from forum.notifications.rules import SUBJECT_OF, Subject
from forum.pictures import spoken
from forum.rendering import Renderer
from forum.web import Site

# What stands in a topic besides its posts: what its phases are called, and ask.
OF_TOPIC = frozenset({"phase", "asks"})


@dataclass(frozen=True, slots=True)
class Worded:
    id: int
    kind: str
    url: str
    # What it is about: the title of a topic, if all may still read it.
    topic: str
    topic_id: int | None
    answer_state: str | None
    late: bool
    by: str  # the name in the title, if there is one
    title: str
    text: str
    created_at: datetime
    read_at: datetime | None


def worded(
    renderer: Renderer, notification: Notification, *, under_topic: bool = False, office_waits: bool = False
) -> Worded:
    """In the language of the moment; `under_topic` leaves out the title that stands above, `office_waits` all that an office is
    told. The templates are plain text: nothing in them is HTML."""
    is_kept_back = office_waits and is_of_office(notification)
    params = {} if is_kept_back else _still_public(notification) | {"under_topic": under_topic}
    template = "mail/office_waits.txt" if is_kept_back else f"notifications/{notification.kind}.txt"
    whole = renderer.render(template, params)
    title, _, text = whole.strip().partition("\n")
    return Worded(
        id=notification.id,
        kind=notification.kind,
        url=notification.url,
        topic=params.get("topic") or "",
        topic_id=notification.topic_id,
        answer_state=notification.answer_state,
        late=is_late(notification.answer_state, notification.answer_due_at, clock.now()),
        by=params.get("by") or "",
        title=title.strip(),
        text=spoken(text.strip()),
        created_at=notification.created_at,
        read_at=notification.read_at,
    )


def is_of_office(notification: Notification) -> bool:
    """Whether it tells what only somebody with an office is told: of their work, or of the staff room."""
    return notification.is_internal or SUBJECT_OF[notification.kind] is Subject.WORK


async def office_waits(site: Site, account_id: int) -> bool:
    """Whether the person has an office that does not count before they have a second factor."""
    person = await accounts.actor(site.db, account_id) or GUEST
    return as_proven(person, is_required=site.settings.asks_second_factor).lacks_second_factor


def by_topic(notices: list[Worded]) -> list[tuple[str, list[Worded]]]:
    """(title of the topic, its notices), in the order of the first of each; under no title what is about none."""
    groups: dict[int | None, list[Worded]] = {}
    for notice in notices:
        groups.setdefault(notice.topic_id if notice.topic else None, []).append(notice)
    return [(group[0].topic, group) for group in groups.values()]


def _still_public(notification: Notification) -> dict[str, Any]:
    """The parameters without words of others that were withdrawn or hidden since."""
    params = dict(notification.params)
    if notification.post_state not in (None, "visible"):
        params["excerpt"] = ""
    if notification.topic_state not in (None, "visible"):
        params |= dict.fromkeys(("topic", *(params.keys() & OF_TOPIC)), "")
    return params
