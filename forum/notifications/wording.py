"""A notification in words: the first line of its template is the title, the rest the text."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from forum.notifications.queries import Notification
from forum.rendering import Renderer


@dataclass(frozen=True, slots=True)
class Worded:
    id: int
    kind: str
    url: str
    title: str
    text: str
    created_at: datetime
    read_at: datetime | None


def worded(renderer: Renderer, notification: Notification) -> Worded:
    """In the language of the moment. The templates are plain text: nothing in them is HTML."""
    whole = renderer.render_text(f"notifications/{notification.kind}.txt", _still_public(notification))
    title, _, text = whole.strip().partition("\n")
    return Worded(
        id=notification.id,
        kind=notification.kind,
        url=notification.url,
        title=title.strip(),
        text=text.strip(),
        created_at=notification.created_at,
        read_at=notification.read_at,
    )


def _still_public(notification: Notification) -> dict[str, Any]:
    """The parameters without words of others that were withdrawn or hidden since."""
    params = dict(notification.params)
    if notification.post_state not in (None, "visible"):
        params["excerpt"] = ""
    if notification.topic_state not in (None, "visible"):
        params["topic"] = ""
    return params
