"""Pages of numbers: daily `recounts` of the room, the `transparency` of every year, an `overview` for moderators."""

from moderation.figures.web import overview, recounts, transparency

routes = [*recounts.routes, *transparency.routes, *overview.routes]
