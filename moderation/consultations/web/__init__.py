"""The pages of public comment: `reading`, `submitting`, `receipts`, `desk`, `answering`, `results`."""

from moderation.consultations.web import answering, categories, desk, reading, receipts, results, submitting

routes = [
    *reading.routes,
    *submitting.routes,
    *receipts.routes,
    *desk.routes,
    *answering.routes,
    *categories.routes,
    *results.routes,
]
