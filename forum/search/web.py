"""/search: one box, filters as words or as fields, newest or best first."""

from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from markupsafe import escape
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum import clock
from forum.boards.rules import is_late, readable_kinds
from forum.i18n import N_, _, by_locale
from forum.middleware import client_address
from forum.pace.actions import keep_pace
from forum.posts.rules import State, shown_title
from forum.search.asking import Asked
from forum.search.excerpts import excerpt
from forum.search.finding import Wanted, found, wanted
from forum.search.queries import names
from forum.search.rules import (
    FIRST,
    LETTERS_MIN,
    QUESTION_MAX,
    Hit,
    Place,
    Question,
    Suggestion,
    asked_in_all,
    no_day,
)
from forum.text import fold, visible
from forum.topics.web.finding import listed
from forum.web import COUNT_DIGITS_MAX, actor_of, database, fragment, page, query_number, read, refill, site

ASKING = ("q", "board", "tag", "author", "since", "until", "has")
KINDS = {"board": N_("会議室"), "topic": N_("話題"), "person": N_("人")}


async def box(request: Request, **found: Any) -> Response:
    choices = await names.choices(database(request), readable_kinds(actor_of(request)))
    shown: dict[str, Any] = {
        "asked_for": Question(),
        "hits": [],
        "older": None,
        "notes": [],
        "some": False,
        "rooms": _options("board", choices),
        "tags": _options("tag", choices),
        **found,
    }
    return await page(request, "search/results.html", **shown)


def _options(kind: str, choices: list[Suggestion]) -> list[tuple[str, str]]:
    given = ((one.key, by_locale(one.name, one.name_en)) for one in choices if one.kind == kind)
    return [("", _("すべて")), *given]


@refill(box)
async def search(request: Request) -> Response:
    """What was found, a page at a time; the box alone as long as nothing is asked."""
    if not any(request.query_params.get(name, "").strip() for name in ASKING):
        return await box(request)
    db, actor, place = database(request), actor_of(request), _place(request)
    question = await read(request, Question)
    asked = asked_in_all(question)
    wants = await wanted(db, actor, asked, site(request).renderer.zone)
    await keep_pace(db, "search", actor.id or client_address(request))
    hits, following = await found(db, actor, wants, question.order, place)
    return await box(
        request,
        asked_for=question,
        some=True,
        notes=_notes(asked, wants),
        hits=[_shown(hit, wants) for hit in hits],
        older=following and _address(question, following),
    )


async def suggestions(request: Request) -> Response:
    """Links to what is called like what is being typed; nothing for less than a search asks for."""
    db, actor = database(request), actor_of(request)
    typed = fold(visible(request.query_params.get("q", "")))[:QUESTION_MAX]
    await keep_pace(db, "suggest", actor.id or client_address(request))
    found = await names.suggestions(db, typed, readable_kinds(actor)) if len(typed) >= LETTERS_MIN else []
    topics = await listed(request, (int(one.key) for one in found if one.kind == "topic"))
    links = [
        (
            KINDS[one.kind],
            by_locale(one.name, one.name_en),
            _way(one),
            topics.get(int(one.key)) if one.kind == "topic" else None,
            one.kind == "person",
        )
        for one in found
    ]
    return await fragment(request, "search/_suggestions.html", links=links)


def _way(suggestion: Suggestion) -> str:
    if suggestion.kind == "person":
        return "/search?" + urlencode({"author": suggestion.key})
    return f"/{suggestion.kind}s/{suggestion.key}"


def _place(request: Request) -> Place:
    before = query_number(request, "before", FIRST.post_id)
    return Place(before, query_number(request, "score", FIRST.score, COUNT_DIGITS_MAX))


def _address(question: Question, place: Place) -> str:
    fields = {name: str(value) for name, value in question.model_dump().items() if value}
    return "/search?" + urlencode(fields | {"before": place.post_id, "score": place.score})


def _notes(asked: Asked, wants: Wanted) -> list[str]:
    """What of the question could not be followed, and what to do."""
    notes = [no_day(text) for text in asked.unclear]
    if wants.among.boards == []:
        notes.append(_("「%(name)s」という会議室はありません。", name=asked.board))
    if wants.among.tags == []:
        notes.append(_("「%(name)s」というタグはありません。", name=asked.tag))
    if wants.among.authors == []:
        notes.append(_("「%(name)s」という名前の人はいません。", name=asked.author))
    return notes


def _shown(hit: Hit, wants: Wanted) -> dict[str, object]:
    title = shown_title(hit.topic_state, hit.topic_title)
    return asdict(hit) | {
        "title": excerpt(str(escape(title)), wants.spellings if hit.topic_state == State.VISIBLE else []),
        "excerpt": excerpt(hit.html, wants.spellings),
        "waits": hit.state == State.HELD,
        "late": is_late(hit.answer_state, hit.answer_due_at, clock.now()),
    }


routes = [Route("/search", search), Route("/search/suggestions", suggestions)]
