"""The pages of the room: `reading`, `returning` to it, `writing`, `responding` and `following`; its `feeds`."""

from forum.topics.web import feeds, following, reading, responding, returning, writing

routes = [
    *reading.routes,
    *returning.routes,
    *writing.routes,
    *responding.routes,
    *following.routes,
    *feeds.routes,
]
