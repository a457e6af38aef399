"""What Prometheus reads at `/metrics`: plain numbers of this process and of the job queue, about nobody.

Labels come from short fixed lists: a town's monitoring must learn nothing about a resident, nor grow with the room.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Histogram, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric, SummaryMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from forum import jobs
from forum.db import Database
from forum.middleware import is_in
from forum.settings import Settings
from forum.web import View
from realtime.broker import Broker
from realtime.hub import Hub
from realtime.protocol import Close

# A page takes some milliseconds; what takes longer than the last of these is stuck.
DURATIONS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
# A database that does not answer in this time must not keep the other numbers from being read.
PATIENCE_SECONDS = 2


@dataclass(frozen=True, slots=True)
class Fact:
    """A number that the database knows, under the name that Prometheus gives it."""

    name: str
    meaning: str
    value: float


class Metrics(Collector):
    """The numbers of one application. Each has a registry of its own, so that several live in one process."""

    def __init__(
        self,
        db: Database,
        hub: Hub,
        broker: Broker,
        facts: Callable[[Database], Awaitable[Sequence[Fact]]],
    ) -> None:
        self._db = db
        self._hub = hub
        self._broker = broker
        self._ask = facts
        self._jobs: list[jobs.State] | None = None
        self._facts: Sequence[Fact] = ()
        self._registry = CollectorRegistry()
        durations = Histogram(
            "forum_http_request_duration_seconds",
            "Pages and forms, from the first byte to the last, by class of status; aborted ones got no answer.",
            ["status"],
            registry=self._registry,
            buckets=DURATIONS,
        )
        classes = ("aborted", "1xx", "2xx", "3xx", "4xx", "5xx")
        self._durations = [durations.labels(status) for status in classes]
        self._registry.register(self)
        ProcessCollector(registry=self._registry)

    def request(self, status: int, seconds: float) -> None:
        """An answer has left; its status is 0 when the visitor went before there was one."""
        self._durations[status // 100].observe(seconds)

    async def text(self) -> bytes:
        """All of it as it is now. What only the database knows is left out while that does not answer."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                self._jobs, self._facts = await jobs.states(self._db), await self._ask(self._db)
        except (
            Exception
        ):  # whatever keeps the database from answering: forum_database_up says that something does
            self._jobs, self._facts = None, ()
        return generate_latest(self._registry)

    def collect(self) -> Iterator[Metric]:
        """Called by the registry."""
        yield from self._live()
        yield from self._messages()
        yield from self._database()
        yield _gauge("forum_tasks", "Tasks of the event loop.", len(asyncio.all_tasks()))

    def _live(self) -> Iterator[Metric]:
        hub, counts = self._hub, self._hub.counts
        yield _gauge("forum_live_sockets", "Open pages that are connected.", hub.sockets)
        yield _gauge("forum_live_channels", "Channels that somebody listens to.", hub.channels)
        yield _gauge("forum_live_backlog_bytes", "What waits for the network, of all readers.", hub.waiting)
        yield _counter(
            "forum_live_refused", "Connections of accounts or addresses that hold enough.", counts.refused
        )
        yield _counter("forum_live_received_messages", "Frames from pages.", counts.messages_in)
        yield _counter("forum_live_sent_messages", "Frames to pages.", counts.messages_out)
        yield _counter("forum_live_sent_bytes", "Frames to pages, with their headers.", counts.bytes_out)
        yield SummaryMetricFamily(
            "forum_live_fan_out_seconds",
            "One frame to all readers of a channel, from the first of them to the last.",
            count_value=counts.fan_outs,
            sum_value=counts.fan_out_seconds,
        )
        yield _counter("forum_live_catch_ups", "Questions for what was missed.", counts.catch_ups)
        yield _counter("forum_live_resyncs", "Times that everyone on a channel was in doubt.", counts.resyncs)
        closes = CounterMetricFamily("forum_live_closes", "Connections we ended, and why.", labels=["reason"])
        for code in Close:
            closes.add_metric([code.name], counts.closes[code])
        yield closes

    def _messages(self) -> Iterator[Metric]:
        broker = self._broker
        yield _gauge("forum_broker_healthy", "Whether messages of other processes arrive.", broker.healthy)
        yield _gauge("forum_broker_lag_seconds", "How old the last pulse was on arrival.", broker.lag_seconds)
        yield _gauge("forum_broker_waiting_messages", "Arrived and not handled yet.", broker.waiting)
        yield _counter(
            "forum_broker_reconnects", "Times that messages may have been lost.", broker.reconnects
        )

    def _database(self) -> Iterator[Metric]:
        in_use, opened = self._db.connections
        yield _gauge("forum_database_connections_in_use", "Connections of the pool at work.", in_use)
        yield _gauge("forum_database_connections", "Connections of the pool.", opened)
        yield _gauge("forum_database_up", "Whether the database answers.", self._jobs is not None)
        if self._jobs is not None:
            yield from _of_the_queue(self._jobs)
        for fact in self._facts:
            yield _gauge(fact.name, fact.meaning, fact.value)


def readable(metrics: Metrics, settings: Settings) -> View:
    """The handler of /metrics. Elsewhere than in METRICS_NETWORKS there is no such page.

    What a proxy passed on is judged by the visitor's address; without a trusted proxy nobody vouches for that.
    """

    async def show(request: Request) -> Response:
        host = request.client.host if request.client else ""
        vouched = settings.trusted_proxies or "x-forwarded-for" not in request.headers
        if not vouched or not is_in(host, settings.metrics_networks):
            raise HTTPException(404)
        return Response(await metrics.text(), headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})

    return show


def _of_the_queue(states: list[jobs.State]) -> Iterator[Metric]:
    """Picked jobs run; failed ones have been given up and wait for an operator."""
    found = {state.name: state for state in states}
    numbers = GaugeMetricFamily("forum_jobs", "Background jobs in the queue.", labels=["state"])
    for name in ("queued", "picked", "failed"):
        numbers.add_metric([name], found[name].jobs if name in found else 0)
    yield numbers
    overdue = found["queued"].overdue_seconds if "queued" in found else 0
    yield _gauge("forum_jobs_overdue_seconds", "How long the first job waits that could run.", overdue)


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(name, meaning, value)


def _counter(name: str, meaning: str, value: float) -> Metric:
    return CounterMetricFamily(name, meaning, value)
