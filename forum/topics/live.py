"""Topics and boards as they change: one query and one rendering per event and variant, for all readers."""

from collections.abc import Callable, Iterable
from functools import partial

from forum import clock
from forum.access import GUEST, Actor, Role, can_take_part
from forum.boards import queries as boards
from forum.boards.rules import can_read
from forum.events import (
    Event,
    PollChanged,
    PostChanged,
    PostsTransferred,
    ResponsesChanged,
    TopicChanged,
    TopicMoved,
)
from forum.live import Channel, Handler, Live, Viewer, in_variant, row_id
from forum.posts.queries import posts
from forum.posts.rules import State
from forum.topics import polling, queries, rules
from forum.topics.deltas import counts_delta, head_delta, post_delta, responses_delta, row_delta, sign_delta
from forum.topics.heads import TopicHead
from forum.topics.queries import polls, transfers
from forum.topics.queries.recaps import recap_of
from forum.topics.web.polls import count, counts_of, standing
from realtime.protocol import CaughtUp, Delta, Resync

# A reader further behind than this fetches the page again: changes, and what they say (readings make words ten times as long).
CATCH_UP_MAX = 200
CATCH_UP_CHARACTERS = 1_000_000
# Somebody who reads every board and keeps none: what they may not see, no page is told of.
COLLEAGUE = Actor(role=Role.STAFF)


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
    channel = f"topic:{name}"
    topic = await queries.head(live.site.db, int(name))
    if topic is None or not rules.can_read_topic(viewer.actor, topic):
        return Resync(channel=channel, after=after)  # moved since: the page says what they may see now
    changed = await _changed_since(live, topic, after)
    if changed is None or after > topic.changes:
        return Resync(channel=channel, after=after)
    deltas = await in_variant(live.site.renderer, viewer.variant, changed)
    if _is_too_long(deltas):
        return Resync(channel=channel, after=after)
    return CaughtUp(channel=channel, after=after, upto=topic.changes, deltas=tuple(deltas))


async def _changed_since(live: Live, topic: TopicHead, after: int) -> list[Callable[[], Delta]] | None:
    """What makes the deltas of everything that changed, in order; None: it is too much."""
    db, renderer = live.site.db, live.site.renderer
    changed = await posts.changed_since(db, topic.id, after, CATCH_UP_MAX + 1)
    left = await transfers.signs_since(db, topic.id, after, CATCH_UP_MAX + 1)
    if len(changed) + len(left) > CATCH_UP_MAX:
        return None
    made = [(post.change, partial(post_delta, renderer, post)) for post in changed]
    made += [(sign.change, partial(sign_delta, renderer, sign)) for sign in left]
    deltas: list[Callable[[], Delta]] = [delta for _change, delta in sorted(made, key=lambda one: one[0])]
    if any(post.recap for post in changed) or await queries.head_changed_since(db, topic.id, after):
        deltas.append(partial(head_delta, renderer, topic, await recap_of(db, topic), topic.changes))
    return deltas


def _is_too_long(deltas: Iterable[Delta]) -> bool:
    return sum(len(delta.html or "") for delta in deltas) > CATCH_UP_CHARACTERS


async def posts_transferred(live: Live, event: PostsTransferred) -> None:
    """What came, or the signs of what left, at once for all readers; or that each has to fetch the page."""
    channel = f"topic:{event.topic_id}"
    topic = await queries.head(live.site.db, event.topic_id)
    if topic is None:
        return
    if listening := live.hub.listening(channel):
        changed = await _changed_since(live, topic, event.after)
        told = {} if changed is None else await _in_each(live, listening, *changed)
        if changed is None or any(map(_is_too_long, told.values())):
            live.hub.resync(channel)
        else:
            live.hub.broadcast(channel, told)
    if topic.merged_into is None:
        await _tell_board(live, topic.id)
    else:
        _leave_board(live, topic.board_slug, topic.id)


async def post_changed(live: Live, event: PostChanged) -> None:
    """Tells the topic's readers of the post, and the board's readers that the topic moved."""
    channel = f"topic:{event.topic_id}"
    if listening := live.hub.listening(channel):
        post = await posts.view(live.site.db, event.post_id)
        if post is not None and post.topic_id == event.topic_id:
            delta = partial(post_delta, live.site.renderer, post, event.change)
            live.attendance.stops_writing(channel, str(post.author_id))
            live.hub.broadcast(channel, await _in_each(live, listening, delta))
            if post.recap:
                await _tell_head(live, event.topic_id, None)
    await _tell_board(live, event.topic_id)


async def responses_changed(live: Live, event: ResponsesChanged) -> None:
    """The line under the post; the post itself stays where the reader selects or opens something in it."""
    channel = f"topic:{event.topic_id}"
    if listening := live.hub.listening(channel):
        post = await posts.view(live.site.db, event.post_id)
        if post is not None and post.topic_id == event.topic_id:
            delta = partial(responses_delta, live.site.renderer, post, event.change)
            live.hub.broadcast(channel, await _in_each(live, listening, delta))


