"""A model elsewhere, asked over the protocol that most servers of models speak: `/chat/completions` and `/embeddings`.

What comes back is anybody's words: it is bounded in time and size, followed nowhere, and taken apart with suspicion.
"""

import asyncio
import json
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import urlsplit

import httpx

from forum.settings import Settings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Of what may pass by itself: too many requests, and servers that start or are overloaded.
AGAIN = frozenset({429, 500, 502, 503, 504})
PAUSES = (1.0, 4.0)
TEXT_BYTES_MAX = 256 * 1024
VECTORS_BYTES_MAX = 32 * 1024 * 1024
DIMENSIONS_MAX = 16_384

# One row for each text.
Vectors: TypeAlias = "NDArray[np.float32]"


class Why(StrEnum):
    """Why there is no answer."""

    UNREACHABLE = "unreachable"
    SLOW = "slow"
    REFUSED = "refused"
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"


class Failed(Exception):
    """There is no answer that could be used. `status` is that of a refusal."""

    def __init__(self, why: Why, status: int | None = None) -> None:
        super().__init__(why)
        self.why, self.status = why, status


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where models are asked, and which of them for what; None for what they are not asked."""

    url: str
    key: str | None = None
    text: str | None = None
    embeddings: str | None = None
    seconds: float = 60
    # Before it is tried again.
    pauses: tuple[float, ...] = PAUSES

    @property
    def host(self) -> str:
        """As the record names it: without a password that may stand in the address."""
        return urlsplit(self.url).netloc.rpartition("@")[2]


def endpoint_of(settings: Settings) -> Endpoint | None:
    """None where the town asks no model: then there is nothing else to switch off."""
    if settings.model_url is None:
        return None
    return Endpoint(
        url=str(settings.model_url).rstrip("/"),
        key=settings.model_key,
        text=settings.model_text,
        embeddings=settings.model_embeddings,
        seconds=settings.model_seconds,
    )


async def complete(endpoint: Endpoint, prompt: str) -> str:
    """What a model says to the prompt, which is the whole body of the request."""
    return _said(await _ask(endpoint, "/chat/completions", prompt, TEXT_BYTES_MAX))


async def embed(endpoint: Endpoint, prompt: str, texts: int) -> Vectors:
    """One vector for each of so many texts in the prompt, in their order."""
    body = await _ask(endpoint, "/embeddings", prompt, VECTORS_BYTES_MAX)
    return await asyncio.to_thread(_vectors, body, texts)


async def _ask(endpoint: Endpoint, path: str, prompt: str, most: int) -> bytes:
    """Tried again a few times where that may help; whoever is slow once is slow again."""
    for pause in (*endpoint.pauses, None):
        try:
            async with asyncio.timeout(endpoint.seconds):
                return await _post(endpoint, path, prompt.encode(), most)
        except TimeoutError:
            raise Failed(Why.SLOW) from None
        except httpx.HTTPError:
            failed = Failed(Why.UNREACHABLE)
        except Failed as refusal:
            if refusal.status not in AGAIN:
                raise
            failed = refusal
        if pause is None:
            raise failed
        await asyncio.sleep(pause)
    raise AssertionError("the last pause is none")


async def _post(endpoint: Endpoint, path: str, body: bytes, most: int) -> bytes:
    """No cookie, no proxy of the environment, no redirect, nothing compressed, and no more bytes than `most`."""
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "Accept-Encoding": "identity",
    }
    if endpoint.key:
        headers["Authorization"] = f"Bearer {endpoint.key}"
    async with (
        httpx.AsyncClient(verify=_trusted(), timeout=None, trust_env=False) as client,  # noqa: S113 - see _ask
        client.stream("POST", endpoint.url + path, content=body, headers=headers) as answer,
    ):
        if answer.status_code != 200:
            raise Failed(Why.REFUSED, answer.status_code)
        taken = bytearray()
        async for piece in answer.aiter_raw():
            taken += piece
            if len(taken) > most:
                raise Failed(Why.TOO_LARGE)
        return bytes(taken)


@cache
def _trusted() -> ssl.SSLContext:
    """Whose certificates are believed: those that the machine believes."""
    return ssl.create_default_context()


def _said(body: bytes) -> str:
    match _json(body):
        case {"choices": [{"message": {"content": str(words)}}, *_]}:
            return words
    raise Failed(Why.UNREADABLE)


def _vectors(body: bytes, texts: int) -> Vectors:
    match _json(body):
        case {"data": [*rows]} if len(rows) == texts:
            pass
        case _:
            raise Failed(Why.UNREADABLE)
    by_text: list[object] = [None] * texts
    for row in rows:
        match row:
            case {"index": int(at), "embedding": [*numbers]} if 0 <= at < texts:
                by_text[at] = numbers if {int, float} >= {type(number) for number in numbers} else None
    return _of_one_length(by_text)


def _of_one_length(rows: Sequence[object]) -> Vectors:
    """Raises Failed unless all are lists of as many finite numbers, and not all of them 0."""
    import numpy as np

    try:
        with np.errstate(over="ignore"):
            vectors = np.asarray(rows, dtype=np.float32)
    except (TypeError, ValueError, OverflowError):
        raise Failed(Why.UNREADABLE) from None
    if vectors.ndim != 2 or not 0 < vectors.shape[1] <= DIMENSIONS_MAX:
        raise Failed(Why.UNREADABLE)
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1)
    if not (np.isfinite(lengths).all() and lengths.all()):
        raise Failed(Why.UNREADABLE)
    return vectors


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise Failed(Why.UNREADABLE) from None
