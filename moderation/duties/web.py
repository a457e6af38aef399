"""当番表: the coming weeks with who is on duty and where nobody is; and the same as a calendar for other programs."""

from datetime import date, timedelta

from itsdangerous import BadSignature, URLSafeSerializer
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum import clock
from forum.access import Actor, require
from forum.accounts import queries as accounts
from forum.accounts.factors import as_proven
from forum.boards import queries as boards
from forum.boards.rules import Kind
from forum.errors import NotFound
from forum.i18n import DEFAULT_LOCALE, _, by_locale, in_locale
from forum.icalendar import MEDIA_TYPE
from forum.web import actor_of, database, page, path_id, query_number, read, redirect, refill, site
from moderation.duties import actions, queries, rules
from moderation.duties.actions import PAGE
from moderation.duties.calendar import calendar
from moderation.duties.rules import Entry, Handover, Held

# What everybody may read needs somebody every day; the staff room has its staff.
LOOKED_AFTER = [Kind.OFFICIAL.value, Kind.COMMUNITY.value]
# So much of the past stays in a calendar.
KEPT = timedelta(days=31)


async def rota(request: Request) -> Response:
    """On the boards of this moderator, as far ahead as somebody may be entered."""
    db, actor, today = database(request), actor_of(request), _today(request)
    require(rules.can_see_rota(actor))
    number, last_page = query_number(request, "page", 1), rules.last_page(today)
    if not 1 <= number <= last_page:
        raise NotFound
    weeks = rules.weeks(today, number)
    duties = await queries.between(db, actor, weeks[0][0], weeks[-1][-1])
    found = [one for one in await boards.boards(db, LOOKED_AFTER) if actor.moderates(one.id)]
    able = rules.able(await accounts.office_holders(db), found)
    return await page(
        request,
        "duties/rota.html",
        weeks=[[rules.on_day(day, duties, found) for day in week] for week in weeks],
        today=today,
        page=number,
        last_page=last_page,
        everywhere=actor.moderates_everywhere,
        boards=[(one.id, by_locale(one.name, one.name_en)) for one in found],
        people=_names(able),
        others={
            duty.id: [who for who in able.get(duty.board_id, []) if who.id != duty.account_id]
            for duty in duties
        },
        stand_ins={duty.id: rules.stand_in(duty, able.get(duty.board_id, []), duties) for duty in duties},
        calendar=await _address(request, actor),
    )


@refill(rota)
async def enter(request: Request) -> Response:
    entry = await read(request, Entry)
    await actions.enter(database(request), actor_of(request), entry, _today(request))
    return redirect(request, _place(request, entry.start), _("当番を入れました。"))


@refill(rota)
async def hand_over(request: Request) -> Response:
    wish = await read(request, Handover)
    actor, today = actor_of(request), _today(request)
    day = await actions.hand_over(database(request), actor, path_id(request), wish, today)
    return redirect(request, _place(request, day), _("当番を代わりました。"))


@refill(rota)
async def leave(request: Request) -> Response:
    holder = (await read(request, Held)).holder
    actor, today = actor_of(request), _today(request)
    day = await actions.leave(database(request), actor, path_id(request), holder, today)
    return redirect(request, _place(request, day), _("当番を外しました。"))


async def renew(request: Request) -> Response:
    await actions.renew_calendar(database(request), actor_of(request))
    return redirect(
        request, f"{PAGE}#calendar", _("カレンダーのアドレスを作りました。前のものは使えません。")
    )


async def feed(request: Request) -> Response:
    """For a calendar program, which has no login: whoever knows the address reads the days of one person."""
    db, person = database(request), await _of_address(request)
    duties = await queries.of_person(db, person.id or 0, _today(request) - KEPT)
    settings = site(request).settings
    with in_locale(person.locale or DEFAULT_LOCALE):
        text = calendar(duties, clock.now(), settings.address.host or "localhost", settings.link(PAGE))
    return Response(text, headers={"Content-Type": MEDIA_TYPE, "Cache-Control": "private, no-store"})


def _place(request: Request, day: date) -> str:
    """Where the day is shown."""
    number = rules.page_of(day, _today(request))
    return PAGE if number == 1 else f"{PAGE}?page={number}"


def _names(able: dict[int | None, list[Actor]]) -> list[tuple[int | None, str]]:
    """Everybody who may be on duty anywhere, by name."""
    everybody = {who.id: who.pen_name for people in able.values() for who in people}
    return sorted(everybody.items(), key=lambda one: one[1])


def _today(request: Request) -> date:
    return site(request).renderer.local(clock.now()).date()


def _signer(request: Request) -> URLSafeSerializer:
    return URLSafeSerializer(site(request).settings.secret(), salt="calendar of duties")


async def _address(request: Request, actor: Actor) -> str | None:
    """Where somebody's own calendar is, if there is one."""
    nonce = await queries.nonce(database(request), actor.id or 0)
    if nonce is None:
        return None
    return site(request).settings.link(f"{PAGE}/{_signer(request).dumps([actor.id, nonce])}/calendar.ics")


async def _of_address(request: Request) -> Actor:
    """The moderator whose address it is. Raises NotFound for one that was renewed or made up."""
    try:
        account_id, nonce = _signer(request).loads(request.path_params["secret"])
    except (BadSignature, ValueError, TypeError) as error:
        raise NotFound from error
    person = await accounts.actor(database(request), account_id)
    is_required = site(request).settings.asks_second_factor
    if person is None or not rules.can_see_rota(as_proven(person, is_required=is_required)):
        raise NotFound
    if await queries.nonce(database(request), account_id) != nonce:
        raise NotFound
    return person


routes = [
    Route(PAGE, rota),
    Route(PAGE, enter, methods=["POST"]),
    Route(f"{PAGE}/{{id:int}}/hand-over", hand_over, methods=["POST"]),
    Route(f"{PAGE}/{{id:int}}/leave", leave, methods=["POST"]),
    Route(f"{PAGE}/calendar", renew, methods=["POST"]),
    Route(f"{PAGE}/{{secret}}/calendar.ics", feed),
]
