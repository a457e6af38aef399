"""The pages of digests: `starting` one, `sorting` it, `objecting`, `publishing`, and `reading` what was published."""

from moderation.digests.web import objecting, publishing, reading, sorting, starting

routes = [*starting.routes, *sorting.routes, *objecting.routes, *publishing.routes, *reading.routes]
