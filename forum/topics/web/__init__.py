"""The pages of the room: `reading`, `returning` to it, `writing`, `responding`, `following`, `tags` and `polls`; its `feeds`."""

from forum.topics.web import feeds, following, polls, reading, responding, returning, summing, tags, writing

routes = [
    *reading.routes,
    *returning.routes,
    *summing.routes,
    *writing.routes,
    *responding.routes,
    *following.routes,
    *tags.routes,
    *polls.routes,
    *feeds.routes,
]
