"""Polls: those of a topic with the form of a new one, and the page of each, where one answers and sees the result."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zlib import crc32

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum import clock
from forum.access import can_take_part, require
from forum.db import Database
from forum.errors import NotFound
from forum.i18n import _
from forum.screening.web import read_asking
from forum.topics import polling
from forum.topics import queries as topics
from forum.topics.actions import polling as actions
from forum.topics.counting import Tally, shared, tally
from forum.topics.polling import Ballot, Kind, NewPoll, Poll
from forum.topics.queries import polls
from forum.topics.rules import Topic
from forum.topics.web.finding import topic_of
from forum.topics.web.reading import under_title_for
from forum.web import Form, actor_of, database, page, path_id, read, redirect, refill, site

# The inputs of topics/_counts.html.
Counts = dict[str, int | str | tuple[tuple[str, int, int], ...]]


async def of_topic(request: Request) -> Response:
    """Every poll of a topic, and the form of a new one for those who may ask."""
    actor, topic = actor_of(request), await topic_of(request)
    require(polling.can_see_polls(actor, topic))
    now = clock.now()
    today = now.astimezone(site(request).renderer.zone).date()
    asked = [(poll, now < poll.closes_at) for poll in await polls.of_topic(database(request), topic.id)]
    return await page(
        request,
        "topics/polls.html",
        topic=under_title_for(actor, topic),
        polls=[(poll, is_open) for poll, is_open in asked if polling.can_see_poll(actor, topic, poll)],
        may_open=bool(polling.can_open_poll(actor, topic)),
        goes_on=any(is_open for _poll, is_open in asked),
        standing=standing(topic, [poll for poll, _is_open in asked], now),
        kinds=[(kind.value, _(name)) for kind, name in polling.KIND_NAMES.items()],
        options_max=polling.OPTIONS_MAX,
        form=getattr(request.state, "form", None)
        or Form(
            {
                "kind": [polling.Kind.SINGLE],
                "closes": [(today + timedelta(days=polling.PROPOSED_DAYS)).isoformat()],
            }
        ),
    )


@refill(of_topic)
async def open_poll(request: Request) -> Response:
    topic, new = await topic_of(request), await read_asking(request, NewPoll, "question", "options")
    zone = site(request).renderer.zone
    number = await actions.open_poll(database(request), actor_of(request), topic.id, new, zone)
    return redirect(request, f"/polls/{number}", _("投票を始めました。"))


async def show(request: Request) -> Response:
    """The question; the form of an answer as long as it is open, the counts as far as they are shown."""
    db, actor, now = database(request), actor_of(request), clock.now()
    poll, topic = await readable_poll(request)
    # As this page shows it: whatever became of it since is still to be told.
    asked = [poll if one.id == poll.id else one for one in await polls.of_topic(db, topic.id)]
    shown = polling.shows_counts(poll, now)
    stamp = await polls.stamp(db, poll.id) if shown else 0
    result = await polls.result(db, poll.id)
    counted = (result.tally if result else await count(db, poll)) if shown else None
    return await page(
        request,
        "topics/poll.html",
        topic=under_title_for(actor, topic),
        poll=poll,
        kind_name=_(polling.KIND_NAMES[Kind(poll.kind)]),
        is_open=now < poll.closes_at,
        can_vote=polling.can_vote(actor, topic, poll, now),
        may_report=bool(can_take_part(actor)) and not actor.wrote(poll.opened_by) and not poll.hidden,
        may_judge=actor.moderates(topic.board_id),
        own=await polls.ballot_of(db, poll.id, actor.id) if actor.id else None,
        standing=standing(topic, asked, now),
        stamp=stamp,
        counts=counts_of(poll, counted) if counted else None,
        result=result,
    )


@refill(show)
async def vote(request: Request) -> Response:
    ballot = await read(request, Ballot)
    await actions.vote(database(request), actor_of(request), path_id(request), ballot)
    return redirect(
        request, f"/polls/{path_id(request)}", _("票を受け付けました。締め切りまでは、変えられます。")
    )


async def count(db: Database, poll: Poll) -> Tally:
    """The ballots as they are now."""
    return tally(await polls.sheets(db, poll.id), len(poll.options), ranked=poll.kind == Kind.RANKED)


def counts_of(poll: Poll, counted: Tally) -> Counts:
    """The options with their numbers, the first place first."""
    lines = zip(poll.options, counted.counts, shared(counted.places), strict=True)
    lines_by_place = tuple(sorted(lines, key=lambda line: (line[2], -line[1])))
    return {"poll": poll.id, "kind": poll.kind, "ballots": counted.ballots, "lines": lines_by_place}


def standing(topic: Topic, asked: Sequence[Poll], now: datetime) -> int:
    """A number that differs when what may be read of the polls does, or whether they are answered."""
    each = [(poll.id, poll.hidden, now < poll.closes_at) for poll in asked]
    return crc32(repr((topic.state, topic.polls_hidden, each)).encode())


async def readable_poll(request: Request) -> tuple[Poll, Topic]:
    """The poll of the path and its topic. Raises NotFound for those who may not see it."""
    poll = await polls.poll(database(request), path_id(request))
    topic = await topics.topic(database(request), poll.topic_id) if poll else None
    if poll is None or topic is None or not polling.can_see_poll(actor_of(request), topic, poll):
        raise NotFound
    return poll, topic


routes = [
    Route("/topics/{id:int}/polls", of_topic),
    Route("/topics/{id:int}/polls", open_poll, methods=["POST"]),
    Route("/polls/{id:int}", show),
    Route("/polls/{id:int}", vote, methods=["POST"]),
]
