"""Pages of numbers: daily `recounts` of the room, and the `transparency` of every year."""

from moderation.figures.web import recounts, transparency

routes = [*recounts.routes, *transparency.routes]
