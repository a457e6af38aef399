"""Where the staff say in easy words what boards are about, the rules and answers of the city, beside the originals."""

from collections.abc import Sequence
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum import clock
from forum.access import require
from forum.boards import queries as boards
from forum.boards.rules import readable_kinds
from forum.errors import NotFound
from forum.guides.queries import rule_versions
from forum.guides.rules import in_force
from forum.i18n import _
from forum.posts.queries import answers
from forum.web import actor_of, database, page, path_id, read, redirect, refill
from forum.wordings import actions, queries
from forum.wordings.rules import WORDING_MAX, About, NewWording, Source, can_reword

# Of the city to discussions, the newest.
ANSWERS = 100


async def sources(request: Request) -> Sequence[Source]:
    """Every text that may be reworded, with its wording: those that say something else by now first, then those without."""
    db, kinds = database(request), readable_kinds(actor_of(request))
    rules = in_force(await rule_versions(db), clock.now()).values()
    found = [
        *(Source(About.RULE, rule.number, rule.title, rule.title_en, rule.body) for rule in rules),
        *(
            Source(About.BOARD, board.id, board.name, board.name_en, board.about)
            for board in await boards.boards(db, kinds)
        ),
        *(
            Source(About.ANSWER, post_id, f"{title} #{number}", f"{title} #{number}", words)
            for post_id, title, number, words in await answers.of_city(db, kinds, ANSWERS)
        ),
    ]
    wordings = {
        about: await queries.newest(db, about, [one.subject_id for one in found if one.about is about])
        for about in About
    }
    filled = [replace(one, wording=wordings[one.about].get(one.subject_id)) for one in found]
    return sorted(filled, key=lambda one: (not one.is_stale, one.wording is not None))


async def wordings(request: Request) -> Response:
    require(can_reword(actor_of(request)))
    return await page(request, "wordings/index.html", sources=await sources(request))


async def wording(request: Request) -> Response:
    require(can_reword(actor_of(request)))
    return await page(request, "wordings/wording.html", source=await _source(request), limit=WORDING_MAX)


@refill(wording)
async def reword(request: Request) -> Response:
    new = await read(request, NewWording)
    await actions.reword(database(request), actor_of(request), await _source(request), new)
    return redirect(request, "/wordings", _("やさしい日本語を保存しました。"))


async def _source(request: Request) -> Source:
    asked = request.path_params["about"], path_id(request)
    for one in await sources(request):
        if (one.about.value, one.subject_id) == asked:
            return one
    raise NotFound


routes = [
    Route("/wordings", wordings),
    Route("/wordings/{about}/{id:int}", wording),
    Route("/wordings/{about}/{id:int}", reword, methods=["POST"]),
]
