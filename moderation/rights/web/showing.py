"""What every page about a request says of it, whoever reads it."""

from typing import Any

from starlette.requests import Request

from forum import clock
from forum.web import database, site
from moderation.rights import queries, rules
from moderation.rights.rules import RIGHT_NAMES, STAGE_NAMES, STEP_NAMES, Filed, Kind


async def shown(request: Request, filed: Filed) -> dict[str, Any]:
    """What every page about a request says of it."""
    steps, now = await queries.steps(database(request), filed.id), clock.now()
    end = rules.until(filed.filed_at, steps, now, site(request).renderer.zone)
    return {
        "filed": filed,
        "steps": [step for step in steps if step.kind != Kind.REMINDED],
        "stage": rules.stage(steps, now),
        "due": end,
        "late": end is not None and now > end,
        "shown_again": rules.is_shown_again(steps, filed.post_state),
        "right_names": RIGHT_NAMES,
        "stage_names": STAGE_NAMES,
        "step_names": STEP_NAMES,
        "outcome_kinds": rules.OUTCOMES,
    }
