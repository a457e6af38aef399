"""The pages of the review: `reporting` by residents, the `listing` of the queue, `reviewing` and `claiming` of its items by
moderators, the `log` for everyone."""

from moderation.reviews.web import claiming, listing, log, masking, reporting, reviewing

routes = [
    *reporting.routes,
    *listing.routes,
    *reviewing.routes,
    *claiming.routes,
    *masking.routes,
    *log.routes,
]
