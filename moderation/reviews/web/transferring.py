"""The page on which those who keep a board take posts to another topic: chosen ones, or all."""

import re

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.access import require
from forum.boards import queries as boards
from forum.boards.rules import readable_kinds
from forum.i18n import _, by_locale
from forum.posts.queries import posts
from forum.posts.rules import PostView, can_know_of, for_reader
from forum.screening.asking import LOG, LOG_AND_TITLE
from forum.screening.web import read_asking
from forum.topics import queries as topics
from forum.topics import rules
from forum.topics.queries import transfers
from forum.topics.rules import Topic, can_move, can_read_topic, can_steer
from forum.topics.transfers import CHOSEN_MAX
from forum.topics.web.finding import page_number, topic_of
from forum.topics.web.reading import under_title_for
from forum.typed import texts, typed
from forum.web import Form, actor_of, database, page, redirect, refill
from moderation.reviews.actions import transferring
from moderation.reviews.acts import ACT_DONE, Act
from moderation.reviews.transferring import TakingBack, Transferring, Way

# What the buttons that lead to another page say instead of a way.
TURN = "turn"
DIGITS = re.compile(r"[0-9]{1,18}")


async def choosing(request: Request) -> Response:
    actor, topic, db = actor_of(request), await topic_of(request), database(request)
    require(can_steer(actor, topic))
    last_page = rules.pages(topic.last_number)
    number = page_number(request, last_page)
    first = (number - 1) * rules.POSTS_PER_PAGE + 1
    shown = await posts.numbered(
        db,
        topic.id,
        first,
        first + rules.POSTS_PER_PAGE - 1,
        viewer_id=None,
        sees_held=actor.moderates(topic.board_id),
    )
    here = [for_reader(actor, post) for post in shown if post.number > 1]
    return await page(
        request,
        "reviews/transfer.html",
        topic=topic,
        title=under_title_for(actor, topic).title,
        posts=here,
        elsewhere=await _chosen_elsewhere(request, topic, {post.id for post in here}),
        page=number,
        last_page=last_page,
        board_id=topic.board_id,
        boards=[
            (board.id, by_locale(board.name, board.name_en))
            for board in await boards.boards(db, readable_kinds(actor))
            if can_move(actor, topic, board)
        ],
        came=await _came(request, topic.id),
    )


@refill(choosing)
async def transfer(request: Request) -> Response:
    """Or another page to choose from, with all that was chosen and typed."""
    way = (await typed(request)).get("way")
    if way == TURN:
        request.state.form = Form(await texts(request))
        return await choosing(request)
    topic = await topic_of(request)
    said, readers = (("reason", "title"), LOG_AND_TITLE) if way == Way.NEW else (("reason",), LOG)
    wish = await read_asking(request, Transferring, *said, readers=readers)
    made = await transferring.transfer(database(request), actor_of(request), topic.id, wish)
    return redirect(request, f"/posts/{made.posts[0]}", _(ACT_DONE[Act.TRANSFER]))


@refill(choosing)
async def take_back(request: Request) -> Response:
    topic = await topic_of(request)
    wish = await read_asking(request, TakingBack, "why", readers=LOG)
    made = await transferring.take_back(database(request), actor_of(request), topic.id, wish)
    return redirect(request, f"/posts/{made.posts[0]}", _("投稿をもとの話題へ戻しました。"))


async def _chosen_elsewhere(request: Request, topic: Topic, here: set[int]) -> list[PostView]:
    """What was chosen on other pages of the topic, in order."""
    actor, form = actor_of(request), getattr(request.state, "form", None) or Form()
    chosen = {int(one) for one in form.values.get("posts", ())[:CHOSEN_MAX] if DIGITS.fullmatch(one)} - here
    found = await posts.views(database(request), [*chosen])
    return [
        for_reader(actor, post)
        for post in sorted(found, key=lambda post: post.number)
        if post.topic_id == topic.id and post.number > 1 and can_know_of(actor, post)
    ]


async def _came(request: Request, topic_id: int) -> list[tuple[int, str]]:
    """What may go back, by the topics from which it came, as far as the person knows of them."""
    actor, db, came = actor_of(request), database(request), list[tuple[int, str]]()
    for one in await transfers.to_topic(db, topic_id):
        found = await topics.topic(db, one.from_topic_id)
        if found and can_read_topic(actor, found):
            title = under_title_for(actor, found).title
            came.append((one.id, _("「%(topic)s」からの%(n)s件", topic=title, n=len(one.posts))))
    return came


routes = [
    Route("/topics/{id:int}/transfer", choosing),
    Route("/topics/{id:int}/transfer", transfer, methods=["POST"]),
    Route("/topics/{id:int}/transfer/back", take_back, methods=["POST"]),
]
