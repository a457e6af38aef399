"""What was typed into the form that a request sends."""

from python_multipart.multipart import parse_options_header
from starlette.datastructures import FormData, QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request

FIELDS_MAX = 5000


async def typed(request: Request) -> FormData | QueryParams:
    """The fields of the submitted form: in the body, or in the address of a form that only asks.

    Browsers send UTF-8 and need not say so; other encodings are refused.
    """
    if request.method in ("GET", "HEAD"):
        return request.query_params
    if was_read(request):
        form: FormData = request.state.typed
        return form
    _type, options = parse_options_header(request.headers.get("content-type"))
    if options.get(b"charset", b"utf-8").lower() != b"utf-8":
        raise HTTPException(415)
    return await read_form(request)


async def read_form(request: Request, files_max: int = 0) -> FormData:
    """The form of the body, which also the page of a mistake of ours has then: nothing can be read there any more."""
    request.state.typed = form = await request.form(max_files=files_max, max_fields=FIELDS_MAX)
    return form


def was_read(request: Request) -> bool:
    return hasattr(request.state, "typed")


async def texts(request: Request) -> dict[str, list[str]]:
    """What was typed or chosen in each field."""
    form = await typed(request)
    return {name: [text for text in form.getlist(name) if isinstance(text, str)] for name in form}
