"""Which of the things that somebody said about a topic and its board counts."""

import pytest

from forum.following.rules import Follower, Level

WATCH, FOLLOW, MUTE = Level.WATCH, Level.FOLLOW, Level.MUTE


@pytest.mark.parametrize(
    ("topic", "chosen", "board", "level"),
    [
        (None, None, None, FOLLOW),
        (None, None, WATCH, WATCH),
        (None, None, MUTE, MUTE),
        # Chosen for the topic: counts before the board.
        (WATCH, True, MUTE, WATCH),
        (FOLLOW, True, WATCH, FOLLOW),
        (MUTE, True, WATCH, MUTE),
        # Came by itself, with writing: the board counts before it.
        (WATCH, False, None, WATCH),
        (WATCH, False, MUTE, MUTE),
    ],
)
def test_the_nearest_choice_counts(
    topic: Level | None, chosen: bool | None, board: Level | None, level: Level
) -> None:
    assert Follower(1, topic, chosen, board).level is level
