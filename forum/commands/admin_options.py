"""What `forum admin` takes; what does it is loaded only then."""

import asyncio
from functools import partial
from typing import Annotated

import typer

# Of a row of the database.
NUMBER = partial(typer.Argument, min=1, max=2**63 - 1)
admin = typer.Typer(no_args_is_help=True, help="Accounts with a role.")


@admin.command("create")
def admin_create(
    pen_name: Annotated[str, typer.Argument(help="Shown to everybody.")],
    email: Annotated[str, typer.Argument(help="To log in with.")],
    role: Annotated[str, typer.Option(help="administrator, moderator or staff.")] = "administrator",
    section: Annotated[str | None, typer.Option(help="The section of the city in which staff work.")] = None,
    password: Annotated[
        str,
        typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for if not given."),
    ] = "",
) -> None:
    """Open an account with a role."""
    from forum.commands.admin import create

    asyncio.run(create(pen_name, email, role, section, password))


@admin.command("role")
def admin_role(
    email: Annotated[str, typer.Argument(help="Whose account.")],
    role: Annotated[str, typer.Argument(help="administrator, moderator, staff or resident.")],
    section: Annotated[str | None, typer.Option(help="The section of the city in which staff work.")] = None,
) -> None:
    """Give an account another role."""
    from forum.commands.admin import change_role

    asyncio.run(change_role(email, role, section))


@admin.command("drop-second-factor")
def admin_drop_second_factor(
    email: Annotated[str, typer.Argument(help="Whose account.")],
) -> None:
    """Let somebody in with the password alone, who has lost the app and the spare codes."""
    from forum.commands.admin import drop_second_factor

    asyncio.run(drop_second_factor(email))


@admin.command("suspend")
def admin_suspend(
    post: Annotated[int, NUMBER(help="The number of the post because of which.")],
    by: Annotated[str, typer.Option(help="The e-mail of the administrator who decides.")],
    rule: Annotated[int, typer.Option(help="The rule that was broken.")],
    reason: Annotated[str, typer.Option(help="What its author and the public log are told.")],
) -> None:
    """Keep the author of a post from taking part; what they wrote stays."""
    from forum.commands.admin import sanction
    from moderation.reviews.acts import Act

    asyncio.run(sanction(Act.SUSPEND, post, by, rule, reason))


@admin.command("reinstate")
def admin_reinstate(
    post: Annotated[int, NUMBER(help="The number of a post of the account.")],
    by: Annotated[str, typer.Option(help="The e-mail of the administrator who decides.")],
    reason: Annotated[str, typer.Option(help="What its author and the public log are told.")],
) -> None:
    """Let the author of a post take part again."""
    from forum.commands.admin import sanction
    from moderation.reviews.acts import Act

    asyncio.run(sanction(Act.REINSTATE, post, by, None, reason))
