"""`forum demo`: a believable Koganei that has been talking for three months.

The text is in `content/`. It is played through the real actions, each at its own moment in the past, so
everything that the room promises (hashes, logs, notices, ledgers) holds for it as well.
"""

from functools import partial

import typer

from forum.accounts import passwords
from forum.accounts import queries as accounts
from forum.accounts.queries.sections import named_sections
from forum.boards import queries as boards
from forum.boards.rules import Kind
from forum.commands.demo import (
    answering,
    phasing,
    polling,
    portal,
    reacting,
    reading,
    rewording,
    tagging,
    themes,
)
from forum.commands.demo.cast import Cast
from forum.commands.demo.hearings import Hearings
from forum.commands.demo.redress import Redress
from forum.commands.demo.talk import Talk
from forum.commands.demo.timeline import Timeline
from forum.db import Database
from forum.jobs import cancel
from forum.notifications.actions import mail_nothing
from forum.sealed import Seal
from forum.search.actions import learn_spellings
from forum.settings import Settings
from forum.text import fold
from moderation.charters.actions import put_first_charter_in_force
from moderation.figures.actions import recount

# Written in the README, so that anybody can try every role.
PASSWORD = "nogawa-sakura-kaigishitsu"  # noqa: S105

# Up to here everybody has opened the inbox; what came later is still unread.
READ_UNTIL = "5d 12:00"
# The last two weeks, for a page that is not empty.
RECOUNTED_DAYS = 14


async def fill(db: Database, settings: Settings) -> bool:
    """Plays the whole story into an empty room, or nothing of it. Whether the room was empty."""
    if await named_sections(db) or await boards.boards(db, list(Kind)):
        return False
    people, rooms = reading.people(), reading.boards()
    password_hash = await passwords.hashed(PASSWORD)
    async with db.transaction():
        timeline, cast = Timeline(settings.time_zone), Cast(db)
        await put_first_charter_in_force(db)
        await cast.open_house(people, rooms)
        cast.invite(timeline, people, password_hash)
        rewording.schedule(db, timeline)
        seal = Seal(settings.secret())
        talk = Talk(db, cast, timeline, Redress(db, seal, cast, timeline))
        for room in rooms:
            talk.schedule(room)
        portal.schedule(db, cast, timeline, talk.threads)
        answering.schedule(db, cast, timeline, talk.threads)
        phasing.schedule(db, cast, timeline, talk.threads)
        polling.schedule(db, cast, timeline, talk.threads)
        themes.schedule(db, cast, timeline)
        tagging.schedule(db, cast, timeline, talk.threads)
        reacting.schedule(db, cast, timeline, talk.threads)
        hearings = Hearings(db, seal, cast, talk.threads, timeline)
        hearings.schedule(reading.hearings())
        timeline.at(READ_UNTIL, cast.read_everything)
        for days in range(1, RECOUNTED_DAYS + 1):
            night = timeline.moment(f"{days}d 03:17")
            timeline.at(night, partial(recount, db, night.date()))
        await timeline.play()
        # What is told of the past was told and mailed in the past.
        await mail_nothing(db)
        for job in ("notices_mail", "tell_watchers", "turn_phase", "seal_poll"):
            await cancel(db, job)
        while await learn_spellings(db):
            pass
    return True


async def show_logins(db: Database) -> None:
    """One line for each account that a visitor can try, if this is the demo."""
    for person in reading.people().person:
        if person.login and await accounts.account_of_email(db, fold(person.email)):
            typer.echo(f"{person.login:<14} {person.email:<28} {PASSWORD}")


async def demo() -> None:
    """Fills an empty database and prints how to sign in; leaves any other as it is."""
    from forum.commands.context import opened_site

    async with opened_site() as site:
        if not await fill(site.db, site.settings):
            typer.echo("The room is not empty: nothing was added.")
        await show_logins(site.db)
