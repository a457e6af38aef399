"""Uploading files and handing them out, to whoever may see what uses them."""

from collections.abc import Mapping
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from forum.access import can_speak, require
from forum.errors import NotFound, Refusal
from forum.files import actions, rules
from forum.files.receiving import sent_file
from forum.files.rules import File, Kind, Shown
from forum.files.seeing import Judge, file_for
from forum.i18n import _
from forum.pace.actions import keep_pace
from forum.pictures import address, as_picture
from forum.storage import StorageAway
from forum.typed import texts
from forum.web import STATUS, Form, View, actor_of, database, read, refill, site

# Nothing that a file contains is run, or loads anything, or is framed.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"
# Under its address there are no other bytes, ever. In the browser that has it, not in caches that many share.
FOR_EVERYBODY = "private, max-age=31536000, immutable"
# Held, hidden, of the staff: whoever uses this browser next finds nothing.
FOR_FEW = "private, no-store"


def routes(judges: Mapping[str, Judge]) -> list[Route]:
    """Each kind of thing that uses files says who may see them."""

    async def show(request: Request) -> Response:
        return await _shown(request, judges, small=False)

    async def show_small(request: Request) -> Response:
        return await _shown(request, judges, small=True)

    return [
        Route("/files", upload, methods=["POST"]),
        Route("/files/{name}", show),
        Route("/files/small/{name}", show_small),
    ]


async def upload(request: Request) -> Response:
    """For scripts: keeps a file for something that is being written. The answer is the Markdown that shows it, or why not."""
    try:
        return PlainTextResponse(await _received(request), 201)
    except Refusal as refusal:
        return PlainTextResponse(refusal.reason, STATUS[type(refusal)])


def adding_file(view: View) -> View:
    """The handler of a button beside a text: keeps the chosen file and shows the form of `view` again, with it in the text.

    Its address ends in /files, where bodies may be bigger.
    """

    @refill(view)
    async def handler(request: Request) -> Response:
        words = await _received(request)
        values = await texts(request)
        values.pop("alt", None)
        before = values.get("body", [""])[0].rstrip()
        values["body"] = [f"{before}\n\n{words}\n" if before else f"{words}\n"]
        request.state.form = Form(values)
        return await view(request)

    return handler


async def _received(request: Request) -> str:
    """Keeps the file of the form, and says how a text shows it."""
    actor = actor_of(request)
    require(can_speak(actor))
    sent = await sent_file(request, "file")
    alt = (await read(request, Shown)).alt
    await keep_pace(database(request), "file", actor.id)
    file = await actions.keep(database(request), site(request).storage, actor, sent, rules.kinds_for(actor))
    return words_for(file, alt)


def words_for(file: File, alt: str) -> str:
    """The Markdown that shows the file: a picture, or a link."""
    words = as_picture(alt, file.address)
    if file.kind == Kind.PDF:
        return words[1:].replace("](", _("（PDF、%(n)sKB）", n=-(-file.bytes // 1000)) + "](", 1)
    return words


async def _shown(request: Request, judges: Mapping[str, Judge], *, small: bool) -> Response:
    asked = address(f"/files/{request.path_params['name']}")
    if asked is None:
        raise NotFound
    file, open_to_all = await file_for(database(request), actor_of(request), judges, asked)
    if small and file.small_sha256 is None:
        raise NotFound
    tag = f'"{file.small_sha256 if small else file.sha256}"'
    headers = {
        "Cache-Control": FOR_EVERYBODY if open_to_all else FOR_FEW,
        "Content-Security-Policy": POLICY,
        "ETag": tag,
        "Content-Disposition": _disposition(file),
    }
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(await _bytes_of(request, file, small=small), headers=headers, media_type=file.kind)


def _disposition(file: File) -> str:
    """Documents are saved and not shown: in our pages nothing of them runs."""
    if file.kind != Kind.PDF:
        return "inline"
    return f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"


async def _bytes_of(request: Request, file: File, *, small: bool) -> bytes:
    try:
        data = await site(request).storage.get(file.small_key if small else file.key)
    except StorageAway:
        raise HTTPException(503) from None
    if data is None:
        raise NotFound
    return data