async def topic_moved(live: Live, event: TopicMoved) -> None:
    """The old list loses it; unless everybody may read the topic, its readers are judged anew."""
    topic = await queries.topic(live.site.db, event.topic_id)
    if topic is None or not rules.can_read_topic(GUEST, topic):
        live.hub.close_channel(f"topic:{event.topic_id}")
    board = await boards.board_by_id(live.site.db, event.from_board_id)
    if board is not None and topic is not None and topic.board_id != board.id:
        _leave_board(live, board.slug, event.topic_id)


async def topic_changed(live: Live, event: TopicChanged) -> None:
    channel = f"topic:{event.topic_id}"
    live.attendance.stops_writing(channel)
    live.hub.resync(f"polls:{event.topic_id}")  # what their pages show depends on the reader
    await _tell_head(live, event.topic_id, event.change)
    await _tell_board(live, event.topic_id)


async def _tell_head(live: Live, topic_id: int, change: int | None) -> None:
    """Under the number of the change, or of none: of what stands at the head a post told it already."""
    channel = f"topic:{topic_id}"
    if listening := live.hub.listening(channel):
        topic = await queries.head(live.site.db, topic_id)
        if topic is not None:
            recap = await recap_of(live.site.db, topic)
            delta = partial(head_delta, live.site.renderer, topic, recap, change)
            live.hub.broadcast(channel, await _in_each(live, listening, delta))


async def may_hear_polls(live: Live, actor: Actor, name: str) -> bool:
    """That something became of what a topic asks."""
    topic = await queries.topic(live.site.db, row_id(name) or 0)
    return topic is not None and bool(polling.can_see_polls(actor, topic))


async def stamp_of_polls(live: Live, actor: Actor, name: str) -> int:
    topic = await queries.topic(live.site.db, int(name))
    return standing(topic, await polls.of_topic(live.site.db, topic.id), clock.now()) if topic else 0


async def may_hear_poll(live: Live, actor: Actor, name: str) -> bool:
    """The counts of a poll that shows them."""
    poll = await polls.poll(live.site.db, row_id(name) or 0)
    topic = await queries.topic(live.site.db, poll.topic_id) if poll else None
    if poll is None or topic is None or not polling.can_see_poll(actor, topic, poll):
        return False
    return polling.shows_counts(poll, clock.now())


async def stamp_of_poll(live: Live, actor: Actor, name: str) -> int:
    return await polls.stamp(live.site.db, int(name))


async def poll_changed(live: Live, event: PollChanged) -> None:
    channel = f"poll:{event.poll_id}"
    if listening := live.hub.listening(channel):
        poll = await polls.poll(live.site.db, event.poll_id)
        if poll is not None and await may_hear_poll(live, COLLEAGUE, str(poll.id)):
            inputs = counts_of(poll, await count(live.site.db, poll))
            live.hub.broadcast(
                channel, await _in_each(live, listening, partial(counts_delta, live.site.renderer, inputs))
            )


async def _tell_board(live: Live, topic_id: int) -> None:
    row = (await queries.rows(live.site.db, [topic_id])).get(topic_id)
    if row is None or row.proposed or row.state == State.HELD or row.merged_into:
        return
    channel = f"board:{row.board_slug}"
    delta = partial(row_delta, live.site.renderer, row)
    live.hub.broadcast(channel, await _in_each(live, live.hub.listening(channel), delta))


def _leave_board(live: Live, slug: str, topic_id: int) -> None:
    channel, gone = f"board:{slug}", Delta(number=None, kind="remove", id=f"topic-{topic_id}")
    live.hub.broadcast(channel, {variant: [gone] for variant in live.hub.listening(channel)})


async def _in_each(live: Live, variants: Iterable[str], *made: Callable[[], Delta]) -> dict[str, list[Delta]]:
    """The deltas in every variant that somebody listens in."""
    return {variant: await in_variant(live.site.renderer, variant, made) for variant in variants}


CHANNELS = {
    "topic": Channel(may_hear_topic, past_of_topic, may_write=may_write_in_topic),
    "board": Channel(may_hear_board, stamp=stamp_of_board),
    "polls": Channel(may_hear_polls, stamp=stamp_of_polls),
    "poll": Channel(may_hear_poll, stamp=stamp_of_poll),
}
HANDLERS: dict[type[Event], list[Handler]] = {
    PostChanged: [post_changed],
    ResponsesChanged: [responses_changed],
    TopicChanged: [topic_changed],
    TopicMoved: [topic_moved],
    PostsTransferred: [posts_transferred],
    PollChanged: [poll_changed],
}
