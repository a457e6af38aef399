"""`forum digest compile`: compiles a digest here and now, where no worker runs or nobody wants to wait for one."""

import typer

from forum.commands.context import opened_site
from forum.db import Database
from forum.errors import NotFound
from moderation.digests.actions import compile_digest
from moderation.digests.queries.groups import groups


async def compile_now(number: int) -> bool:
    """Whether there is such a digest."""
    async with opened_site() as site:
        return await compiled(site.db, number)


async def compiled(db: Database, number: int) -> bool:
    """Says what became of it: one that was compiled before is left as people sorted it."""
    try:
        done = await compile_digest(db, number)
    except NotFound:
        typer.echo(f"There is no digest {number}.", err=True)
        return False
    found = await groups(db, number)
    opinions = sum(group.opinions for group in found)
    typer.echo(f"{'Compiled' if done else 'Compiled before'}. Opinions: {opinions}, groups: {len(found)}.")
    return True
