"""Whatever happens on the way, a reader that keeps the rules ends with what the source holds.

The network here is an adversary: it delivers late, twice, in any order, or not at all; answers to catch-ups
are computed at one moment and arrive at another; connections break; messages are lost on the server's side,
which then says so. The one promise used: within a connection, what was sent before a loss was noticed arrives
before the notice.
"""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from realtime.protocol import CatchUp, Delta, Deltas, Resync, ServerFrame
from tests.examples import examples
from tests.realtime.reader import Reader
from tests.realtime.room import Source

Page = tuple[int, dict[str, str]]
ELEMENTS = st.sampled_from(["post-1", "post-2", "post-3", "post-4"])


class Journey(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.source = Source()
        self.reader = Reader(self.source.channel, held=0)
        self.live: list[Delta] = []  # rendered, not yet sent
        self.wire: list[ServerFrame] = []  # sent, not yet delivered
        self.questions: list[CatchUp] = []  # asked, not yet answered
        self.pages: list[Page] = []  # regions fetched, not yet arrived
        self.writes = 0

    # The source changes.

    @rule(element=ELEMENTS)
    def put(self, element: str) -> None:
        self.writes += 1
        self.live.append(self.source.put(element, f"version {self.writes}"))

    @rule(element=ELEMENTS)
    def remove(self, element: str) -> None:
        self.live.append(self.source.remove(element))

    @rule()
    def skip(self) -> None:
        self.live.append(self.source.skip())

    # The way.

    @precondition(lambda self: self.live)
    @rule(data=st.data(), copies=st.integers(1, 2))
    def send(self, data: st.DataObject, copies: int) -> None:
        """Any of those that wait, once or twice."""
        delta = self.live.pop(data.draw(st.integers(0, len(self.live) - 1)))
        self.wire += [Deltas(channel=self.source.channel, deltas=(delta,))] * copies

    @precondition(lambda self: self.live)
    @rule()
    def lose_on_the_server(self) -> None:
        """The broker was away: what it carried is gone, and the hub says so."""
        self.live.clear()
        self.wire.append(Resync(channel=self.source.channel))

    @precondition(lambda self: self.wire)
    @rule()
    def deliver(self) -> None:
        self.reader.take(self.wire.pop(0), self.questions.append)

    @precondition(lambda self: self.questions)
    @rule(limit=st.sampled_from([1, 100]))
    def answer(self, limit: int) -> None:
        self.wire.append(self.source.since(self.questions.pop(0).after, limit))

    @precondition(lambda self: self.reader.wanted and not self.pages)
    @rule()
    def fetch(self) -> None:
        self.reader.wanted = False
        self.pages.append((self.source.changes, self.source.shown()))

    @precondition(lambda self: self.pages)
    @rule()
    def fetched(self) -> None:
        held, elements = self.pages.pop()
        self.reader.fetched(held, elements, self.questions.append)

    @rule()
    def reconnect(self) -> None:
        """Everything on the way is lost; the new connection subscribes with what is held."""
        self.wire.clear()
        self.live.clear()
        self.questions.clear()
        self.reader.reconnected()
        self.questions.append(CatchUp(channel=self.source.channel, after=self.reader.held))

    @rule()
    def wait(self) -> None:
        """Nothing else happens for a while: everything under way arrives."""
        for _ in range(500):
            if not (self.live or self.wire or self.questions or self.reader.fetching):
                break
            if self.live:
                self.wire.append(Deltas(channel=self.source.channel, deltas=(self.live.pop(0),)))
            if self.reader.wanted and not self.pages:
                self.fetch()
            if self.pages:
                self.fetched()
            if self.questions:
                self.answer(limit=100)
            if self.wire:
                self.deliver()
        assert not self.questions, "a reader that holds everything asks nothing more"
        assert self.reader.held == self.source.changes
        assert self.reader.elements == self.source.shown()

    @invariant()
    def never_ahead_of_the_source(self) -> None:
        assert self.reader.held <= self.source.changes

    def teardown(self) -> None:
        self.wait()


TestJourney = Journey.TestCase
TestJourney.settings = settings(max_examples=examples(300), stateful_step_count=40)


class Exchange:
    """A reader and its source, and the questions between them, for journeys told step by step."""

    def __init__(self) -> None:
        self.source = Source()
        self.reader = Reader(self.source.channel, held=0)
        self.questions: list[CatchUp] = []

    def tell(self, *deltas: Delta) -> None:
        self.take(Deltas(channel=self.source.channel, deltas=deltas))

    def take(self, frame: ServerFrame) -> None:
        self.reader.take(frame, self.questions.append)

    def fetch(self) -> Page:
        self.reader.wanted = False
        return self.source.changes, self.source.shown()

    def answer(self) -> ServerFrame:
        return self.source.since(self.questions.pop(0).after)

    def is_whole(self) -> bool:
        return (self.reader.held, self.reader.elements) == (self.source.changes, self.source.shown())


def test_a_late_answer_never_overwrites_what_is_newer() -> None:
    exchange = Exchange()
    first = exchange.source.put("post-1", "old")
    early = exchange.source.since(0)
    exchange.tell(first, exchange.source.put("post-1", "new"))
    exchange.take(early)
    assert exchange.is_whole()


def test_a_loss_told_while_an_answer_is_on_its_way_is_asked_about_again() -> None:
    exchange = Exchange()
    exchange.take(Resync(channel="topic:1"))
    early = exchange.answer()
    exchange.source.put("post-1", "lost")
    exchange.take(Resync(channel="topic:1"))
    exchange.take(early)
    exchange.take(exchange.answer())
    assert exchange.is_whole()


def test_an_answer_that_meets_a_region_being_fetched_is_asked_for_again() -> None:
    exchange = Exchange()
    exchange.take(Resync(channel="topic:1", after=0))
    page = exchange.fetch()
    exchange.source.put("post-1", "newer than the page, older than the subscription")
    exchange.reader.reconnected()
    exchange.take(exchange.source.since(0))
    exchange.reader.fetched(*page, exchange.questions.append)
    exchange.take(exchange.answer())
    assert exchange.is_whole()


def test_a_region_older_than_what_was_held_is_caught_up_from() -> None:
    exchange = Exchange()
    exchange.take(Resync(channel="topic:1", after=0))
    page = exchange.fetch()
    exchange.reader.held = exchange.source.put("post-1", "applied before the page came").number or 0
    exchange.reader.fetched(*page, exchange.questions.append)
    exchange.take(exchange.answer())
    assert exchange.is_whole()


def test_a_page_on_its_way_when_another_is_wanted_may_be_too_old() -> None:
    exchange = Exchange()
    exchange.take(Resync(channel="topic:1", after=0))
    page = exchange.fetch()
    exchange.source.put("post-1", "newer than the page, older than the subscription")
    exchange.reader.reconnected()
    exchange.take(Resync(channel="topic:1", after=0))
    exchange.reader.fetched(*page, exchange.questions.append)
    exchange.reader.fetched(*exchange.fetch(), exchange.questions.append)
    assert exchange.is_whole()
