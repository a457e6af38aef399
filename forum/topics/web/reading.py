"""Home, boards, topics: everything that is read without logging in."""

import re
from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import partial
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum import clock
from forum.access import Actor
from forum.boards import queries as boards
from forum.boards.rules import can_promise, can_start, readable_kinds
from forum.community import queries as community
from forum.community.rules import KIND_NAMES, OCCASIONS_ON_HOME
from forum.db import Database
from forum.errors import NotFound
from forum.places.mine import mine_on, unread_in
from forum.places.rules import Mine
from forum.posts.queries import posts
from forum.posts.rules import PostView, for_reader, title_for
from forum.posts.web import readable_post
from forum.topics import pacing, queries, rules
from forum.topics.heads import TopicHead
from forum.topics.phasing import can_phase
from forum.topics.polling import can_open_poll
from forum.topics.queries import answers, consultations, phases, transfers
from forum.topics.queries.recaps import recap_of
from forum.topics.recapping import can_recap
from forum.topics.rules import T, Topic, TopicRow
from forum.topics.tagging import SLUG, can_tag
from forum.topics.transfers import Sign
from forum.topics.web import following
from forum.topics.web.alike import alike, asks_for_a_page, is_like_others
from forum.topics.web.composing import composer
from forum.topics.web.finding import board_of, head_of, page_number
from forum.topics.web.leading import where_it_went
from forum.web import (
    actor_of,
    database,
    fragment,
    page,
    query_number,
    redirect,
    wants_fragment,
)
from forum.wordings.reading import easy_words
from forum.wordings.rules import About

TOPICS_ON_HOME = 4
ANSWERS_ON_HOME = 3
# A position in a board's list: pinned, seconds since 1970 of the last activity, topic.
KEY = re.compile(r"([01])_([0-9]{1,11}\.[0-9]{6})_([0-9]{1,18})")


async def home(request: Request) -> Response:
    db, now = database(request), clock.now()
    found = await boards.boards(db, readable_kinds(actor_of(request)))
    # First, so that no list is older than its stamp.
    stamps = await queries.stamps(db, [board.slug for board in found])
    towards = await answers.on_home(db, ANSWERS_ON_HOME, now)
    procedures = await consultations.on_home(db, ANSWERS_ON_HOME, now)
    easy = await easy_words(db, About.BOARD, {board.id: board.about for board in found})
    latest = await queries.latest_of_boards(db, [board.id for board in found], TOPICS_ON_HOME)
    return await page(
        request,
        "home.html",
        boards=[
            asdict(board)
            | {
                "topics": public_rows([t for t in latest if t.board_id == board.id][:TOPICS_ON_HOME]),
                "stamp": stamps.get(board.slug, 0),
                "about": easy.get(board.id, board.about),
            }
            for board in found
        ],
        consultations=[one for one in procedures if one.published_at is None],
        answered=[one for one in procedures if one.published_at],
        after_pinned=-rules.PINNED_AHEAD,
        unread_topics=await unread_in(request, (topic.id for topic in latest)),
        running=public_rows(await phases.running(db, now, TOPICS_ON_HOME)),
        owed=[one for one in towards if one.waits],
        said=[one for one in towards if not one.waits],
        occasions=await community.occasions(db, now, OCCASIONS_ON_HOME),
        kind_names=KIND_NAMES,
    )


async def board(request: Request) -> Response:
    actor, db, found = actor_of(request), database(request), await board_of(request)
    before, tag = _key(request.query_params.get("before", "")), request.query_params.get("tag", "")
    if tag and not SLUG.fullmatch(tag):
        raise NotFound
    stamps = await queries.stamps(db, [found.slug])
    topics = await queries.page_of_board(
        db,
        found.id,
        before=before,
        viewer_id=actor.id,
        sees_held=actor.moderates(found.id),
        limit=rules.TOPICS_PER_PAGE + 1,
        tag=tag,
    )
    shown, more = topics[: rules.TOPICS_PER_PAGE], len(topics) > rules.TOPICS_PER_PAGE
    address = f"/boards/{found.slug}" + (f"?{urlencode({'tag': tag})}" if tag else "")
    return await page(
        request,
        "boards/show.html",
        board=found,
        easy=(await easy_words(db, About.BOARD, {found.id: found.about})).get(found.id),
        topics=public_rows(shown),
        stamp=stamps.get(found.slug, 0),
        can_start=can_start(actor, found),
        following=await following.of_board(db, actor, found),
        may_promise=can_promise(actor, found),
        unread_topics=await unread_in(request, (topic.id for topic in shown)),
        tags=list(dict.fromkeys(label for row in shown for label in row.tags)),
        tag=tag,
        older=f"{address}{'&' if tag else '?'}before={_written(shown[-1])}" if more else None,
        newer=address if before else None,
    )


