"""The pages of the room: `reading`, `returning`, `writing`, `responding`, `following`, `tags`, `polls`, `phases`; its `feeds`."""

from forum.topics.web import (
    feeds,
    following,
    phases,
    polls,
    reading,
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
    *feeds.routes,
]
