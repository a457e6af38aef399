"""The pages of public comment: `reading`, `submitting`, `desk`, `answering`, `results`."""

from moderation.consultations.web import answering, desk, reading, results, submitting

routes = [*reading.routes, *submitting.routes, *desk.routes, *answering.routes, *results.routes]