async def topic(request: Request) -> Response:
    """A page of posts; after a refused reply the newest, where the composer stands. Guests share it (forum/guests.py), and
    residents but for the blanks in it (alike.py)."""
    actor, found = actor_of(request), await head_of(request)
    if found.merged_into and (there := await where_it_went(request, found)):
        return there
    if found.proposed:
        return redirect(request, f"/themes/{found.id}")
    last_page = rules.pages(found.last_number)
    number = last_page if request.method == "POST" else page_number(request, last_page)
    # What was on one page of a topic that was merged into this one is shown on one page here, too.
    first = min(query_number(request, "from") or (number - 1) * rules.POSTS_PER_PAGE + 1, found.last_number)
    last = first + rules.POSTS_PER_PAGE - 1
    mine = await mine_on(request, found.id, first, min(last, found.last_number))
    make = partial(_topic, request, found, first)
    is_shared = asks_for_a_page(request) and not pacing.is_slow(found, clock.now())
    if mine and is_shared and is_like_others(actor, mine):
        return await alike(request, found, mine, make)
    return await make(actor, mine)


async def _topic(request: Request, found: TopicHead, first: int, actor: Actor, mine: Mine | None) -> Response:
    db, last = database(request), first + rules.POSTS_PER_PAGE - 1
    board = await boards.board_by_id(db, found.board_id)
    assert board is not None
    steers = bool(rules.can_steer(actor, found))
    can_reply = rules.can_reply(actor, found)
    slow = pacing.is_slow(found, clock.now())
    form, reply_to = await composer(request, found, may_write=bool(can_reply))
    return await page(
        request,
        "topics/show.html",
        board=board,
        topic=under_title_for(actor, found),
        recap=await recap_of(db, found),
        may_recap=bool(can_recap(actor, found)),
        posts=await _standing(db, actor, found, first, last),
        actor=actor,
        page=rules.page_of(first),
        first=first,
        last_page=rules.pages(found.last_number),
        per_page=rules.POSTS_PER_PAGE,
        can_reply=can_reply,
        slow=slow,
        opening=await posts.opening(db, found.id) if slow or found.locked else None,
        turn=await _turn(db, actor, found),
        steers=steers,
        may_open_poll=bool(can_open_poll(actor, found)),
        may_phase=bool(can_phase(actor, found)),
        may_tag=bool(can_tag(actor, found)),
        answers=rules.answers_for_city(actor, found),
        following=following.of_topic(mine) if mine else None,
        mine=mine,
        reply_to=reply_to,
        form=form,
    )


async def _standing(db: Database, actor: Actor, topic: Topic, first: int, last: int) -> list[PostView | Sign]:
    """What stands in the topic with these numbers, and a sign for each post that has left."""
    sees_held = actor.moderates(topic.board_id)
    found = await posts.numbered(db, topic.id, first, last, viewer_id=actor.id, sees_held=sees_held)
    shown: list[PostView | Sign] = [for_reader(actor, post) for post in found]
    if topic.moved_out:
        shown += await transfers.signs(db, topic.id, first, last)
    return sorted(shown, key=lambda one: one.number)


async def _turn(db: Database, actor: Actor, topic: Topic) -> datetime | None:
    """When this person may write again, if not now."""
    now = clock.now()
    if actor.id is None or not pacing.is_slow(topic, now):
        return None
    return pacing.next_turn(actor, topic, await posts.last_written(db, topic.id, actor.id), now)


async def post(request: Request) -> Response:
    """The permanent address of a post leads to its place in the topic; a script gets the post, to be opened in place."""
    found = await readable_post(request)
    if wants_fragment(request):
        return await fragment(request, "posts/_aside.html", posts=[for_reader(actor_of(request), found)])
    return redirect(request, f"/topics/{found.topic_id}?page={rules.page_of(found.number)}#post-{found.id}")


def under_title_for(actor: Actor, topic: T) -> T:
    """The topic under the title that the person may read."""
    title = title_for(actor, topic.board_id, topic.state, topic.title)
    return rules.current(replace(topic, title=title), clock.now())


def public_rows(topics: Iterable[TopicRow]) -> list[TopicRow]:
    """The rows as lists show them to everyone now."""
    now = clock.now()
    return [rules.public_row(topic, now) for topic in topics]


def _written(row: TopicRow) -> str:
    return f"{int(row.pinned)}_{row.bumped_at.timestamp():.6f}_{row.id}"


def _key(written: str) -> tuple[bool, datetime, int] | None:
    """The position in a board's list that an address carries; a broken one is not found."""
    if not written:
        return None
    parts = KEY.fullmatch(written)
    if parts is None:
        raise NotFound
    return parts[1] == "1", datetime.fromtimestamp(float(parts[2]), tz=UTC), int(parts[3])


routes = [
    Route("/", home),
    Route("/boards/{slug}", board),
    Route("/topics/{id:int}", topic),
    Route("/posts/{id:int}", post),
]
