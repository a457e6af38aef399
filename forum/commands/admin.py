"""`forum admin`: accounts with a role, and accounts that lose theirs or their place in the room."""

import typer

from forum.access import Role
from forum.accounts import actions, passwords, queries, rules
from forum.accounts.queries.sections import add_section, named_sections
from forum.commands.context import opened_site
from forum.db import Database
from forum.errors import Invalid, Refusal
from forum.offices import actions as offices
from forum.posts.queries import posts
from forum.text import fold
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
    async with opened_site() as site:
        section_id = await _section(site.db, section)
        try:
            await actions.appoint(
                site.db,
                pen_name=pen_name,
                email=email,
                password_hash=await passwords.hashed(password),
                role=Role(role),
                section_id=section_id,
            )
        except Refusal as refusal:
            raise typer.BadParameter(refusal.reason) from refusal
    typer.echo(f"{role}: {pen_name} <{email}>")


async def change_role(email: str, role: str, section: str | None) -> None:
    """Gives the account another role; its open pages are judged anew at once."""
    if role not in list(Role) or role == Role.GUEST:
        raise typer.BadParameter("role is administrator, moderator, staff or resident")
    async with opened_site() as site:
        account = await _account(site.db, email)
        await offices.give_role(site.db, account.id, Role(role), await _section(site.db, section))
    typer.echo(f"{role}: {account.pen_name} <{account.email}>")


async def sanction(act: Act, post_id: int, by: str, rule: int | None, reason: str) -> None:
    """Suspends or reinstates the author of a post as the administrator `by`, or proposes to: on record and told like any
    sanction."""
    async with opened_site() as site:
        administrator = await queries.actor(site.db, (await _account(site.db, by)).id)
        post = await posts.post(site.db, post_id)
        if administrator is None or post is None:
            raise typer.BadParameter(f"there is no post {post_id}")
        wish = Wish(act=act, rule=rule, reason=reason, version=post.version)
        try:
            done = await proposing.sanction(site.db, administrator, post.id, wish)
        except Refusal as refusal:
            why = "; ".join(refusal.fields.values()) if isinstance(refusal, Invalid) else refusal.reason
            raise typer.BadParameter(why) from refusal
        account = await queries.account(site.db, post.author_id)
    assert account is not None
    waits = "" if done is Done.DECIDED else " (proposed: the board asks for a second moderator)"
    typer.echo(f"{act.value}: {account.pen_name} <{account.email}>{waits}")


async def _account(db: Database, email: str) -> rules.Account:
    account = await queries.account_of_email(db, fold(email))
    if account is None:
        raise typer.BadParameter(f"no account has the e-mail {email}")
    return account


async def _section(db: Database, name: str | None) -> int | None:
    """The number of a section, which is new if nobody was in it."""
    if name is None:
        return None
    numbers = {known: number for number, known, _ in await named_sections(db)}
    return numbers.get(name) or await add_section(db, name, name, None)
