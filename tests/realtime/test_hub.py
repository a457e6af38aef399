"""Who hears what, and in how many frames; with a sender that keeps what it is given."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime import channels
from realtime.channels import without_repetitions
from realtime.hub import Hub
from realtime.listeners import Listener
from realtime.protocol import Close, Delta, Deltas, Resync, ServerFrame, read_server
from realtime.sending import Message
from tests.realtime.reader import Reader
from tests.realtime.room import eventually


def put(number: int | None, element: str = "post-1") -> Delta:
    return Delta(number=number, kind="put", id=element, html=f"<li>{number}", order=1)


class Shelf:
    """Keeps what is sent, up to a limit; the end of the connection is a number on it."""

    def __init__(self, limit: int = 1000) -> None:
        self.limit = limit
        self.messages: list[Message] = []
        self.ended: Close | None = None

    def take(self, message: Message) -> bool:
        if len(self.messages) >= self.limit:
            return False
        self.messages.append(message)
        return True

    def end(self, code: Close) -> None:
        assert self.ended is None
        self.ended = code

    def drop(self) -> None:
        self.messages.clear()

    @property
    def waiting(self) -> int:
        return sum(len(message.text) for message in self.messages)

    async def finish(self) -> None:
        self.drop()

    def heard(self) -> list[ServerFrame]:
        return [read_server(message.text) for message in self.messages]


def reader(hub: Hub, *names: str, owner: str | None = None, variant: str = "ja") -> tuple[Listener, Shelf]:
    shelf = Shelf()
    listener = hub.join(owner, variant, shelf)
    for name in names:
        hub.subscribe(listener, name)
    return listener, shelf


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "NUMBERED_SECONDS", 0.02)
    monkeypatch.setattr(channels, "LIST_SECONDS", 0.02)


async def test_a_broadcast_reaches_each_listener_in_its_variant() -> None:
    hub = Hub()
    (_, ja), (_, en), (_, elsewhere) = (
        reader(hub, "topic:1"),
        reader(hub, "topic:1", variant="en"),
        reader(hub, "topic:2"),
    )
    assert hub.listening("topic:1") == {"ja", "en"}
    hub.broadcast("topic:1", {"ja": [put(1)], "en": [put(2)], "fr": [put(3)], "de": []})
    await asyncio.sleep(0.01)
    assert ja.heard() == [Deltas(channel="topic:1", deltas=(put(1),))]
    assert en.heard() == [Deltas(channel="topic:1", deltas=(put(2),))]
    assert elsewhere.heard() == []


async def test_a_message_is_made_ready_once_for_everyone() -> None:
    hub = Hub()
    shelves = [reader(hub, "topic:1")[1] for _ in range(3)]
    hub.broadcast("topic:1", {"ja": [put(1)]})
    await asyncio.sleep(0)
    assert len({id(shelf.messages[0].frame) for shelf in shelves}) == 1
    assert (hub.counts.messages_out, hub.counts.fan_outs) == (3, 1)
    assert hub.counts.bytes_out == 3 * len(shelves[0].messages[0].frame)


@pytest.mark.usefixtures("quick")
async def test_the_first_message_leaves_at_once_and_a_burst_as_one_frame() -> None:
    hub = Hub()
    _, shelf = reader(hub, "topic:1")
    hub.broadcast("topic:1", {"ja": [put(1)]})
    assert shelf.heard() == [Deltas(channel="topic:1", deltas=(put(1),))]
    hub.broadcast("topic:1", {"ja": [put(2, "post-2")]})
    hub.broadcast("topic:1", {"ja": [put(3, "post-3")]})
    assert len(shelf.messages) == 1
    await asyncio.sleep(0.05)
    assert shelf.heard()[1:] == [Deltas(channel="topic:1", deltas=(put(2, "post-2"), put(3, "post-3")))]
    await asyncio.sleep(0.05)
    hub.broadcast("topic:1", {"ja": [put(4)]})
    assert len(shelf.messages) == 3


async def test_a_storm_costs_a_reader_a_bounded_number_of_frames() -> None:
    hub = Hub()
    (_, topic), (_, board) = reader(hub, "topic:1"), reader(hub, "board:welfare")
    started = asyncio.get_running_loop().time()
    for number in range(1, 101):
        hub.broadcast("topic:1", {"ja": [put(number, f"post-{number}")]})
        hub.broadcast("board:welfare", {"ja": [put(None, "topic-1")]})
        await asyncio.sleep(0.005)
    await asyncio.sleep(channels.LIST_SECONDS)
    seconds = asyncio.get_running_loop().time() - started
    assert numbers(topic) == list(range(1, 101))
    assert len(topic.messages) <= seconds / channels.NUMBERED_SECONDS + 2
    assert len(board.messages) <= seconds / channels.LIST_SECONDS + 2
    assert all(len(frame.deltas) == 1 for frame in board.heard() if isinstance(frame, Deltas))


@pytest.mark.usefixtures("quick")
async def test_a_burst_beyond_reason_is_caught_up_instead() -> None:
    hub = Hub()
    _, shelf = reader(hub, "topic:1")
    for number in range(1, channels.BURST_MAX + 3):
        hub.broadcast("topic:1", {"ja": [put(number, f"post-{number}")]})
    await asyncio.sleep(0.05)
    assert shelf.heard()[1:] == [Resync(channel="topic:1")]


deltas = st.lists(
    st.tuples(st.sampled_from(["put", "remove", "skip"]), st.sampled_from(["post-1", "post-2", "post-3"])),
    max_size=12,
)


@given(deltas, st.booleans())
def test_repetitions_leave_out_nothing_that_shows(changes: list[tuple[str, str]], is_numbered: bool) -> None:
    made = [
        Delta(
            number=index if is_numbered else None,
            kind=kind,
            id="" if kind == "skip" else element,
            html=f"<li>{index}" if kind == "put" else "",
        )
        for index, (kind, element) in enumerate(changes)
        if is_numbered or kind != "skip"
    ]

    def shown(told: list[Delta]) -> dict[str, str]:
        page: dict[str, str] = {}
        for delta in told:
            if delta.kind == "put":
                page[delta.id] = delta.html
            elif delta.kind == "remove":
                page.pop(delta.id, None)
        return page

    left = list(without_repetitions(made))
    assert shown(left) == shown(made)
    elements = [delta.id for delta in left if delta.kind != "skip"]
    assert len(elements) == len(set(elements))
    if is_numbered:
        assert [delta.number for delta in left] == [delta.number for delta in made], "no number is missing"


@given(st.lists(st.sampled_from(["post-1", "post-2", "post-3"]), min_size=1, max_size=8), st.data())
def test_repetitions_in_disorder_lose_nothing(elements: list[str], data: st.DataObject) -> None:
    """Changes 1 to n have been; every message about them comes at least once, in any order, within one burst."""
    numbers = range(1, len(elements) + 1)
    more = data.draw(st.lists(st.sampled_from(numbers), max_size=6))
    told = data.draw(st.permutations([*numbers, *more]))
    # Each is rendered as the element is now; what is rendered later is newer.
    made = [
        Delta(number=n, kind="put", id=elements[n - 1], html=f"<li>{at}", order=1)
        for at, n in enumerate(told)
    ]
    latest = {delta.id: delta.html for delta in made}
    for held in range(len(elements)):
        reader = Reader("topic:1", held)
        for delta in without_repetitions(made):  # one by one, as a page takes them
            reader.take(Deltas(channel="topic:1", deltas=(delta,)), pytest.fail)
        assert reader.held == len(elements)
        assert reader.elements == {name: latest[name] for name in elements[held:]}


async def test_a_large_audience_hears_every_frame_whole_and_in_order() -> None:
    hub = Hub()
    readers = [reader(hub, "topic:1") for _ in range(3 * channels.AT_ONCE + 1)]
    for number in range(1, 4):
        hub.broadcast("topic:1", {"ja": [put(number, f"post-{number}")]})
    assert [len(shelf.messages) for _, shelf in readers].count(1) == channels.AT_ONCE, "others get a turn"
    # The last of them hears last.
    await eventually(lambda: numbers(readers[-1][1]) == [1, 2, 3])
    for _, shelf in readers:
        assert numbers(shelf) == [1, 2, 3]


def numbers(shelf: Shelf) -> list[int | None]:
    return [delta.number for frame in shelf.heard() if isinstance(frame, Deltas) for delta in frame.deltas]


async def test_who_leaves_during_a_fan_out_hears_no_more_of_it() -> None:
    hub = Hub()
    readers = [reader(hub, "topic:1", owner=str(n)) for n in range(3 * channels.AT_ONCE)]
    hub.broadcast("topic:1", {"ja": [put(1)]})
    left, left_shelf = readers[-1]
    hub.unsubscribe(left, "topic:1")
    hub.close_owner(str(3 * channels.AT_ONCE - 2))
    await asyncio.sleep(0.05)
    assert left_shelf.heard() == []
    assert readers[-2][1].heard() == []
    assert readers[-2][1].ended is Close.JUDGE_ANEW
    assert len(readers[-3][1].heard()) == 1


async def test_listeners_that_leave_leave_nothing_behind() -> None:
    hub = Hub()
    for _ in range(3):
        listener, _ = reader(hub, "topic:1", "home", owner="7")
        hub.unsubscribe(listener, "home")
        hub.unsubscribe(listener, "never heard")
        hub.leave(listener)
        hub.leave(listener)
    assert (hub.sockets, hub.channels, hub.listening("topic:1"), hub.waiting) == (0, 0, set(), 0)


async def test_a_slow_listener_is_cut_off_and_told_to_catch_up() -> None:
    hub = Hub()
    shelf = Shelf(limit=2)
    listener = hub.join(None, "ja", shelf)
    for number in (1, 2):
        listener.tell(Resync(channel=f"topic:{number}"))
    assert listener.closing is None
    listener.tell(Resync(channel="topic:3"))
    assert (listener.closing, shelf.ended) == (Close.TOO_SLOW, Close.TOO_SLOW)
    assert shelf.heard() == [], "what waited is dropped: the reader catches up anyway"
    listener.tell(Resync(channel="topic:4"))
    assert shelf.heard() == []
    assert hub.counts.closes == {Close.TOO_SLOW: 1}


async def test_lost_messages_are_told_to_one_channel_or_to_everyone() -> None:
    hub = Hub()
    _, shelf = reader(hub, "topic:1", "home")
    hub.resync("home")
    hub.resync()
    hub.resync("topic:9")
    said = shelf.heard()
    assert said[0] == Resync(channel="home")
    assert set(said[1:]) == {Resync(channel="home"), Resync(channel="topic:1")}


@pytest.mark.usefixtures("quick")
async def test_what_waits_when_messages_are_lost_is_lost_with_them() -> None:
    hub = Hub()
    _, shelf = reader(hub, "home")
    hub.broadcast("home", {"ja": [put(None, "topic-1")]})
    hub.broadcast("home", {"ja": [put(None, "topic-2")]})
    hub.resync("home")
    await asyncio.sleep(0.05)
    assert shelf.heard()[1:] == [Resync(channel="home")]


async def test_revoked_rights_end_the_connections_they_concern() -> None:
    hub = Hub()
    suspended, waiting = reader(hub, owner="7")
    other, _ = reader(hub, "topic:1", owner="8")
    guest, _ = reader(hub)
    suspended.tell(Resync(channel="topic:1"))

    hub.close_owner("7")
    assert (suspended.closing, other.closing, guest.closing) == (Close.JUDGE_ANEW, None, None)
    assert waiting.heard() == []

    hub.close_channel("topic:1")
    assert (other.closing, guest.closing) == (Close.JUDGE_ANEW, None)

    hub.close()
    assert (suspended.closing, guest.closing) == (Close.JUDGE_ANEW, Close.RESTART), "the first reason counts"


async def test_after_a_loss_whoever_has_rights_is_judged_anew() -> None:
    """News about rights may be among what was lost; a judgement under way is made again."""
    hub = Hub()
    resident, _ = reader(hub, "topic:1", owner="7")
    guest, shelf = reader(hub, "topic:1")
    before = hub.revocations
    hub.doubt()
    assert (resident.closing, guest.closing) == (Close.JUDGE_ANEW, None)
    assert shelf.heard() == [Resync(channel="topic:1")]
    assert hub.revocations > before
