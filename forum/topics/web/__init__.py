"""The pages of the room: `reading` and `writing`."""

from forum.topics.web import reading, writing

routes = [*reading.routes, *writing.routes]
