"""The page on which those who keep a board take posts to another topic: chosen ones, or all."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.access import require
from forum.boards import queries as boards
from forum.boards.rules import readable_kinds
from forum.i18n import _, by_locale
from forum.posts.queries import posts
from forum.posts.rules import for_reader
from forum.screening.asking import LOG
from forum.screening.web import read_asking
from forum.topics import queries as topics
from forum.topics import rules
from forum.topics.queries import transfers
from forum.topics.rules import can_move, can_read_topic, can_steer
from forum.topics.web.finding import page_number, topic_of
from forum.topics.web.reading import under_title_for
from forum.web import actor_of, database, page, redirect, refill
from moderation.reviews.actions import transferring
from moderation.reviews.acts import ACT_DONE, Act
from moderation.reviews.transferring import TakingBack, Transferring


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
    return await page(
        request,
        "reviews/transfer.html",
        topic=topic,
        title=under_title_for(actor, topic).title,
        posts=[for_reader(actor, post) for post in shown if post.number > 1],
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
    topic = await topic_of(request)
    wish = await read_asking(request, Transferring, "reason", readers=LOG)
    made = await transferring.transfer(database(request), actor_of(request), topic.id, wish)
    return redirect(request, f"/posts/{made.posts[0]}", _(ACT_DONE[Act.TRANSFER]))


@refill(choosing)
async def take_back(request: Request) -> Response:
    topic = await topic_of(request)
    wish = await read_asking(request, TakingBack, "why", readers=LOG)
    made = await transferring.take_back(database(request), actor_of(request), topic.id, wish)
    return redirect(request, f"/posts/{made.posts[0]}", _("投稿をもとの話題へ戻しました。"))


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
