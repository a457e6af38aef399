"""Who asks thousands of times asks as the client does that every other test uses."""

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from tests.asking import FORM, Answer, Asker
from tests.conftest import visitor
from tests.test_hostile_input import ADDRESSES

FIELDS = {"q": "あ い&=+%", "many": ["1", "２"], "none": "", "number": 7}


class Mirror:
    """Remembers what it was asked. Gives cookies and takes them back, leads on, breaks."""

    def __init__(self) -> None:
        self.asked: list[tuple[object, ...]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        headers = {name: value for name, value in request.headers.items() if name != "user-agent"}
        self.asked.append((scope | {"headers": None}, headers, await request.body()))
        await answer(request.url.path)(scope, receive, send)


def answer(path: str) -> Response:
    if path == "/broken":
        raise LookupError
    if path == "/elsewhere":
        return RedirectResponse("/there?x=1#part", 303)
    response = PlainTextResponse(f"{path}のページ", 404 if path == "/nowhere" else 200)
    if path == "/give":
        response.set_cookie("session", "a=b", httponly=True)
        response.set_cookie("locale", "en", max_age=60)
    if path == "/take":
        response.delete_cookie("locale")
    return response


ADDRESSES_ASKED = [
    *(f"/{text}" for text in ADDRESSES if text),
    *(f"/a?b={text}" for text in ADDRESSES),
    "/a b?c=d e", "/topics/1?x=\"<>'&y=あ#part", "/a?", "/a?b=1?c=2",
]  # fmt: skip


async def test_the_same_is_sent_and_heard() -> None:
    one, other = Mirror(), Mirror()
    asker = Asker(one)
    async with visitor(other) as client:
        for url in ["/give", "/a", "/take", *ADDRESSES_ASKED, "/nowhere"]:
            alike(await asker.get(url), await client.get(url))
        for url in ("/a", "/a?b=c#d"):
            alike(
                await asker.get(url, {"q": "あ い&=+%", "n": 7}),
                await client.get(url, params={"q": "あ い&=+%", "n": 7}),
            )
        alike(await asker.post("/a", FIELDS), await client.post("/a", data=FIELDS))
        for body, kind in ((b"", ""), (b"", FORM), (b"\xff=1", FORM), (b"x", "text/plain")):
            alike(
                await asker.ask("POST", "/a", body, kind),
                await client.post("/a", content=body, headers={"Content-Type": kind} if kind else {}),
            )
        alike(await asker.follow("/elsewhere"), await client.get("/elsewhere", follow_redirects=True))
        assert asker.cookies == dict(client.cookies) == {"session": '"a=b"'}
    assert one.asked == other.asked


async def test_mistakes_are_raised_or_answered() -> None:
    with pytest.raises(LookupError):
        await Asker(Mirror()).get("/broken")
    assert (await Asker(Mirror(), raises=False).get("/broken")).status_code == 500


def alike(ours: Answer, theirs: httpx.Response) -> None:
    assert (ours.status_code, ours.text, ours.content) == (theirs.status_code, theirs.text, theirs.content)
    assert ours.headers.raw == theirs.headers.raw
