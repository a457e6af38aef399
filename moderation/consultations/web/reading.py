"""What everybody reads: all procedures, and one with its draft plan."""

from collections.abc import Iterable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum import clock
from forum.access import Actor, Role
from forum.errors import NotFound
from forum.files import queries
from forum.web import actor_of, database, page, path_id, site
from moderation.consultations import rules
from moderation.consultations.actions.documents import USED_BY
from moderation.consultations.passages import passages_of
from moderation.consultations.queries import changes, followers, notices, versions
from moderation.consultations.rules import STATE_NAMES, Act, Consultation, State

# The page lists what wants the reader's attention first.
ORDER = (
    State.OPEN,
    State.PLANNED,
    State.CLOSED,
    State.CONSIDERING,
    State.PUBLISHED,
    State.NOT_CONDUCTED,
    State.WITHDRAWN,
)

# The way to a result; the other two states are ways out.
STEPS = (State.PLANNED, State.OPEN, State.CLOSED, State.CONSIDERING, State.PUBLISHED)


async def index(request: Request) -> Response:
    db, actor = database(request), actor_of(request)
    return await page(
        request,
        "consultations/index.html",
        groups=by_state(await notices.known_to_all(db)),
        follows=actor.id is not None and await followers.follows(db, actor.id, None),
        prepared=await notices.in_preparation(db, prepared_for(actor)) if actor.is_staff else [],
    )


async def show(request: Request) -> Response:
    consultation, actor = await consultation_of(request), actor_of(request)
    plan = await notices.plan(database(request), consultation.id)
    kept = await versions.of(database(request), consultation.id)
    return await page(
        request,
        "consultations/show.html",
        **frame(request, consultation),
        changes=await changes.of(database(request), consultation.id),
        plan=passages_of(plan, kept),
        versions=kept,
        files=await queries.used_in(database(request), USED_BY, consultation.id),
        follows=actor.id is not None
        and await followers.follows(database(request), actor.id, consultation.id),
    )


def by_state(consultations: Iterable[Consultation]) -> list[tuple[State, str, list[Consultation]]]:
    """The procedures under the state they are in at this moment; what closes first, first."""
    now = clock.now()
    found: dict[State, list[Consultation]] = {state: [] for state in ORDER}
    for consultation in consultations:
        found[consultation.state_at(now)].append(consultation)
    found[State.OPEN].sort(key=lambda consultation: consultation.closes_at)
    found[State.PLANNED].sort(key=lambda consultation: consultation.opens_at)
    return [(state, STATE_NAMES[state], members) for state, members in found.items() if members]


def prepared_for(actor: Actor) -> int | None:
    """Whose drafts a member of staff sees: those of the own section, the administrator all."""
    return None if actor.role == Role.ADMINISTRATOR else actor.section_id or 0


async def consultation_of(request: Request) -> Consultation:
    """The procedure of the path. Raises NotFound where the person may not know of it."""
    consultation = await notices.consultation(database(request), path_id(request))
    if consultation is None or not rules.can_see(actor_of(request), consultation):
        raise NotFound
    return consultation


def frame(request: Request, consultation: Consultation) -> dict[str, Any]:
    """What the head of every page about a procedure shows."""
    now, actor = clock.now(), actor_of(request)
    state = consultation.state_at(now)
    return {
        "consultation": consultation,
        "state": state,
        "state_name": STATE_NAMES[state],
        "step": STEPS.index(state) if state in STEPS else None,
        "days": rules.days(consultation.opens_at, consultation.closes_at, site(request).renderer.zone),
        "runs": bool(rules.runs(actor, consultation)),
        "can_submit": rules.can(actor, Act.SUBMIT, consultation, now),
    }


routes = [Route("/consultations", index), Route("/consultations/{id:int}", show)]
