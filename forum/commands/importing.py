"""`forum import`: a CSV of opinions becomes submissions of a consultation, all of them or none."""

import typer

from forum import clock
from forum.access import Actor, Role
from forum.commands.context import opened_site
from forum.errors import Refusal
from forum.web import Site
from moderation.consultations.actions.importing import import_rows
from moderation.consultations.comments import columns_of
from moderation.submissions.reading import Columns, Unreadable, read

# Whoever may run commands on the server may do what an administrator may; no account has the number 0.
OPERATOR = Actor(id=0, role=Role.ADMINISTRATOR, confirmed=True)


async def import_opinions(consultation_id: int, content: bytes, columns: Columns | None) -> bool:
    """Whether the file was taken in."""
    async with opened_site() as site:
        return await take_in(site, consultation_id, content, columns)


async def take_in(site: Site, consultation_id: int, content: bytes, columns: Columns | None) -> bool:
    """Says how many came in, or every line that is wrong."""
    try:
        columns = columns or columns_of(content)
        if columns is None:
            typer.echo("Name the column of the opinion with --body.", err=True)
            return False
        rows = read(content, columns, now=site.renderer.local(clock.now()))
        number = await import_rows(site.db, site.seal, OPERATOR, consultation_id, rows)
    except Unreadable as refused:
        for fault in refused.faults:
            typer.echo(str(fault), err=True)
        typer.echo(f"Nothing was imported. Faults: {len(refused.faults)}.", err=True)
        return False
    except Refusal as refused:
        typer.echo(refused.reason or f"There is no consultation {consultation_id}.", err=True)
        return False
    typer.echo(f"Submissions imported: {number}.")
    return True
