"""The pages of public comment: what everybody reads and sends in first, then what its section does."""

from moderation.consultations.web import (
    answering,
    approving,
    categories,
    desk,
    following,
    further,
    looking,
    papers,
    preparing,
    progress,
    reading,
    receipts,
    results,
    submitting,
    translating,
    versions,
)

routes = [
    *following.routes,
    *looking.routes,
    *reading.routes,
    *versions.routes,
    *submitting.routes,
    *receipts.routes,
    *preparing.routes,
    *desk.routes,
    *papers.routes,
    *answering.routes,
    *categories.routes,
    *approving.routes,
    *further.routes,
    *progress.routes,
    *results.routes,
    *translating.routes,
]
