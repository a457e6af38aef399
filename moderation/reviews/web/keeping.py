"""The page on which those who keep a board end a topic, open it again, slow it down, pin or move it, or hide its polls."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum import clock
from forum.access import require
from forum.boards import queries as boards
from forum.boards.rules import readable_kinds
from forum.guides.queries import rules_in_force
from forum.i18n import _, by_locale
from forum.screening.asking import LOG
from forum.screening.web import read_asking
from forum.topics.pacing import is_slow
from forum.topics.rules import Topic, can_move, can_steer
from forum.topics.web.finding import topic_of
from forum.topics.web.reading import under_title_for
from forum.web import actor_of, database, page, redirect, refill
from moderation.reviews.actions import keeping
from moderation.reviews.acts import ACT_DONE, Act
from moderation.reviews.keeping import HOURS, MINUTES, Keeping
from moderation.reviews.rules import spell
from moderation.reviews.web.listing import titled


async def choosing(request: Request) -> Response:
    actor, topic = actor_of(request), await topic_of(request)
    shown = await _choices(request, topic, Act.HIDE_POLL)
    hidden = await _choices(request, topic, Act.SHOW_POLL)
    steers = can_steer(actor, topic)
    if not shown and not hidden:
        require(steers)
    slow = is_slow(topic, clock.now())
    return await page(
        request,
        "reviews/keep.html",
        topic=topic,
        title=under_title_for(actor, topic).title,
        slow=slow,
        acts=await keeping.acts_for(database(request), actor, topic) if steers else (),
        shown_polls=shown,
        hidden_polls=hidden,
        rule_options=[
            (number, f"{number}. {title}")
            for number, title in titled(await rules_in_force(database(request))).items()
        ],
        boards=[
            (board.id, by_locale(board.name, board.name_en))
            for board in await boards.boards(database(request), readable_kinds(actor))
            if board.id != topic.board_id and can_move(actor, topic, board)
        ],
        minutes=[(minutes, spell(timedelta(minutes=minutes))) for minutes in MINUTES],
        hours=[(hours, _(name)) for hours, name in HOURS.items()],
    )


async def _choices(request: Request, topic: Topic, act: Act) -> list[tuple[int, str]]:
    found = await keeping.polls_for(database(request), actor_of(request), topic, act)
    return [(poll.id, poll.question) for poll in found]


@refill(choosing)
async def keep(request: Request) -> Response:
    topic = await topic_of(request)
    wish = await read_asking(request, Keeping, "reason", readers=LOG)
    await keeping.keep(database(request), actor_of(request), topic.id, wish)
    return redirect(request, f"/topics/{topic.id}", _(ACT_DONE[wish.act]))


routes = [
    Route("/topics/{id:int}/keep", choosing),
    Route("/topics/{id:int}/keep", keep, methods=["POST"]),
]
