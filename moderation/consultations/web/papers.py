"""What came on paper, by fax, by mail: one after the other by form, or all of them as a table."""

import re
from collections.abc import Sequence
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum import clock
from forum.errors import Invalid
from forum.files.receiving import sent_file
from forum.i18n import _
from forum.web import Form, actor_of, page, read, redirect, refill, site
from moderation.consultations.actions import importing, receiving
from moderation.consultations.comments import columns_of
from moderation.consultations.rules import Act, Consultation, State
from moderation.consultations.web.desk import FIELD_TIME, field_time, require_to_begin, run_by
from moderation.consultations.web.reading import frame
from moderation.consultations.web.submitting import plan_options
from moderation.submissions.cells import Row
from moderation.submissions.headings import columns_in, empty_table
from moderation.submissions.reading import Fault, Unreadable
from moderation.submissions.reading import read as read_table
from moderation.submissions.rules import BODY_LIMIT, CHANNEL_NAMES, LATENESS_NAMES, PAPER, PaperForm

# What the next paper of a pile has from the one before: the same way and day, and the next number.
KEPT = ("channel", "received_at", "source_ref")
FAULTS_SHOWN = 20


async def paper_form(request: Request) -> Response:
    consultation = await run_by(request)
    require_to_begin(request, Act.ENTER, consultation)
    return await page(
        request,
        "consultations/paper.html",
        **frame(request, consultation),
        parts=await plan_options(request, consultation.id),
        channels=[(channel.value, _(CHANNEL_NAMES[channel])) for channel in PAPER],
        limit=BODY_LIMIT,
        late_ways=[(way.value, _(name)) for way, name in LATENESS_NAMES.items()],
        following=bool(request.query_params.get("channel")),
        form=getattr(request.state, "form", None) or Form(start(request, consultation)),
    )


def start(request: Request, consultation: Consultation) -> dict[str, list[str]]:
    """As the paper before, else now; after the period no day is proposed, for now would be too late."""
    kept = {name: [value] for name in KEPT if (value := request.query_params.get(name))}
    is_open = consultation.state_at(clock.now()) == State.OPEN
    return ({"received_at": [field_time(request, clock.now())]} if is_open else {}) | kept


@refill(paper_form)
async def enter(request: Request) -> Response:
    consultation, paper = await run_by(request), await read(request, PaperForm)
    shared = site(request)
    taken = await receiving.enter(
        shared.db, shared.seal, actor_of(request), consultation.id, paper, shared.renderer.zone
    )
    notice = _("登録しました。受付番号は %(receipt)s です。", receipt=taken.receipt)
    kept = {
        "channel": paper.channel,
        "received_at": paper.received_at.strftime(FIELD_TIME),
        "source_ref": next_number(paper.source_ref or ""),
    }
    return redirect(request, f"/consultations/{consultation.id}/papers?{urlencode(kept)}", notice)


def next_number(ref: str) -> str:
    """Of a pile that is numbered through: 12 after 11, A-010 after A-009; nothing after what is no number."""
    found = re.search(r"[0-9]+$", ref)
    return f"{ref[: found.start()]}{int(found[0]) + 1:0{len(found[0])}}" if found else ""


@refill(paper_form)
async def enter_table(request: Request) -> Response:
    """All rows of the file, or none and why."""
    content = (await sent_file(request, "table")).data
    consultation, shared = await run_by(request), site(request)
    if not content:
        raise Invalid(table=_("CSVのファイルを選んでください。"))
    try:
        columns = columns_of(content) or columns_in(content)
        rows = read_table(content, columns, now=shared.renderer.local(clock.now()))
        if consultation.state_at(clock.now()) != State.OPEN:
            require_days(rows)
        number = await importing.import_rows(shared.db, shared.seal, actor_of(request), consultation.id, rows)
    except Unreadable as refused:
        raise Invalid(table=said(refused)) from refused
    notice = _("%(n)s件を登録しました。", n=number)
    return redirect(request, f"/consultations/{consultation.id}/desk", notice)


def require_days(rows: Sequence[Row]) -> None:
    """After the period nobody can tell from the day of entry whether it came in time. Raises Unreadable."""
    if faults := [Fault(row.line, _("受付日時がありません。")) for row in rows if row.received is None]:
        raise Unreadable(*faults)


def said(refused: Unreadable) -> str:
    """Nothing was taken in, and why; of many faults the first ones."""
    shown = [str(fault) for fault in refused.faults[:FAULTS_SHOWN]]
    more = len(refused.faults) - len(shown)
    rest = [_("ほかに%(n)sか所あります。", n=more)] * bool(more)
    return "\n".join([_("1件も登録していません。直してから、もう一度選んでください。"), *shown, *rest])


async def table(request: Request) -> Response:
    """An empty table with the heads that are read."""
    await run_by(request)
    headers = {"Content-Disposition": 'attachment; filename="opinions.csv"'}
    return Response(empty_table(), media_type="text/csv; charset=utf-8", headers=headers)


routes = [
    Route("/consultations/{id:int}/papers", paper_form),
    Route("/consultations/{id:int}/papers", enter, methods=["POST"]),
    Route("/consultations/{id:int}/papers/table", paper_form),
    Route("/consultations/{id:int}/papers/table", enter_table, methods=["POST"]),
    Route("/consultations/{id:int}/papers/table.csv", table),
]
