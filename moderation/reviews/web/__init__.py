"""The pages of the review: `reporting` by residents, `reviewing` by moderators, the `log` for everyone."""

from moderation.reviews.web import log, reporting, reviewing

routes = [*reporting.routes, *reviewing.routes, *log.routes]
