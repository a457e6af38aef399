"""The pages of the room: `reading`, `writing` and `following`."""

from forum.topics.web import following, reading, writing

routes = [*reading.routes, *writing.routes, *following.routes]
