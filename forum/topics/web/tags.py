"""/tags: the list, what bears a tag, its feed; and the tags of a topic."""

import re
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.access import require
from forum.boards.rules import readable_kinds
from forum.errors import NotFound
from forum.i18n import _
from forum.topics import rules, tagging
from forum.topics.actions import tagging as actions
from forum.topics.queries import tags
from forum.topics.rules import TopicRow
from forum.topics.tagging import Choice, Naming, NewTag, Tag
from forum.topics.web.finding import topic_of
from forum.topics.web.reading import public_rows, under_title_for
from forum.web import Form, actor_of, database, page, read, redirect, refill

# A position in the list: seconds since 1970 of the last activity, topic.
KEY = re.compile(r"([0-9]{1,11}\.[0-9]{6})_([0-9]{1,18})")


async def index(request: Request) -> Response:
    actor = actor_of(request)
    return await page(
        request,
        "topics/tags.html",
        tags=await tags.every(database(request), readable_kinds(actor)),
        may_keep=bool(tagging.can_keep_tags(actor)),
    )


@refill(index)
async def add(request: Request) -> Response:
    require(tagging.can_keep_tags(actor_of(request)))
    new = await read(request, NewTag)
    await actions.add(database(request), actor_of(request), new)
    return redirect(request, "/tags", _("タグ「%(name)s」を加えました。", name=new.name))


async def tag_of(request: Request) -> Tag:
    """The tag of the path. Raises NotFound if there is none."""
    kinds = readable_kinds(actor_of(request))
    found = await tags.tag(database(request), request.path_params["slug"], kinds)
    if found is None:
        raise NotFound
    return found


async def show(request: Request) -> Response:
    """The topics that bear the tag, on every board that the person may read."""
    actor, found = actor_of(request), await tag_of(request)
    before = _key(request.query_params.get("before", ""))
    rows = await tags.page_of_tag(
        database(request), found.id, readable_kinds(actor), before, rules.TOPICS_PER_PAGE + 1
    )
    shown, more = rows[: rules.TOPICS_PER_PAGE], len(rows) > rules.TOPICS_PER_PAGE
    return await page(
        request,
        "topics/tag.html",
        tag=found,
        topics=public_rows(shown),
        may_keep=bool(tagging.can_keep_tags(actor)),
        older=f"/tags/{found.slug}?before={_written(shown[-1])}" if more else None,
        newer=f"/tags/{found.slug}" if before else None,
        form=getattr(request.state, "form", None) or Form(),
    )


@refill(show)
async def rename(request: Request) -> Response:
    slug = request.path_params["slug"]
    await actions.rename(database(request), actor_of(request), slug, await read(request, Naming))
    return redirect(request, f"/tags/{slug}", _("名前を変えました。"))


async def retire(request: Request) -> Response:
    slug = request.path_params["slug"]
    await actions.retire(database(request), actor_of(request), slug)
    return redirect(request, f"/tags/{slug}")


async def bring_back(request: Request) -> Response:
    slug = request.path_params["slug"]
    await actions.bring_back(database(request), actor_of(request), slug)
    return redirect(request, f"/tags/{slug}")


async def choose_form(request: Request) -> Response:
    db, actor, topic = database(request), actor_of(request), await topic_of(request)
    require(tagging.can_tag(actor, topic))
    chosen = await tags.of_topic(db, topic.id)
    return await page(
        request,
        "topics/tagging.html",
        topic=under_title_for(actor, topic),
        tags=[tag for tag in await tags.every(db, []) if not tag.retired or tag.id in chosen],
        chosen=chosen,
        most=tagging.TAGS_PER_TOPIC,
    )


@refill(choose_form)
async def choose(request: Request) -> Response:
    topic, choice = await topic_of(request), await read(request, Choice)
    await actions.choose(database(request), actor_of(request), topic.id, choice)
    return redirect(request, f"/topics/{topic.id}")


def _written(row: TopicRow) -> str:
    return f"{row.bumped_at.timestamp():.6f}_{row.id}"


def _key(written: str) -> tuple[datetime, int] | None:
    """The position that an address carries; a broken one is not found."""
    if not written:
        return None
    parts = KEY.fullmatch(written)
    if parts is None:
        raise NotFound
    return datetime.fromtimestamp(float(parts[1]), tz=UTC), int(parts[2])


routes = [
    Route("/tags", index),
    Route("/tags", add, methods=["POST"]),
    Route("/tags/{slug}", show),
    Route("/tags/{slug}", rename, methods=["POST"]),
    Route("/tags/{slug}/retire", retire, methods=["POST"]),
    Route("/tags/{slug}/bring-back", bring_back, methods=["POST"]),
    Route("/topics/{id:int}/tags", choose_form),
    Route("/topics/{id:int}/tags", choose, methods=["POST"]),
]
