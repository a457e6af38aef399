"""Reporting a post."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.access import require
from forum.guides.queries import rules_in_force
from forum.i18n import _, by_locale
from forum.pace.actions import keep_pace
from forum.posts.queries import posts
from forum.posts.web import readable_post
from forum.screening.asking import MODERATORS
from forum.screening.web import read_asking
from forum.web import actor_of, database, page, redirect, refill
from moderation.reviews import actions
from moderation.reviews.queries import reports
from moderation.reviews.rules import Complaint, can_report


async def report_form(request: Request) -> Response:
    db, actor, post = database(request), actor_of(request), await readable_post(request)
    require(can_report(actor, post))
    assert actor.id is not None
    return await page(
        request,
        "posts/report.html",
        post=post,
        reported=await reports.has_open(db, post.id, actor.id),
        reasons=[
            *((rule.number, by_locale(rule.title, rule.title_en)) for rule in await rules_in_force(db)),
            ("other", _("そのほか")),
        ],
    )


@refill(report_form)
async def report(request: Request) -> Response:
    db, actor, post = database(request), actor_of(request), await readable_post(request)
    reported = await posts.post(db, post.id)
    assert reported is not None
    complaint = await read_asking(request, Complaint, "note", readers=MODERATORS, known=reported.shown)
    if actor.id is not None:
        await keep_pace(db, "report", actor.id)
    await actions.report(db, actor, post.id, complaint)
    return redirect(
        request,
        f"/posts/{post.id}",
        _("通報を受け付けました。担当者が確認し、結果を受信箱でお知らせします。"),
    )


routes = [
    Route("/posts/{id:int}/report", report_form),
    Route("/posts/{id:int}/report", report, methods=["POST"]),
]
