"""A visitor who asks an application thousands of times.

The client of tests/conftest.py takes longer to ask than many a page takes to be made. This one sends the same, as
tests/test_asking.py shows, and keeps cookies; of an answer it knows what a sweep looks at.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urldefrag, urlencode, urljoin

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Scope

HOST, FORM = "room.test", "application/x-www-form-urlencoded"
# In an address, besides letters and digits: what stands for itself.
THEMSELVES = "%/?:@!$&'()*+,;=~[]"
REDIRECTS, REDIRECTS_MAX = {301, 302, 303, 307, 308}, 20


@dataclass(frozen=True, slots=True)
class Answer:
    url: str
    status_code: int
    headers: Headers
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode(errors="replace")


@dataclass(slots=True)
class Asker:
    """From this very site, not logged in. `raises` hands a mistake of ours to the test instead of its page."""

    app: ASGIApp
    raises: bool = True
    cookies: dict[str, str] = field(default_factory=dict)

    async def get(self, url: str, params: Mapping[str, object] | None = None) -> Answer:
        path, _, query = urldefrag(url).url.partition("?")
        return await self.ask("GET", f"{path}?{urlencode(params) if params is not None else query}")

    async def follow(self, url: str) -> Answer:
        """The page at the address, or the one to which that leads."""
        for _ in range(REDIRECTS_MAX):
            answer = await self.get(url)
            if answer.status_code not in REDIRECTS:
                return answer
            url = urljoin(url, answer.headers["location"])
        raise AssertionError(f"{url} leads on and on")

    async def post(self, url: str, data: Mapping[str, object]) -> Answer:
        return await self.ask("POST", url, urlencode(data, doseq=True).encode(), FORM)

    async def ask(self, method: str, url: str, body: bytes = b"", kind: str = "") -> Answer:
        path, _, query = quote(urldefrag(url).url, safe=THEMSELVES).partition("?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "headers": self._headers(method, body, kind),
            "scheme": "http",
            "path": unquote(path),
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "server": (HOST, None),
            "client": ("127.0.0.1", 123),
            "root_path": "",
        }
        start, *parts = await self._said(scope, body) or [{"status": 500}]
        headers = Headers(raw=start.get("headers", []))
        self._keep(headers.getlist("set-cookie"))
        return Answer(url, start["status"], headers, b"".join(part.get("body", b"") for part in parts))

    async def _said(self, scope: Scope, body: bytes) -> list[Message]:
        """What the application says about a request, its status first."""
        said, unread, ended = list[Message](), [body], asyncio.Event()

        async def receive() -> Message:
            if unread:
                return {"type": "http.request", "body": unread.pop(), "more_body": False}
            await ended.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            said.append(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                ended.set()

        try:
            await self.app(scope, receive, send)
        except Exception:
            if self.raises:
                raise
        return said

    def _headers(self, method: str, body: bytes, kind: str) -> list[tuple[bytes, bytes]]:
        headers = [
            (b"host", HOST.encode()),
            (b"accept", b"*/*"),
            (b"connection", b"keep-alive"),
            (b"sec-fetch-site", b"same-origin"),
            (b"accept-encoding", b"identity"),
        ]
        if self.cookies:
            kept = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            headers.append((b"cookie", kept.encode()))
        if method == "POST":
            headers.append((b"content-length", str(len(body)).encode()))
        if kind:
            headers.append((b"content-type", kind.encode()))
        return headers

    def _keep(self, cookies: list[str]) -> None:
        for cookie in cookies:
            given, _, how = cookie.partition(";")
            name, _, value = given.partition("=")
            if "max-age=0" in how.lower().replace(" ", "").split(";"):
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
