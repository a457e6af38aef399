"""Slow topics: who may write again, and when."""

from datetime import datetime, timedelta

from forum.access import Actor
from forum.topics.rules import Topic

# So long the same words in the same place, with nothing said in between, are one post that was sent twice.
SENT_AGAIN_WITHIN = timedelta(minutes=10)


def is_slow(topic: Topic, now: datetime) -> bool:
    return topic.slow_minutes is not None and topic.slow_until is not None and now < topic.slow_until


def next_turn(actor: Actor, topic: Topic, last_written: datetime | None, now: datetime) -> datetime | None:
    """When somebody who wrote last at that time may write again in a slow topic; None: now."""
    if not is_slow(topic, now) or actor.steers(topic.board_id) or last_written is None:
        return None
    assert topic.slow_minutes is not None
    assert topic.slow_until is not None
    turn = min(last_written + timedelta(minutes=topic.slow_minutes), topic.slow_until)
    return turn if turn > now else None
