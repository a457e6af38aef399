"""The pages of the room: `reading`, `writing`, `steering`."""

from forum.topics.web import reading, steering, writing

routes = [*reading.routes, *writing.routes, *steering.routes]
