"""The pages of the room: `reading`, `writing` and `following`; its `feeds`."""

from forum.topics.web import feeds, following, reading, writing

routes = [*reading.routes, *writing.routes, *following.routes, *feeds.routes]
