"""Asking a server of models, as HTTP carries it; and everything that can come back instead of an answer."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from moderation import provider
from moderation.provider import Endpoint, Failed, Why
from tests.moderation.model_server import Answer, ModelServer, model_server, said, status, vectors

JSON = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
# What is no answer to one who asks for a text.
NO_TEXT: list[tuple[Answer | None, Why, int | None]] = [
    (status("500 Internal Server Error"), Why.REFUSED, 500),
    (status("401 Unauthorized"), Why.REFUSED, 401),
    (status("204 No Content"), Why.REFUSED, 204),
    (b"", Why.UNREACHABLE, None),
    (b"SSH-2.0-OpenSSH_9.6\r\n", Why.UNREACHABLE, None),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", Why.UNREACHABLE, None),
    (None, Why.SLOW, None),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", Why.UNREACHABLE, None),
    (JSON + b" " * (provider.TEXT_BYTES_MAX + 1), Why.TOO_LARGE, None),
    (JSON + b"<html>", Why.UNREADABLE, None),
    (JSON + b"\xff\xfe{}", Why.UNREADABLE, None),
    (JSON + b"[" * 100_000, Why.UNREADABLE, None),
    ({"choices": []}, Why.UNREADABLE, None),
    ({"choices": [{"message": {"content": None}}]}, Why.UNREADABLE, None),
    ({"choices": "many"}, Why.UNREADABLE, None),
    ({"error": {"message": "no such model"}}, Why.UNREADABLE, None),
]
# And to one who asks for two vectors.
NO_VECTORS: list[Answer] = [
    vectors([1.0, 0.0]),
    vectors([1.0, 0.0], [1.0, 0.0], [1.0, 0.0]),
    vectors([1.0, 0.0], [1.0, 0.0, 0.0]),
    vectors([], []),
    vectors([1.0, 0.0], [0.0, 0.0]),
    vectors([1.0, 0.0], [float("nan"), 1.0]),
    vectors([1.0, 0.0], [1e300, 1.0]),
    vectors([1.0, 0.0], [10**400, 1.0]),
    vectors(["1", "0"], ["0", "1"]),
    vectors([True, False], [1.0, 0.0]),
    vectors([[1.0]], [[1.0]]),
    vectors(*[[1.0] * (provider.DIMENSIONS_MAX + 1)] * 2),
    {"data": [{"index": 0, "embedding": [1.0]}, {"index": 0, "embedding": [1.0]}]},
    {"data": [{"index": 0, "embedding": [1.0]}, {"index": 2, "embedding": [1.0]}]},
    {"data": {"0": [1.0]}},
    {"data": [None, None]},
]


@pytest_asyncio.fixture(scope="module")
async def serving() -> AsyncIterator[ModelServer]:
    async with model_server() as models:
        yield models


@pytest.fixture
def models(serving: ModelServer) -> ModelServer:
    serving.forget()
    return serving


def endpoint(models: ModelServer, seconds: float = 30, pauses: tuple[float, ...] = ()) -> Endpoint:
    return Endpoint(models.url, "the key", "words", "meanings", seconds, pauses)


async def test_a_text_is_asked_for_as_the_protocol_says(models: ModelServer) -> None:
    models.answers = [said("答えです。")]
    assert await provider.complete(endpoint(models), '{"model": "words"}') == "答えです。"
    ((path, headers, body),) = models.asked
    assert (path, body) == ("/v1/chat/completions", '{"model": "words"}')
    assert headers["authorization"] == "Bearer the key"
    assert headers["content-type"] == "application/json"
    await provider.complete(Endpoint(models.url, None, "words"), "{}")
    assert "authorization" not in models.asked[-1][1]


async def test_vectors_come_in_the_order_of_the_texts(models: ModelServer) -> None:
    models.answers = [{"data": [{"index": 1, "embedding": [0, 2]}, {"index": 0, "embedding": [1.5, 0]}]}]
    found = await provider.embed(endpoint(models), "{}", 2)
    assert found.tolist() == [[1.5, 0.0], [0.0, 2.0]]
    assert models.asked[0][0] == "/v1/embeddings"


@pytest.mark.parametrize(("answer", "why", "code"), NO_TEXT)
async def test_no_answer_is_a_failure_with_its_reason(
    models: ModelServer, answer: Answer | None, why: Why, code: int | None
) -> None:
    models.answers = [answer]
    with pytest.raises(Failed) as failed:
        await provider.complete(endpoint(models, 30 if answer is not None else 0.05), "{}")
    assert (failed.value.why, failed.value.status) == (why, code)


async def test_vectors_that_are_none_are_a_failure(models: ModelServer) -> None:
    models.answers = [*NO_VECTORS]
    for at in range(len(NO_VECTORS)):
        with pytest.raises(Failed) as failed:
            await provider.embed(endpoint(models), "{}", 2)
        assert failed.value.why is Why.UNREADABLE, at


async def test_nobody_there_is_a_failure() -> None:
    async with model_server() as models:
        gone = endpoint(models)
    with pytest.raises(Failed, match="unreachable"):
        await provider.complete(gone, "{}")


async def test_what_may_pass_is_tried_again_and_what_will_not_is_not(models: ModelServer) -> None:
    models.answers = [status("503 Service Unavailable"), b"", said("はい")]
    assert await provider.complete(endpoint(models, pauses=(0, 0)), "{}") == "はい"
    models.answers = [status("429 Too Many Requests")]
    with pytest.raises(Failed, match="refused"):
        await provider.complete(endpoint(models, pauses=(0, 0)), "{}")
    assert len(models.asked) == 6
    models.answers = [status("400 Bad Request"), said("はい")]
    with pytest.raises(Failed, match="refused"):
        await provider.complete(endpoint(models, pauses=(0, 0)), "{}")
    assert len(models.asked) == 7


async def test_a_redirect_leads_nowhere(models: ModelServer) -> None:
    async with model_server() as other:
        models.answers = [status("307 Temporary Redirect", f"Location: {other.url}/chat/completions")]
        with pytest.raises(Failed, match="refused"):
            await provider.complete(endpoint(models), "{}")
        assert other.asked == []


@pytest.mark.parametrize(
    ("url", "host"),
    [("https://models.example/v1", "models.example"), ("http://me:secret@[::1]:8000/v1", "[::1]:8000")],
)
def test_a_record_names_the_host_alone(url: str, host: str) -> None:
    assert Endpoint(url).host == host
