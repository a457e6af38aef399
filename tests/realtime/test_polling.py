"""The same answers over plain HTTP, for pages whose websockets are blocked."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute

from realtime import polling
from realtime.polling import polling_endpoint
from realtime.protocol import MAX_CHANNELS, CaughtUp, Error, Refused, Resync, ServerFrame, read_server
from realtime.socket import live_endpoint
from tests.realtime.conftest import Join
from tests.realtime.room import Room, serving


@pytest.fixture
async def address(room: Room) -> AsyncIterator[str]:
    """Both ways on one path."""
    answers = room.identify, room.may_hear, room.catch_up
    poll = polling_endpoint(*answers, lambda request: request.headers.get("x-address", ""))
    routes = [WebSocketRoute("/live", live_endpoint(room.hub, *answers)), Route("/live", poll)]
    async with serving(Starlette(routes=routes)) as address:
        yield address


@pytest.fixture
async def client(address: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"http://{address}", verify=False) as client:  # noqa: S501
        yield client


def question(**held: int | None) -> list[tuple[str, str | int | float | bool | None]]:
    return [
        pair
        for name, after in held.items()
        for pair in (("channel", name.replace("_", ":")), ("after", "" if after is None else after))
    ]


def frames(answer: httpx.Response) -> list[ServerFrame]:
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["vary"] == "Cookie"
    return [read_server(json.dumps(frame)) for frame in answer.json()]


async def test_the_answers_are_those_of_a_socket(room: Room, client: httpx.AsyncClient, join: Join) -> None:
    for number in (1, 2, 3):
        room.source().put(f"post-{number}", f"<li>{number}")
    room.source().remove("post-2")
    room.source("topic:2").put("post-9", "<li>")
    room.forbidden.add("topic:3")
    asked = {"topic_1": 1, "topic_2": 1, "topic_3": 0, "topic_4": 99}
    answer = await client.get("/live", params=question(**asked))
    assert room.hub.sockets == room.hub.channels == 0, "nothing listens after an answer"
    async with join() as socket:
        assert frames(answer) == await socket.subscribe(**asked)
    assert [type(frame) for frame in frames(answer)] == [CaughtUp, CaughtUp, Refused, Resync]


async def test_without_a_number_anything_may_have_been_missed(client: httpx.AsyncClient) -> None:
    assert frames(await client.get("/live", params=question(home=None))) == [Resync(channel="home")]


async def test_rights_are_those_of_the_moment(room: Room, client: httpx.AsyncClient) -> None:
    room.source().put("post-1", "<li>secret")
    mine: dict[str, Any] = {"headers": {"x-owner": "7"}, "params": question(topic_1=0)}
    assert "secret" in (await client.get("/live", **mine)).text
    room.forbidden.add("topic:1")
    assert frames(await client.get("/live", **mine)) == [Refused(channel="topic:1")]
    room.banned.add("7")
    answer = await client.get("/live", **mine)
    assert (answer.status_code, frames(answer)) == (403, [Error(reason="not for you")])


async def test_a_page_of_another_site_is_refused(room: Room, client: httpx.AsyncClient) -> None:
    answer = await client.get("/live", params=question(topic_1=0), headers={"origin": "https://evil.test"})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "query",
    [
        "",
        "channel=topic:1",
        "after=1",
        "channel=topic:1&after=1&channel=topic:2",
        "channel=topic:1&after=1&channel=topic:1&after=2",
        "channel=topic:1&after=1&token=x",
        "channel=topic:1&after=-1",
        "channel=topic:1&after=1.0",
        "channel=topic:1&after=1e3",
        "channel=topic:1&after=+1",
        "channel=topic:1&after=%EF%BC%91",  # a digit of another script
        "channel=topic:1&after=null",
        "channel=topic:1&after=9007199254740992",
        f"channel=topic:1&after={'9' * 5_000}",
        "channel=&after=1",
        "channel=Topic:1&after=1",
        "channel=%00&after=1",
        "channel=%ff%fe&after=1",
        "channel=../etc/passwd&after=1",
        "&".join(f"channel=topic:{n}&after=0" for n in range(MAX_CHANNELS + 1)),
        "&" * 5_000,
    ],
)
async def test_odd_questions_are_answered_with_one_sentence(client: httpx.AsyncClient, query: str) -> None:
    answer = await client.get(f"/live?{query}")
    [error] = frames(answer)
    assert answer.status_code == 400
    assert isinstance(error, Error)
    assert 0 < len(error.reason) <= 200


async def test_a_question_too_long_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.get("/live", params=[("channel", "x" * 20_000), ("after", "1")])
    assert answer.status_code in (400, 414)


async def test_only_questions_are_answered(client: httpx.AsyncClient) -> None:
    assert (await client.post("/live", params=question(home=None))).status_code == 405


async def test_whoever_asks_too_much_is_told_to_come_later_and_nobody_else(
    room: Room, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "ALLOWANCE", 4.0)
    monkeypatch.setattr(polling, "ALLOWANCE_PER_SECOND", 0.001)

    async def status(**headers: str) -> int:
        answer = await client.get(
            "/live", params=question(topic_1=0, topic_2=0), headers={f"x-{k}": v for k, v in headers.items()}
        )
        assert (answer.status_code == 429) == ("retry-after" in answer.headers)
        return answer.status_code

    assert [await status(address="a") for _ in range(3)] == [200, 200, 429]
    assert await status(address="b") == 200
    assert [await status(address="a", owner="7") for _ in range(3)] == [200, 200, 429]
    assert await status(address="a", owner="8") == 200
    monkeypatch.setattr(polling, "PURSES_KEPT", 1)
    assert await status(address="c") == 200
    assert await status(address="c") == 200
    assert await status(address="c") == 429
