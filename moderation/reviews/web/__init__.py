"""The pages of the review: `reporting` by residents, the `listing` of the queue, `reviewing` and `claiming` of its items,
`walking` from one to the next and `bulk` decisions by moderators, the `log` for everyone."""

from moderation.reviews.web import (
    bulk,
    caring,
    claiming,
    keeping,
    listing,
    log,
    masking,
    reporting,
    reviewing,
    sanctioning,
    seconding,
    transferring,
    walking,
)

routes = [
    *reporting.routes,
    *listing.routes,
    *reviewing.routes,
    *claiming.routes,
    *walking.routes,
    *bulk.routes,
    *masking.routes,
    *keeping.routes,
    *transferring.routes,
    *sanctioning.routes,
    *seconding.routes,
    *caring.routes,
    *log.routes,
]
