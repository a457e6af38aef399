"""The pages of public comment: what everybody reads and sends in first, then what its section does."""

from moderation.consultations.attachments import FILES
from moderation.consultations.web import (
    answering,
    approving,
    attaching,
    categories,
    desk,
    files,
    followers,
    following,
    further,
    hearing,
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

__all__ = ["FILES", "routes"]

routes = [
    *following.routes,
    *followers.routes,
    *looking.routes,
    *reading.routes,
    *versions.routes,
    *submitting.routes,
    *receipts.routes,
    *hearing.routes,
    *attaching.routes,
    *preparing.routes,
    *desk.routes,
    *files.routes,
    *papers.routes,
    *answering.routes,
    *categories.routes,
    *approving.routes,
    *further.routes,
    *progress.routes,
    *results.routes,
    *translating.routes,
]
