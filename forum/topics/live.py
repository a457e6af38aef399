"""Topics and boards as they change: one query and one rendering per event and language, for all readers."""

from collections.abc import Callable, Iterable
from functools import partial

from forum import clock
from forum.access import GUEST, Actor, can_take_part
from forum.boards import queries as boards
from forum.boards.rules import can_read
from forum.events import Event, PollChanged, PostChanged, ResponsesChanged, TopicChanged, TopicMoved
from forum.i18n import in_locale
from forum.live import Channel, Handler, Live, Viewer, row_id
from forum.posts.queries import posts
from forum.posts.rules import PostView, State, for_everyone
from forum.rendering import Renderer
from forum.topics import polling, queries, rules
from forum.topics.queries import polls
from forum.topics.queries.recaps import recap_of
from forum.topics.web.polls import Counts, count, counts_of
from realtime.protocol import CaughtUp, Delta, Resync

# A reader further behind than this fetches the page again.
CATCH_UP_MAX = 200


async def may_hear_topic(live: Live, actor: Actor, name: str) -> bool:
    number = row_id(name)
    topic = await queries.topic(live.site.db, number) if number else None
    return topic is not None and bool(rules.can_read_topic(actor, topic))


async def may_write_in_topic(live: Live, actor: Actor, name: str) -> bool:
    topic = await queries.topic(live.site.db, int(name)) if can_take_part(actor) else None
    return topic is not None and bool(rules.can_reply(actor, topic))


async def may_hear_board(live: Live, actor: Actor, name: str) -> bool:
    board = await boards.board(live.site.db, name)
    return board is not None and bool(can_read(actor, board.kind))


async def stamp_of_board(live: Live, actor: Actor, name: str) -> int:
    return (await queries.stamps(live.site.db, [name])).get(name, 0)


async def past_of_topic(live: Live, viewer: Viewer, name: str, after: int) -> CaughtUp | Resync:
    """Every post changed since, each once, as it is now; and the head, if it changed."""
    channel, db = f"topic:{name}", live.site.db
    topic = await queries.topic(db, int(name))
    changed = await posts.changed_since(db, int(name), after, CATCH_UP_MAX + 1)
    if topic is None or not rules.can_read_topic(viewer.actor, topic):
        return Resync(channel=channel, after=after)  # moved since: the page says what they may see now
    if after > topic.changes or len(changed) > CATCH_UP_MAX:
        return Resync(channel=channel, after=after)
    with in_locale(viewer.variant):
        deltas = [post_delta(live.site.renderer, post) for post in changed]
        if any(post.recap for post in changed) or await queries.head_changed_since(db, topic.id, after):
            recap = await recap_of(db, topic)
            deltas.append(head_delta(live.site.renderer, topic, recap, topic.changes))
    return CaughtUp(channel=channel, after=after, upto=topic.changes, deltas=tuple(deltas))


async def post_changed(live: Live, event: PostChanged) -> None:
    """Tells the topic's readers of the post, and the board's readers that the topic moved."""
    channel = f"topic:{event.topic_id}"
    if listening := live.hub.listening(channel):
        post = await posts.view(live.site.db, event.post_id)
        if post is not None:
            delta = partial(post_delta, live.site.renderer, post, event.change)
            live.attendance.stops_writing(channel, str(post.author_id))
            live.hub.broadcast(channel, _in_each(listening, delta))
            if post.recap:
                await _tell_head(live, event.topic_id, None)
    await _tell_board(live, event.topic_id)


async def responses_changed(live: Live, event: ResponsesChanged) -> None:
    """The line under the post; the post itself stays where the reader selects or opens something in it."""
    channel = f"topic:{event.topic_id}"
    if listening := live.hub.listening(channel):
        post = await posts.view(live.site.db, event.post_id)
        if post is not None:
            delta = partial(responses_delta, live.site.renderer, post, event.change)
            live.hub.broadcast(channel, _in_each(listening, delta))


async def topic_moved(live: Live, event: TopicMoved) -> None:
    """The old list loses it; unless everybody may read the topic, its readers are judged anew."""
    topic = await queries.topic(live.site.db, event.topic_id)
    if topic is None or not rules.can_read_topic(GUEST, topic):
        live.hub.close_channel(f"topic:{event.topic_id}")
    board = await boards.board_by_id(live.site.db, event.from_board_id)
    if board is not None and topic is not None and topic.board_id != board.id:
        channel, gone = f"board:{board.slug}", Delta(number=None, kind="remove", id=f"topic-{event.topic_id}")
        live.hub.broadcast(channel, {variant: [gone] for variant in live.hub.listening(channel)})


