"""The pages of public comment: `reading`, `following`, `submitting`, `receipts`, `desk`, `answering`, `approving`, `results`."""

from moderation.consultations.web import (
    answering,
    approving,
    categories,
    desk,
    following,
    progress,
    reading,
    receipts,
    results,
    submitting,
    translating,
)

routes = [
    *following.routes,
    *reading.routes,
    *submitting.routes,
    *receipts.routes,
    *desk.routes,
    *answering.routes,
    *categories.routes,
    *approving.routes,
    *progress.routes,
    *results.routes,
    *translating.routes,
]
