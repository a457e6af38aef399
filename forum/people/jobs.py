"""Carrying out what people decided to leave behind, and telling them of it."""

from collections.abc import Sequence
from typing import Any

from forum import mail
from forum.accounts.queries import account
from forum.i18n import _, in_locale
from forum.jobs import Handler
from forum.people import actions
from forum.people.actions import Farewell
from forum.people.rules import GOES_NAMES, Goes
from forum.web import Site


async def leaving_mail(site: Site, payload: dict[str, Any]) -> None:
    """Whoever has the password decided it; the owner of the address hears of it in time."""
    own = await account(site.db, payload["account_id"])
    if own is None or own.leaving is None or own.leaves_at is None:
        return
    with in_locale(own.locale):
        text = site.renderer.render_text(
            "mail/leaving.txt",
            {
                "pen_name": own.pen_name,
                "goes": _(GOES_NAMES[Goes(own.leaving)]),
                "leaves_at": own.leaves_at,
                "link": site.settings.link("/login?next=/account/leaving"),
            },
        )
        await mail.send(site.settings, to=own.email, subject=_("退会・取り下げの手続き"), text=text)


def hourly(farewells: Sequence[Farewell]) -> dict[str, Handler]:
    """Each slice says goodbye to what it keeps."""

    async def carry_out(site: Site, payload: dict[str, Any]) -> None:
        await actions.carry_out(site.db, farewells)

    return {"carry_out_leavings": carry_out}


JOBS: dict[str, Handler] = {"leaving_mail": leaving_mail}
