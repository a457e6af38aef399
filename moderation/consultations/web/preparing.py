"""Preparing a procedure: its frame and the draft plan, typed or read from a Word file; nobody else sees it yet."""

import asyncio
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum import clock
from forum.access import require
from forum.errors import Invalid
from forum.files.receiving import sent_file
from forum.i18n import _, by_locale
from forum.text import Version
from forum.typed import typed
from forum.web import Form, View, actor_of, database, page, read, redirect, refill, site
from moderation.consultations import rules
from moderation.consultations.actions import running
from moderation.consultations.queries import notices
from moderation.consultations.rules import Act, Consultation
from moderation.consultations.rules.notice import Notice, as_text
from moderation.consultations.web.desk import FIELD_TIME, field_time, require_to_begin, run_by


class Edited(Notice):
    """A notice that replaces the version the clerk saw."""

    version: Version


async def new(request: Request) -> Response:
    actor = actor_of(request)
    require(rules.can_create(actor, actor.section_id or 0))
    return await prepare_page(
        request, None, getattr(request.state, "form", None) or Form(starting_values(request))
    )


@refill(new)
async def create(request: Request) -> Response:
    if plan := await imported(request):
        return await with_plan(request, plan, new)
    notice = await read(request, Notice)
    zone = site(request).renderer.zone
    number = await running.prepare(database(request), actor_of(request), notice, zone)
    return redirect(request, f"/consultations/{number}/desk", _("保存しました。まだ公開していません。"))


async def edit_form(request: Request) -> Response:
    consultation = await run_by(request)
    require_to_begin(request, Act.EDIT, consultation)
    form = getattr(request.state, "form", None) or Form(await values_of(request, consultation))
    return await prepare_page(request, consultation, form)


@refill(edit_form)
async def edit(request: Request) -> Response:
    if plan := await imported(request):
        return await with_plan(request, plan, edit_form)
    consultation, notice = await run_by(request), await read(request, Edited)
    zone = site(request).renderer.zone
    await running.edit(database(request), actor_of(request), consultation.id, notice, notice.version, zone)
    return redirect(request, f"/consultations/{consultation.id}/desk", _("保存しました。"))


async def imported(request: Request) -> str | None:
    """The plan in the Word file of the form, if that button was pressed. Nothing of the file itself is kept."""
    content = (await sent_file(request, "word")).data
    if (await typed(request)).get("do") != "import":
        return None
    require(rules.can_create(actor_of(request), actor_of(request).section_id or 0))
    if not content:
        raise Invalid(word=_("Wordのファイル（.docx）を選んでください。"))
    # Loaded where a file came: its library is a part of every start otherwise.
    from moderation.consultations.importing import read_plan

    return await asyncio.to_thread(read_plan, content)


async def with_plan(request: Request, plan: str, view: View) -> Response:
    """The form as typed, with that plan in it, for the clerk to look at before it is saved."""
    fields = await typed(request)
    values = {name: [text for text in fields.getlist(name) if isinstance(text, str)] for name in fields}
    request.state.form = Form(values | {"plan": [plan], "imported": ["yes"]})
    return await view(request)


async def prepare_page(request: Request, consultation: Consultation | None, form: Form) -> Response:
    actor = actor_of(request)
    sections = await notices.city_sections(database(request))
    return await page(
        request,
        "consultations/prepare.html",
        consultation=consultation,
        sections=[
            (each.id, by_locale(each.name, each.name_en))
            for each in sections
            if rules.can_create(actor, each.id)
        ],
        form=form,
        full_period=rules.FULL_PERIOD,
    )


def starting_values(request: Request) -> dict[str, list[str]]:
    """Tomorrow morning, for a lawful period that ends when the counter closes."""
    today = clock.now().astimezone(site(request).renderer.zone)
    opens = (today + timedelta(days=1)).replace(hour=8, minute=30)
    closes = (opens + timedelta(days=rules.FULL_PERIOD)).replace(hour=17, minute=15)
    return {
        "opens_at": [opens.strftime(FIELD_TIME)],
        "closes_at": [closes.strftime(FIELD_TIME)],
        "section_id": [str(actor_of(request).section_id or "")],
    }


async def values_of(request: Request, consultation: Consultation) -> dict[str, list[str]]:
    plan = await notices.plan(database(request), consultation.id)
    due = consultation.result_due
    return {
        "version": [str(consultation.version)],
        "title": [consultation.title],
        "summary": [consultation.summary],
        "plain_summary": [consultation.plain_summary],
        "section_id": [str(consultation.section_id)],
        "opens_at": [field_time(request, consultation.opens_at)],
        "closes_at": [field_time(request, consultation.closes_at)],
        "short_period_reason": [consultation.short_period_reason],
        "result_due": [due.isoformat() if due else ""],
        "plan": [as_text((part.heading, part.body) for part in plan)],
    }


# The forms go where files may be as large as a plan with its figures; a page of before sends them to the shorter address.
routes = [
    *(Route(f"/consultations/new{end}", new) for end in ("", "/files")),
    *(Route(f"/consultations/new{end}", create, methods=["POST"]) for end in ("", "/files")),
    *(Route(f"/consultations/{{id:int}}/edit{end}", edit_form) for end in ("", "/files")),
    *(Route(f"/consultations/{{id:int}}/edit{end}", edit, methods=["POST"]) for end in ("", "/files")),
]
