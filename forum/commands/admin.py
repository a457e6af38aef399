"""`forum admin create`: accounts with a role."""

import typer

from forum.access import Role
from forum.accounts import actions, passwords, queries, rules
from forum.commands.context import opened_site
from forum.errors import Refusal


async def create(pen_name: str, email: str, role: str, section: str | None, password: str) -> None:
    """Opens the account, or says in one line why not and exits with 2."""
    if role not in (Role.ADMINISTRATOR, Role.MODERATOR, Role.STAFF):
        raise typer.BadParameter("role is administrator, moderator or staff")
    if rules.is_guessable(password, pen_name, email):
        raise typer.BadParameter("the password is a common one or easy to guess")
    async with opened_site() as site:
        numbers = {name: number for number, name, _ in await queries.sections(site.db)}
        if section is not None and section not in numbers:
            numbers[section] = await queries.add_section(site.db, section, section, None)
        try:
            await actions.appoint(
                site.db,
                pen_name=pen_name,
                email=email,
                password_hash=await passwords.hashed(password),
                role=Role(role),
                section_id=numbers[section] if section else None,
            )
        except Refusal as refusal:
            raise typer.BadParameter(refusal.reason) from refusal
    typer.echo(f"{role}: {pen_name} <{email}>")
