"""The pages of the room: `reading`, `returning`, `writing` and what else its modules are called; its `feeds`."""

from forum.topics.web import (
    easing,
    feeds,
    following,
    phases,
    polls,
    reading,
    recaps,
    responding,
    returning,
    summing,
    tags,
    writing,
)

routes = [
    *reading.routes,
    *returning.routes,
    *summing.routes,
    *writing.routes,
    *responding.routes,
    *following.routes,
    *tags.routes,
    *polls.routes,
    *phases.routes,
    *recaps.routes,
    *feeds.routes,
    *easing.routes,
]