async def topic_changed(live: Live, event: TopicChanged) -> None:
    channel = f"topic:{event.topic_id}"
    live.attendance.stops_writing(channel)
    await _tell_head(live, event.topic_id, event.change)
    await _tell_board(live, event.topic_id)


async def _tell_head(live: Live, topic_id: int, change: int | None) -> None:
    """Under the number of the change, or of none: of what stands at the head a post told it already."""
    channel = f"topic:{topic_id}"
    if listening := live.hub.listening(channel):
        topic = await queries.topic(live.site.db, topic_id)
        if topic is not None:
            recap = await recap_of(live.site.db, topic)
            delta = partial(head_delta, live.site.renderer, topic, recap, change)
            live.hub.broadcast(channel, _in_each(listening, delta))


async def may_hear_poll(live: Live, actor: Actor, name: str) -> bool:
    """The counts of a poll that shows them."""
    poll = await polls.poll(live.site.db, row_id(name) or 0)
    topic = await queries.topic(live.site.db, poll.topic_id) if poll else None
    if poll is None or topic is None or not polling.can_see_polls(actor, topic):
        return False
    return polling.shows_counts(poll, clock.now())


async def stamp_of_poll(live: Live, actor: Actor, name: str) -> int:
    return await polls.stamp(live.site.db, int(name))


async def poll_changed(live: Live, event: PollChanged) -> None:
    channel = f"poll:{event.poll_id}"
    if listening := live.hub.listening(channel):
        poll = await polls.poll(live.site.db, event.poll_id)
        if poll is not None and await may_hear_poll(live, GUEST, str(poll.id)):
            inputs = counts_of(poll, await count(live.site.db, poll))
            live.hub.broadcast(
                channel, _in_each(listening, partial(counts_delta, live.site.renderer, inputs))
            )


def counts_delta(renderer: Renderer, inputs: Counts) -> Delta:
    html = renderer.fragment("topics/_counts.html", **inputs)
    return Delta(number=None, kind="put", id=f"poll-{inputs['poll']}", html=html)


def post_delta(renderer: Renderer, post: PostView, number: int | None = None) -> Delta:
    """What a reader's page does with the post. A held post is nothing to anyone but its author."""
    number = post.change if number is None else number
    if post.state == State.HELD:
        return Delta(number=number, kind="skip")
    html = renderer.fragment("posts/_post.html", post=for_everyone(post))
    return Delta(number=number, kind="put", id=f"post-{post.id}", html=html, order=post.number)


def responses_delta(renderer: Renderer, post: PostView, number: int) -> Delta:
    if post.state != State.VISIBLE:
        return Delta(number=number, kind="skip")
    html = renderer.fragment("posts/_responses.html", post=for_everyone(post))
    return Delta(number=number, kind="put", id=f"responses-{post.id}", html=html)


def head_delta(renderer: Renderer, topic: rules.Topic, recap: PostView | None, number: int | None) -> Delta:
    public = rules.public_topic(topic, clock.now())
    html = renderer.fragment("topics/_head.html", topic=public, recap=recap)
    return Delta(number=number, kind="put", id="topic-head", html=html)


def row_delta(renderer: Renderer, row: rules.TopicRow) -> Delta:
    html = renderer.fragment("topics/_row.html", topic=rules.public_row(row, clock.now()))
    return Delta(number=None, kind="put", id=f"topic-{row.id}", html=html, order=row.order)


async def _tell_board(live: Live, topic_id: int) -> None:
    row = (await queries.rows(live.site.db, [topic_id])).get(topic_id)
    if row is None or row.state == State.HELD:
        return
    channel = f"board:{row.board_slug}"
    delta = partial(row_delta, live.site.renderer, row)
    live.hub.broadcast(channel, _in_each(live.hub.listening(channel), delta))


def _in_each(variants: Iterable[str], delta: Callable[[], Delta]) -> dict[str, list[Delta]]:
    """The delta in every language that somebody listens in."""
    deltas = {}
    for variant in variants:
        with in_locale(variant):
            deltas[variant] = [delta()]
    return deltas


CHANNELS = {
    "topic": Channel(may_hear_topic, past_of_topic, may_write=may_write_in_topic),
    "board": Channel(may_hear_board, stamp=stamp_of_board),
    "poll": Channel(may_hear_poll, stamp=stamp_of_poll),
}
HANDLERS: dict[type[Event], list[Handler]] = {
    PostChanged: [post_changed],
    ResponsesChanged: [responses_changed],
    TopicChanged: [topic_changed],
    TopicMoved: [topic_moved],
    PollChanged: [poll_changed],
}
