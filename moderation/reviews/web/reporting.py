"""Reporting a post, or a poll."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.access import require
from forum.guides.queries import rules_in_force
from forum.i18n import N_, _, by_locale
from forum.pace.actions import keep_pace
from forum.posts.queries import posts
from forum.posts.web import readable_post
from forum.screening.asking import MODERATORS
from forum.screening.web import read_asking
from forum.topics.web.polls import readable_poll
from forum.topics.web.reading import under_title_for
from forum.web import actor_of, database, page, redirect, refill
from moderation.reviews import actions
from moderation.reviews.actions import polling
from moderation.reviews.polling import can_report_poll
from moderation.reviews.queries import reports
from moderation.reviews.rules import Complaint, can_report

THANKS = N_("通報を受け付けました。担当者が確認し、結果を受信箱でお知らせします。")


async def report_form(request: Request) -> Response:
    db, actor, post = database(request), actor_of(request), await readable_post(request)
    require(can_report(actor, post))
    assert actor.id is not None
    return await page(
        request,
        "posts/report.html",
        post=post,
        poll=None,
        reported=await reports.has_open(db, post.id, actor.id),
        reasons=await _reasons(request),
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
    # Not to the post: the page would go there at once, past what it says at its top.
    return redirect(request, f"/posts/{post.id}/report", _(THANKS))


async def poll_form(request: Request) -> Response:
    db, actor = database(request), actor_of(request)
    poll, topic = await readable_poll(request)
    require(can_report_poll(actor, topic, poll))
    opening = await posts.opening(db, topic.id)
    assert actor.id is not None
    assert opening is not None
    return await page(
        request,
        "posts/report.html",
        post=None,
        poll=poll,
        topic=under_title_for(actor, topic),
        reported=await reports.has_open(db, opening.id, actor.id, poll.id),
        reasons=await _reasons(request),
    )


@refill(poll_form)
async def report_poll(request: Request) -> Response:
    db, actor = database(request), actor_of(request)
    poll, _topic = await readable_poll(request)
    words = "\n".join([poll.question, *poll.options])
    complaint = await read_asking(request, Complaint, "note", readers=MODERATORS, known=words)
    if actor.id is not None:
        await keep_pace(db, "report", actor.id)
    await polling.report(db, actor, poll.id, complaint)
    return redirect(request, f"/polls/{poll.id}", _(THANKS))


async def _reasons(request: Request) -> list[tuple[int | str, str]]:
    return [
        *(
            (rule.number, by_locale(rule.title, rule.title_en))
            for rule in await rules_in_force(database(request))
        ),
        ("other", _("そのほか")),
    ]


routes = [
    Route("/posts/{id:int}/report", report_form),
    Route("/posts/{id:int}/report", report, methods=["POST"]),
    Route("/polls/{id:int}/report", poll_form),
    Route("/polls/{id:int}/report", report_poll, methods=["POST"]),
]
