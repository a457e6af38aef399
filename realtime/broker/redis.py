"""Redis or Valkey between many processes on many machines; PostgreSQL is then listened to by one of them."""

import asyncio
import random
from collections.abc import Callable

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from realtime.broker import timing
from realtime.broker.receiving import PULSE, Broker, Handlers, Patience, persist, within_limits
from realtime.broker.relay import Messages, Relay


class RedisBroker(Broker):
    """Subscribes, and stands by as the relay that carries what PostgreSQL tells to Redis.

    While Redis is away and the database is not, everyone is told to catch up now and then.
    """

    def __init__(self, url: str, dsn: str, handlers: Handlers, on_reconnect: Callable[[], None]) -> None:
        super().__init__(handlers, on_reconnect)
        self._redis = Redis.from_url(
            url.replace("valkey", "redis", 1) if url.startswith("valkey") else url,
            decode_responses=True,
            protocol=2,
            socket_timeout=timing.ANSWER,
            socket_connect_timeout=timing.ANSWER,
            # A client that quietly connects again would hide a gap.
            retry=Retry(NoBackoff(), 0),
        )
        # Publishing knows no databases: the number in the address is what keeps rooms on one server apart.
        room = f"kaigishitsu:{self._redis.connection_pool.connection_kwargs.get('db') or 0}"
        self._names = {topic: f"{room}:{topic}" for topic in (*handlers, PULSE)}
        self._topics = {name: topic for topic, name in self._names.items()}
        self._relay = Relay(dsn, handlers, self._send, missed=lambda: not self.healthy)

    async def publish(self, topic: str, payload: str) -> None:
        await self._send([(topic, within_limits(payload))])

    async def _run(self) -> None:
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(persist("subscribing", self._subscribe))
                tasks.create_task(persist("catching up", self._catch_up_meanwhile))
                tasks.create_task(self._relay.run())
        finally:
            await self._redis.aclose()

    async def _subscribe(self, patience: Patience) -> None:
        """Hear until the connection fails or falls silent, which raises."""
        # Not the library's PubSub, which subscribes again by itself.
        connection = self._redis.connection_pool.make_connection()  # type: ignore[no-untyped-call]
        try:
            await connection.connect()
            await connection.send_command("SUBSCRIBE", *self._topics)
            patience.rewarded()
            while True:
                response = await connection.read_response(timeout=timing.SILENCE)
                if response is None:
                    raise ConnectionError("no pulse comes through")
                kind, name, payload = response
                if kind == "message":
                    self._hear(self._topics[name], payload)
        finally:
            self._lose()
            await connection.disconnect(nowait=True)

    async def _send(self, messages: Messages) -> None:
        try:
            async with self._redis.pipeline(transaction=False) as pipeline:
                for topic, payload in messages:
                    pipeline.publish(self._names[topic], payload)
                await pipeline.execute()
        except RedisError as error:
            raise ConnectionError(f"Redis: {error}") from error

    async def _catch_up_meanwhile(self, patience: Patience) -> None:
        while True:
            await asyncio.sleep(random.uniform(timing.CATCH_UP / 2, timing.CATCH_UP))
            if not self.healthy and self._relay.reached:
                self._miss()
