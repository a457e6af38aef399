"""Everything that the slices bring to the site: their pages, jobs, channels, and what they do when something happens."""

from collections.abc import Mapping

from starlette.routing import BaseRoute

import forum.accounts.jobs
import forum.accounts.live
import forum.accounts.queries.factors
import forum.accounts.queries.identity
import forum.accounts.web
import forum.accounts.web.entering
import forum.accounts.web.factors
import forum.accounts.web.identity
import forum.accounts.web.resetting
import forum.api.web
import forum.community.web
import forum.devices.web
import forum.drafts.jobs
import forum.drafts.queries
import forum.drafts.web
import forum.files.jobs
import forum.files.web
import forum.following.queries
import forum.guides.web
import forum.notifications.jobs
import forum.notifications.live
import forum.notifications.queries
import forum.notifications.web
import forum.offices.actions
import forum.offices.web
import forum.pace.jobs
import forum.people.jobs
import forum.people.queries.settled
import forum.people.queries.spoken
import forum.people.queries.takeouts
import forum.people.web
import forum.places.queries
import forum.places.web
import forum.posts.pictures
import forum.posts.web
import forum.replying.jobs
import forum.residents.jobs
import forum.residents.queries
import forum.residents.web
import forum.search.jobs
import forum.search.web
import forum.themes.actions
import forum.themes.jobs
import forum.themes.live
import forum.themes.web
import forum.topics.actions.polling
import forum.topics.jobs
import forum.topics.live
import forum.topics.web
import moderation.appeals.web
import moderation.approvals.web
import moderation.city_answers.jobs
import moderation.city_answers.web
import moderation.consultations.jobs
import moderation.consultations.queries.followers
import moderation.consultations.web
import moderation.digests.jobs
import moderation.digests.live
import moderation.digests.web
import moderation.duties.queries
import moderation.duties.web
import moderation.figures.jobs
import moderation.figures.web
import moderation.inquiries.jobs
import moderation.inquiries.web
import moderation.maps.jobs
import moderation.maps.web
import moderation.proxies.web
import moderation.records.queries.personal
import moderation.records.web
import moderation.reminders.jobs
import moderation.reminders.web
import moderation.reviews.jobs
import moderation.reviews.live
import moderation.reviews.queries.caring
import moderation.reviews.queries.views
import moderation.reviews.web
import moderation.rights.jobs
import moderation.rights.web
import moderation.submissions.jobs
from forum.events import Event
from forum.files.seeing import Judge
from forum.jobs import Handler as JobHandler
from forum.live import Channel, Handler
from forum.people.actions import Farewell
from forum.people.portions import Portion

# Who may see a file follows what uses it.
FILES: dict[str, Judge] = {**forum.posts.pictures.FILES, **moderation.consultations.web.FILES}
# What each slice keeps for one person alone goes with them.
FAREWELLS: list[Farewell] = [
    forum.accounts.queries.identity.forget,
    forum.accounts.queries.factors.drop,
    forum.offices.actions.lay_down,
    forum.residents.queries.forget,
    forum.following.queries.forget,
    forum.notifications.queries.forget,
    forum.places.queries.forget,
    forum.drafts.queries.drop_all,
    forum.topics.actions.polling.forget,
    forum.themes.actions.forget,
    moderation.consultations.queries.followers.forget,
    moderation.reviews.queries.caring.forget,
    moderation.reviews.queries.views.forget_all,
    moderation.duties.queries.forget_calendar,
    forum.people.queries.takeouts.end,
]
# Everything that is kept about one person, as they take it along.
PORTIONS: list[Portion] = [
    *forum.people.queries.settled.SETTLED,
    *forum.people.queries.spoken.SPOKEN,
    *moderation.records.queries.personal.HANDED_IN,
    *moderation.records.queries.personal.JUDGED,
    *moderation.records.queries.personal.AT_WORK,
]
ROUTES: list[BaseRoute] = [
    *forum.accounts.web.routes,
    *forum.accounts.web.entering.routes,
    *forum.accounts.web.factors.routes,
    *forum.accounts.web.identity.routes,
    *forum.accounts.web.resetting.routes,
    *forum.offices.web.routes,
    *forum.residents.web.routes,
    *forum.api.web.routes,
    *forum.notifications.web.routes,
    *forum.devices.web.routes,
    *forum.files.web.routes(FILES),
    *forum.drafts.web.routes,
    *forum.posts.web.routes,
    *forum.places.web.routes,
    *forum.topics.web.routes,
    *forum.themes.web.routes,
    *forum.search.web.routes,
    *forum.people.web.routes,
    *forum.guides.web.routes,
    *forum.community.web.routes,
    *moderation.digests.web.routes,
    *moderation.approvals.web.routes,
    *moderation.inquiries.web.routes,
    *moderation.city_answers.web.routes,
    *moderation.proxies.web.routes,
    *moderation.maps.web.routes,
    *moderation.consultations.web.routes,
    *moderation.reviews.web.routes,
    *moderation.figures.web.routes,
    *moderation.reminders.web.routes,
    *moderation.duties.web.routes,
    *moderation.appeals.web.routes,
    *moderation.rights.web.routes,
    *moderation.records.web.routes,
]
HOURLY: dict[str, JobHandler] = {
    **forum.accounts.jobs.HOURLY,
    **forum.files.jobs.HOURLY,
    **forum.drafts.jobs.HOURLY,
    **forum.pace.jobs.HOURLY,
    **forum.notifications.jobs.HOURLY,
    **forum.search.jobs.HOURLY,
    **forum.people.jobs.hourly(FAREWELLS),
    **forum.residents.jobs.HOURLY,
    **forum.topics.jobs.HOURLY,
    **moderation.reviews.jobs.HOURLY,
    **moderation.rights.jobs.HOURLY,
    **moderation.reminders.jobs.HOURLY,
    **moderation.figures.jobs.HOURLY,
    **moderation.maps.jobs.HOURLY,
    **moderation.digests.jobs.HOURLY,
    **moderation.inquiries.jobs.HOURLY,
    **moderation.city_answers.jobs.HOURLY,
    **moderation.consultations.jobs.HOURLY,
}
JOBS: dict[str, JobHandler] = {
    **forum.accounts.jobs.JOBS,
    **forum.notifications.jobs.JOBS,
    **forum.replying.jobs.JOBS,
    **forum.people.jobs.jobs(PORTIONS),
    **forum.topics.jobs.JOBS,
    **forum.themes.jobs.JOBS,
    **moderation.submissions.jobs.JOBS,
    **moderation.consultations.jobs.JOBS,
    **moderation.rights.jobs.JOBS,
    **moderation.digests.jobs.JOBS,
}
CHANNELS: dict[str, Channel] = {
    **forum.topics.live.CHANNELS,
    **forum.themes.live.CHANNELS,
    **forum.notifications.live.CHANNELS,
    **moderation.reviews.live.CHANNELS,
    **moderation.digests.live.CHANNELS,
}
HANDLERS: list[Mapping[type[Event], list[Handler]]] = [
    forum.accounts.live.HANDLERS,
    forum.topics.live.HANDLERS,
    forum.themes.live.HANDLERS,
    forum.notifications.live.HANDLERS,
    moderation.reviews.live.HANDLERS,
    moderation.digests.live.HANDLERS,
]
# Modules that functions load, as each is a good part of a start.
LATER = (
    "moderation.consultations.exports.docx",
    "moderation.consultations.exports.xlsx",
    "moderation.consultations.importing",
)
