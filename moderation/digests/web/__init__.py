"""The pages of digests: `starting` one, `sorting` at the bench, `publishing`, and `reading` what was published."""

from moderation.digests.web import publishing, reading, sorting, starting

routes = [*starting.routes, *sorting.routes, *publishing.routes, *reading.routes]
