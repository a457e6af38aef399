"""The file of a form."""

from starlette.datastructures import UploadFile
from starlette.requests import Request

from forum.errors import Invalid
from forum.files.rules import NAME_MAX, Sent
from forum.i18n import _
from forum.text import visible
from forum.typed import read_form, typed

# So many files beside each other are read, to say in a sentence that one was asked for.
FILES_MAX = 10_000


async def sent_file(request: Request, name: str) -> Sent:
    """The one file of a form, without a byte if none was chosen. Call it before anything else reads the form; what else was
    typed can be read afterwards."""
    form = await read_form(request, FILES_MAX)
    files = [file for file in form.getlist(name) if isinstance(file, UploadFile) and file.filename]
    if len(files) > 1:
        raise Invalid(**{name: _("ファイルは一つずつ選んでください。")})
    if not files:
        return Sent("", b"")
    # Some browsers send the folders too.
    called = visible(files[0].filename or "").replace("\\", "/").rpartition("/")[2]
    return Sent(called[-NAME_MAX:], await files[0].read())


async def left_out(request: Request) -> dict[str, str]:
    """Whoever chose a file, or said what it shows, and then sent the words without it, would miss it: what is wrong, by field.
    A form that is sent without its files names those that were chosen."""
    form = await typed(request)
    sentence = _(
        "選んだファイルが、まだ本文に入っていません。もう一度選んで「本文に入れる」を押してください。"
    )
    return {name: sentence for name in ("file", "alt") if form.get(name)}
