"""A server of models as there are many: speaks `/v1/chat/completions` and `/v1/embeddings`, and misbehaves when told to."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

Answer = bytes | dict[str, Any]


def said(words: str) -> Answer:
    """As a model says it."""
    return {"choices": [{"index": 0, "message": {"role": "assistant", "content": words}}]}


def vectors(*rows: object) -> Answer:
    return {"data": [{"index": at, "embedding": row} for at, row in enumerate(rows)]}


def status(line: str, *headers: str) -> bytes:
    return "\r\n".join([f"HTTP/1.1 {line}", *headers, "Content-Length: 0", "", ""]).encode()


class ModelServer:
    """Keeps what it was asked. Says the next of `answers`, the last one again and again; None: nothing, ever."""

    def __init__(self) -> None:
        self.url = ""
        self.forget()

    def forget(self) -> None:
        self.asked: list[tuple[str, dict[str, str], str]] = []
        self.answers: list[Answer | None] = [said('{"title": "案の題", "summary": "案の要約です。"}')]

    @property
    def received(self) -> str:
        """Every letter of every request."""
        return "\n".join(f"{path} {headers} {body}" for path, headers, body in self.asked)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = {
                name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:]) if value
            }
            body = await reader.readexactly(int(headers["content-length"]))
            self.asked.append((head[0].split()[1], headers, body.decode()))
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            if answer is None:
                await reader.read()
            elif isinstance(answer, bytes):
                writer.write(answer)
            else:
                content = json.dumps(answer).encode()
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(content) + content)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def model_server() -> AsyncIterator[ModelServer]:
    """One on a port of its own, in the loop of the test."""
    models = ModelServer()
    server = await asyncio.start_server(models.serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    models.url = f"http://{host}:{port}/v1"
    try:
        yield models
    finally:
        server.close()
