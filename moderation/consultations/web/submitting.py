"""The formal form: write, look at what will be published, send."""

from itsdangerous import URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum import clock
from forum.access import require
from forum.errors import Invalid, NotFound
from forum.i18n import _
from forum.middleware import client_address
from forum.pace.actions import keep_pace
from forum.people import queries as people
from forum.posts.queries import posts
from forum.posts.rules import PostView, can_read_words
from forum.screening.asking import SUBMISSION
from forum.screening.web import ask
from forum.signing import made_for
from forum.typed import typed
from forum.web import Form, actor_of, database, page, read, redirect, refill, site
from moderation.consultations import rules
from moderation.consultations.actions import receiving
from moderation.consultations.passages import passages_of
from moderation.consultations.queries import notices, versions
from moderation.consultations.rules import Act
from moderation.consultations.web.reading import consultation_of, frame
from moderation.submissions.receipts import new_receipt
from moderation.submissions.rules import BODY_LIMIT, STANDING_NAMES, WebForm, quoted

# So many of somebody's own posts are offered to be submitted.
OWN_POSTS = 10


async def form(request: Request) -> Response:
    """The form: empty, as typed, or with the words of the author's own post (?post=)."""
    consultation = await consultation_of(request)
    asked = request.query_params.get("post")
    if asked and actor_of(request).is_guest:
        return redirect(request, f"/login?next=/consultations/{consultation.id}/submissions?post={asked}")
    return await page(
        request,
        "consultations/submit.html",
        **frame(request, consultation),
        parts=await plan_options(request, consultation.id),
        standings=[(standing.value, _(name)) for standing, name in STANDING_NAMES.items()],
        newest=await versions.newest(database(request), consultation.id),
        limit=BODY_LIMIT,
        kept_days=site(request).settings.names_kept_days,
        form=getattr(request.state, "form", None) or await start(request, consultation.id, asked),
        own=await own_posts(request),
    )


async def own_posts(request: Request) -> list[PostView]:
    """The newest that their author can make into a submission."""
    author = actor_of(request).id
    if author is None:
        return []
    return await people.said(database(request), author, topics_only=False, before=None, limit=OWN_POSTS)


async def plan_options(request: Request, consultation_id: int) -> list[tuple[int, str]]:
    return [(part.id, part.heading) for part in await notices.plan(database(request), consultation_id)]


async def start(request: Request, consultation_id: int, post: str | None) -> Form:
    """Empty, or with what the reader wants to speak of: the own post, a section of the plan, a passage in it."""
    if post:
        return await from_post(request, post)
    section, passage = (request.query_params.get(name, "") for name in ("section", "passage"))
    if not section:
        return Form()
    plan = await notices.plan(database(request), consultation_id)
    part = next((part for part in plan if str(part.position) == section), None)
    if part is None:
        raise NotFound
    kept = await versions.of(database(request), consultation_id)
    chosen = {"plan_section_id": [str(part.id)], "plan_version": [str(len(kept) or 1)]}
    if not passage:
        return Form(chosen)
    ((_part, passages),) = passages_of([part], kept)
    words = {str(each.number): each.words for each in passages}
    if passage not in words:
        raise NotFound
    body = quoted(words[passage]) + "\n\n"
    return Form(chosen | {"body": [body], "passage": [f"{part.id}.{passage}"], "quoted": ["yes"]})


async def from_post(request: Request, asked: str) -> Form:
    actor = actor_of(request)
    post = await posts.post(database(request), int(asked)) if asked.isdecimal() and len(asked) < 19 else None
    if post is None or not actor.wrote(post.author_id) or not can_read_words(actor, post):
        raise NotFound
    return Form({"body": [post.raw], "post_id": [str(post.id)]})


@refill(form)
async def submit(request: Request) -> Response:
    """One button previews, one goes back to the form, one sends."""
    consultation, actor = await consultation_of(request), actor_of(request)
    require(rules.can(actor, Act.SUBMIT, consultation, clock.now()))
    fields = await typed(request)
    unanswered = await ask(request, "body", readers=SUBMISSION)
    if fields.get("do") == "back":
        request.state.form = as_typed(dict(fields))
        return await form(request)
    words = await read(request, WebForm)
    if fields.get("do") != "send":
        return await preview(request, words)
    if unanswered:
        raise Invalid(**unanswered)
    await keep_pace(database(request), "submit", actor.id or client_address(request))
    made = made_for(signer(request, consultation.id), words.once)
    taken = await receiving.submit(database(request), site(request).seal, actor, consultation.id, words, made)
    return redirect(request, f"/consultations/{consultation.id}/submissions/{taken.receipt}")


def signer(request: Request, consultation_id: int) -> URLSafeTimedSerializer:
    """Of the numbers that are made for a form: of one consultation alone."""
    return site(request).signer(f"formal submission {consultation_id}")


def as_typed(fields: dict[str, object]) -> Form:
    return Form({name: [str(text)] for name, text in fields.items()})


async def preview(request: Request, words: WebForm) -> Response:
    consultation = await consultation_of(request)
    plan = await notices.plan(database(request), consultation.id)
    await receiving.require_section(database(request), consultation.id, words.plan_section_id)
    return await page(
        request,
        "consultations/preview.html",
        **frame(request, consultation),
        words=words,
        newest=await versions.newest(database(request), consultation.id),
        form=as_typed(dict(await typed(request))),
        section=next((part for part in plan if part.id == words.plan_section_id), None),
        once=signer(request, consultation.id).dumps(new_receipt(consultation.id)),
    )


routes = [
    Route("/consultations/{id:int}/submissions", form),
    Route("/consultations/{id:int}/submissions", submit, methods=["POST"]),
]
