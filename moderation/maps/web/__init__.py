"""The pages of opinion maps: `asking` about the points of a digest, `answering` them, and `reading` the map."""

from moderation.maps.web import answering, asking, reading

routes = [*asking.routes, *answering.routes, *reading.routes]
