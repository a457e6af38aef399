"""Pages of numbers: `recounts` of the room."""

from moderation.figures.web import recounts

routes = [*recounts.routes]
