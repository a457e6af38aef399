"""Where the staff say an answer of the city in easy words."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.access import require
from forum.errors import NotFound
from forum.i18n import _
from forum.posts.queries import posts
from forum.posts.rules import State
from forum.posts.web import readable_post
from forum.topics.actions import easing
from forum.web import actor_of, database, page, path_id, read, redirect, refill
from forum.wordings import queries
from forum.wordings.rules import WORDING_MAX, About, NewWording, Source, can_reword


async def wording(request: Request) -> Response:
    require(can_reword(actor_of(request)))
    return await page(request, "wordings/wording.html", source=await _answer(request), limit=WORDING_MAX)


@refill(wording)
async def reword(request: Request) -> Response:
    new, answer = await read(request, NewWording), await _answer(request)
    await easing.say_easily(database(request), actor_of(request), answer.subject_id, new)
    return redirect(request, f"/posts/{answer.subject_id}", _("やさしい日本語を保存しました。"))


async def _answer(request: Request) -> Source:
    """The answer of the path, as everybody may read it. Raises NotFound for any other post."""
    db, view = database(request), await readable_post(request)
    post = await posts.post(db, view.id)
    if post is None or not view.city_answer or view.state != State.VISIBLE:
        raise NotFound
    wording = (await queries.newest(db, About.ANSWER, [post.id])).get(post.id)
    title = f"{view.topic_title} #{view.number}"
    return Source(About.ANSWER, path_id(request), title, title, post.shown, wording)


routes = [
    Route("/wordings/answer/{id:int}", wording),
    Route("/wordings/answer/{id:int}", reword, methods=["POST"]),
]
