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
    _type, options = parse_options_header(request.headers.get("content-type"))
    if options.get(b"charset", b"utf-8").lower() != b"utf-8":
        raise HTTPException(415)
    return await request.form(max_files=0, max_fields=FIELDS_MAX)


async def texts(request: Request) -> dict[str, list[str]]:
    """What was typed or chosen in each field."""
    form = await typed(request)
    return {name: [str(text) for text in form.getlist(name)] for name in form}
