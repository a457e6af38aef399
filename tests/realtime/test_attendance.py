"""Readers come, go, write and fall silent in several processes, with a clock that the test moves."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from realtime.attendance import FORGET_SECONDS, REPEAT_SECONDS, Attendance
from realtime.hub import Hub
from realtime.listeners import Listener
from realtime.presence import PAUSE_SECONDS, WRITING_SECONDS
from realtime.protocol import Presence
from tests.examples import examples
from tests.realtime.test_hub import Shelf

TOPIC = "topic:1"
# Owners of the journeys; the choice to be named is the person's, wherever they read.
NAMES = {None: None, "1": "さくら", "2": "はけ", "3": None}


@dataclass
class Clock:
    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Process:
    """One server: its hub, and who is connected to it."""

    clock: Clock
    hub: Hub = field(default_factory=Hub)
    readers: list[tuple[Listener, Shelf]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.attendance = Attendance(self.hub, lambda channel: channel.startswith("topic:"), self.clock)

    def join(self, owner: str | None = None, *, channel: str = TOPIC) -> tuple[Listener, Shelf]:
        shelf = Shelf(limit=10_000)
        listener = self.hub.join(owner, "ja", shelf, NAMES[owner])
        self.hub.subscribe(listener, channel)
        self.readers.append((listener, shelf))
        return listener, shelf

    def leave(self, listener: Listener) -> None:
        self.hub.leave(listener)
        self.readers = [reader for reader in self.readers if reader[0] is not listener]


def told(shelf: Shelf, channel: str = TOPIC) -> Presence:
    """What a reader holds: the last it heard, or that it is alone."""
    heard = [frame for frame in shelf.heard() if isinstance(frame, Presence)]
    return heard[-1] if heard else Presence(channel=channel, readers=1)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def here(clock: Clock) -> Process:
    return Process(clock)


async def test_readers_are_told_when_somebody_comes_goes_or_writes(here: Process, clock: Clock) -> None:
    _, first = here.join("1")
    here.attendance.look()
    assert first.messages == [], "alone: nothing to say"
    listener, second = here.join("3")
    clock.now += PAUSE_SECONDS
    here.attendance.look()
    for shelf in (first, second):
        assert told(shelf) == Presence(channel=TOPIC, readers=2, names=("さくら",))
    here.attendance.writes(listener, TOPIC)
    clock.now += PAUSE_SECONDS
    here.attendance.look()
    assert told(first).writing == 1
    here.leave(listener)
    clock.now += PAUSE_SECONDS
    here.attendance.look()
    assert told(first) == Presence(channel=TOPIC, readers=1)


async def test_a_newcomer_is_told_at_once_what_the_others_know(here: Process) -> None:
    here.join(), here.join()
    here.attendance.look()
    _, newcomer = here.join()
    assert told(newcomer).readers == 2
    _, elsewhere = here.join(channel="topic:2")
    assert elsewhere.messages == []


async def test_no_more_than_one_frame_in_a_pause(here: Process, clock: Clock) -> None:
    _, shelf = here.join()
    for _ in range(20):
        here.join()
        clock.now += PAUSE_SECONDS / 10
        here.attendance.look()
    assert len(shelf.messages) == 2
    clock.now += PAUSE_SECONDS
    here.attendance.look()
    assert told(shelf).readers == 21
    before = len(shelf.messages)
    for _ in range(20):
        clock.now += PAUSE_SECONDS
        here.attendance.look()
    assert len(shelf.messages) == before, "nothing new, nothing said"


async def test_a_storm_of_readers_costs_the_same_as_few(here: Process, clock: Clock) -> None:
    shelves = [here.join()[1] for _ in range(2_000)]
    here.attendance.look()
    for _ in range(100):
        here.leave(here.join()[0])
        clock.now += 0.5
        here.attendance.look()
    assert max(len(shelf.messages) for shelf in shelves) <= 1 + 50 / 10


async def test_who_stops_typing_is_no_longer_writing(here: Process, clock: Clock) -> None:
    (writer, _), (_, shelf) = here.join("1"), here.join()
    for _ in range(5):
        here.attendance.writes(writer, TOPIC)
        clock.now += 3
        here.attendance.look()
        assert told(shelf).writing == 1
    clock.now += WRITING_SECONDS
    here.attendance.look()
    assert told(shelf).writing == 0


async def test_what_is_written_is_no_longer_being_written(here: Process, clock: Clock) -> None:
    (writer, _), (other, _), (_, shelf) = here.join("1"), here.join("2"), here.join()
    here.attendance.writes(writer, TOPIC)
    here.attendance.writes(other, TOPIC)
    here.attendance.stops_writing(TOPIC, "1")
    assert not here.attendance.is_writing(writer, TOPIC)
    here.attendance.look()
    assert told(shelf).writing == 1
    here.attendance.stops_writing(TOPIC)
    clock.now += PAUSE_SECONDS
    here.attendance.look()
    assert told(shelf).writing == 0


async def test_what_has_come_is_not_waited_for_any_longer(here: Process, clock: Clock) -> None:
    (writer, _), (_, shelf) = here.join("1"), here.join()
    here.attendance.writes(writer, TOPIC)
    here.attendance.look()
    assert told(shelf).writing == 1
    here.attendance.stops_writing(TOPIC, "1")
    here.attendance.look()
    assert told(shelf).writing == 0


async def test_a_name_goes_with_the_right_to_it(here: Process, clock: Clock) -> None:
    here.join("1")
    shelf = [here.join(), here.join()][0][1]
    here.attendance.look()
    assert told(shelf).names == ("さくら",)
    here.hub.close_owner("1")  # suspended, logged out, or no longer wishing to be named
    clock.now += PAUSE_SECONDS
    here.attendance.look()
    assert told(shelf) == Presence(channel=TOPIC, readers=2), "before the connection has ended"


async def test_only_those_who_hear_a_channel_are_told(here: Process, clock: Clock) -> None:
    (writer, _), (_, other) = here.join("1"), here.join(channel="topic:2")
    here.join("2"), here.join("2", channel="home"), here.join("1", channel="home")
    here.attendance.writes(writer, TOPIC)
    for _ in range(10):
        here.attendance.look()
        clock.now += 1
    assert other.messages == []
    assert all(shelf.messages == [] for listener, shelf in here.readers if "home" in listener.channels)


async def test_others_are_told_when_it_changes_and_now_and_then(here: Process, clock: Clock) -> None:
    here.join()
    assert len(here.attendance.look()) == 1
    said = 0
    for _ in range(int(REPEAT_SECONDS * 3 / 0.5)):
        clock.now += 0.5
        said += len(here.attendance.look())
    assert said == 3
    assert len(here.attendance.farewell()) == 1
    assert here.attendance.farewell() == []


async def test_many_channels_are_told_in_few_messages(here: Process) -> None:
    for n in range(100):
        here.join(channel=f"topic:{n}")
    assert len(here.attendance.look()) <= 2


async def test_a_process_that_dies_is_forgotten(here: Process, clock: Clock) -> None:
    there = Process(clock)
    there.join("1")
    [message] = there.attendance.look()
    _, shelf = here.join()
    await here.attendance.hear(message)
    here.attendance.look()
    assert told(shelf).readers == 2
    clock.now += FORGET_SECONDS
    here.attendance.look()
    assert told(shelf).readers == 1


async def test_a_process_that_says_goodbye_is_gone(here: Process, clock: Clock) -> None:
    there = Process(clock)
    there.join("1")
    for message in [*there.attendance.look(), *there.attendance.farewell()]:
        await here.attendance.hear(message)
    _, shelf = here.join()
    here.attendance.look()
    assert told(shelf).readers == 1


async def test_a_late_or_doubled_message_changes_nothing(here: Process, clock: Clock) -> None:
    there = Process(clock)
    listener, _ = there.join("1")
    _, shelf = here.join()
    [early] = there.attendance.look()
    there.leave(listener)
    clock.now += PAUSE_SECONDS
    [late] = there.attendance.look()
    for message in (early, late, early, late):
        await here.attendance.hear(message)
    here.attendance.look()
    assert told(shelf).readers == 1


async def test_nothing_remains_of_those_who_left(here: Process, clock: Clock) -> None:
    for n in range(50):
        listener, _ = here.join("1", channel=f"topic:{n}")
        here.attendance.writes(listener, f"topic:{n}")
        here.attendance.look()
        here.leave(listener)
    for _ in range(10):
        clock.now += 1
        here.attendance.look()
    kept = {name: value for name, value in vars(here.attendance).items() if isinstance(value, dict | set)}
    assert not any(kept.values()), kept


steps = st.lists(
    st.one_of(
        st.tuples(st.just("join"), st.integers(0, 2), st.sampled_from(list(NAMES))),
        st.tuples(st.sampled_from(["leave", "write", "cut"]), st.integers(0, 2), st.integers(0, 5)),
        st.tuples(st.just("wait"), st.just(0), st.sampled_from([0.5, 1, 3, 10, 30])),
        st.tuples(st.just("look"), st.integers(0, 2), st.none()),
        st.tuples(
            st.sampled_from(["deliver", "deliver and keep", "lose"]), st.integers(0, 2), st.integers(0, 9)
        ),
        st.tuples(st.sampled_from(["die", "end"]), st.integers(0, 2), st.none()),
    ),
    max_size=40,
)


@settings(max_examples=examples(300))
@given(steps)
async def test_whatever_happens_all_agree_when_it_is_quiet(story: list[tuple[str, int, object]]) -> None:
    clock = Clock()
    processes = [Process(clock) for _ in range(3)]
    post: list[tuple[int, str]] = []  # messages under way, each to one process

    def send(messages: list[str]) -> None:
        post.extend((to, message) for message in messages for to in range(3))

    for act, number, what in story:
        process = processes[number]
        match act:
            case "join":
                process.join(what)
            case "leave" | "write" | "cut" if process.readers:
                listener = process.readers[what % len(process.readers)][0]
                if act == "leave":
                    process.leave(listener)
                elif act == "cut" and listener.owner is not None:
                    process.hub.close_owner(listener.owner)
                elif act == "write" and listener.owner is not None:
                    process.attendance.writes(listener, TOPIC)
            case "wait":
                clock.now += what
            case "look":
                send(process.attendance.look())
            case "deliver" | "deliver and keep" | "lose" if post:
                place = what % len(post)
                to, message = post[place] if act == "deliver and keep" else post.pop(place)
                if act != "lose":
                    await processes[to].attendance.hear(message)
            case "end":
                send(process.attendance.farewell())
                processes[number] = Process(clock)
            case "die":
                processes[number] = Process(clock)
        for shelf in all_shelves(processes):
            for frame in shelf.heard():
                assert isinstance(frame, Presence)
                assert frame.readers >= max(1, frame.writing)
                assert set(frame.names) <= {"さくら", "はけ"}

    for _ in range(int(FORGET_SECONDS + REPEAT_SECONDS) * 2):
        clock.now += 0.5
        for process in processes:
            send(process.attendance.look())
        while post:
            to, message = post.pop(0)
            await processes[to].attendance.hear(message)
    here = [listener for process in processes for listener, _ in process.readers if listener.closing is None]
    people = {listener.owner for listener in here} - {None}
    readers = len(people) + sum(listener.owner is None for listener in here)
    names = tuple(sorted(name for owner in people if (name := NAMES[owner])))
    expected = Presence(channel=TOPIC, readers=readers, names=names) if readers > 1 else None
    for process in processes:
        for listener, shelf in process.readers:
            if listener.closing is None:
                assert told(shelf) == (expected or Presence(channel=TOPIC, readers=1))


def all_shelves(processes: list[Process]) -> Iterator[Shelf]:
    for process in processes:
        for _, shelf in process.readers:
            yield shelf
