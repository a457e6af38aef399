"""Carrying out what people decided to leave behind, and putting together what they take along."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from forum import clock, mail
from forum.accounts.queries import account
from forum.files.queries import of_account
from forum.i18n import DEFAULT_LOCALE, _, in_locale
from forum.jobs import Handler
from forum.people import actions
from forum.people.actions import Farewell
from forum.people.packing import pack
from forum.people.portions import Portion
from forum.people.queries import takeouts
from forum.people.rules import GOES_NAMES, Goes
from forum.web import Site
from forum.zones import in_zone


async def leaving_mail(site: Site, payload: dict[str, Any]) -> None:
    """Whoever has the password decided it; the owner of the address hears of it in time."""
    own = await account(site.db, payload["account_id"])
    if own is None or own.leaving is None or own.leaves_at is None:
        return
    with in_locale(own.locale), in_zone(own.time_zone):
        text = site.renderer.render(
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

    return {"carry_out_leavings": carry_out, "forget_takeouts": forget_takeouts}


def jobs(portions: Sequence[Portion]) -> dict[str, Handler]:
    """Each slice says what it keeps."""

    async def takeout(site: Site, payload: dict[str, Any]) -> None:
        await make_takeout(site, portions, payload["takeout_id"])

    return {"leaving_mail": leaving_mail, "takeout": takeout}


async def make_takeout(site: Site, portions: Sequence[Portion], takeout_id: int) -> None:
    """Everything about the person in one file, in their language and time zone."""
    takeout = await takeouts.takeout(site.db, takeout_id)
    now = clock.now()
    if takeout is None or takeout.ready_at is not None or takeout.expires_at <= now:
        return
    own = await account(site.db, takeout.account_id)
    found = await takeouts.everything(site.db, portions, takeout.account_id)
    files = await of_account(site.db, takeout.account_id)
    with (
        in_locale(own.locale if own else DEFAULT_LOCALE),
        in_zone(own.time_zone if own else None),
        TemporaryDirectory() as folder,
    ):
        path = Path(folder) / "everything.zip"
        await pack(path, site.renderer, site.storage, found, files, now)
        await site.storage.put(takeout.key, path)
        size = path.stat().st_size
    await actions.hand_over(site.db, site.storage, takeout, size)


async def forget_takeouts(site: Site, payload: dict[str, Any]) -> None:
    await actions.forget_takeouts(site.db, site.storage)
