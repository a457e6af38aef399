"""`forum admin`: accounts with a role, and accounts that lose theirs or their place in the room."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import typer

from forum.access import Role
from forum.accounts import passwords, queries, rules
from forum.accounts.actions import factors
from forum.accounts.queries.sections import add_section, named_sections
from forum.commands.context import opened_site
from forum.db import Database
from forum.errors import Invalid, Refusal
from forum.offices import actions as offices
from forum.offices.rules import Appointment, Opening, SectionForm
from forum.posts.queries import posts
from forum.text import fold
from forum.validating import validated
from forum.web import Site
from moderation.reviews.actions import proposing
from moderation.reviews.acts import Act
from moderation.reviews.pairs import Done
from moderation.reviews.sanctions import Wish

OFFICES = (Role.ADMINISTRATOR, Role.MODERATOR, Role.STAFF)


async def create(pen_name: str, email: str, role: str, section: str | None, password: str) -> None:
    """Opens the account, or says in one line why not and exits with 2."""
    if role not in OFFICES:
        raise typer.BadParameter("role is administrator, moderator or staff")
    if rules.is_guessable(password, pen_name, email):
        raise typer.BadParameter("the password is a common one or easy to guess")
    async with _all_or_nothing() as site:
        form = validated(Opening, {"pen_name": pen_name, "email": email, "password": password})
        section_id = await _section(site.db, section)
        await offices.open_account(
            site.db, form, await passwords.hashed(form.password), Role(role), section_id
        )
    typer.echo(f"{role}: {form.pen_name} <{form.email}>")


async def change_role(email: str, role: str, section: str | None) -> None:
    """Gives the account another role; its open pages are judged anew at once."""
    if role not in list(Role) or role == Role.GUEST:
        raise typer.BadParameter("role is administrator, moderator, staff or resident")
    async with _all_or_nothing() as site:
        who = (await _account(site.db, email)).email
        section_id = await _section(site.db, section)
        account = await offices.give_role(
            site.db, Appointment(who=who, role=Role(role), section_id=section_id)
        )
    typer.echo(f"{role}: {account.pen_name} <{account.email}>")


async def drop_second_factor(email: str) -> None:
    """The owner is told by mail, and logged out everywhere."""
    async with _all_or_nothing() as site:
        account = await _account(site.db, email)
        if not await factors.take_away(site.db, account.id):
            raise typer.BadParameter(f"{account.email} has no second factor")
    typer.echo(f"no second factor any more: {account.pen_name} <{account.email}>")


async def sanction(act: Act, post_id: int, by: str, rule: int | None, reason: str) -> None:
    """Suspends or reinstates the author of a post as the administrator `by`, or proposes to: on record and told like any
    sanction."""
    async with _all_or_nothing() as site:
        administrator = await queries.actor(site.db, (await _account(site.db, by)).id)
        post = await posts.post(site.db, post_id)
        if administrator is None or post is None:
            raise typer.BadParameter(f"there is no post {post_id}")
        wish = validated(Wish, {"act": act, "rule": rule, "reason": reason, "version": post.version})
        done = await proposing.sanction(site.db, administrator, post.id, wish)
        account = await queries.account(site.db, post.author_id)
    assert account is not None
    waits = "" if done is Done.DECIDED else " (proposed: the board asks for a second moderator)"
    typer.echo(f"{act.value}: {account.pen_name} <{account.email}>{waits}")


@asynccontextmanager
async def _all_or_nothing() -> AsyncIterator[Site]:
    """A site whose refusals are said in one line."""
    async with opened_site() as site:
        try:
            async with site.db.transaction():
                yield site
        except Refusal as refusal:
            fields = refusal.fields if isinstance(refusal, Invalid) else {}
            why = "; ".join(f"{name}: {text}" for name, text in fields.items())
            raise typer.BadParameter(why or refusal.reason or "this account may not do that") from refusal


async def _account(db: Database, email: str) -> rules.Account:
    account = await queries.account_of_email(db, fold(email)) if email.isprintable() else None
    if account is None:
        raise typer.BadParameter(f"no account has the e-mail {email}")
    return account


async def _section(db: Database, name: str | None) -> int | None:
    """The number of a section, which is new if nobody was in it."""
    if name is None:
        return None
    form = validated(SectionForm, {"name": name, "name_en": name})
    numbers = {known: number for number, known, _ in await named_sections(db)}
    return numbers.get(form.name) or await add_section(db, form.name, form.name_en)
