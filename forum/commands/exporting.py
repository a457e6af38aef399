"""`forum export`: the published result of a consultation as files."""

from pathlib import Path

import typer

from forum.commands.context import opened_site
from forum.web import Site
from moderation.consultations.composing import compose
from moderation.consultations.exports.files import FILES
from moderation.consultations.gathering import gather
from moderation.consultations.queries import notices
from moderation.consultations.results import Result
from moderation.consultations.rules import State


async def export_results(consultation_id: int, folder: Path) -> bool:
    """Whether there was a published result to write."""
    async with opened_site() as site:
        return await write(site, consultation_id, folder)


async def write(site: Site, consultation_id: int, folder: Path) -> bool:
    """Writes results-N.docx and the other kinds into the folder."""
    consultation = await notices.consultation(site.db, consultation_id)
    gathered = await gather(site.db, consultation_id)
    if consultation is None or gathered is None or consultation.state != State.PUBLISHED:
        typer.echo(f"Consultation {consultation_id} has no published result.", err=True)
        return False
    result = await compose(site.db, consultation, gathered, site.settings.link, site.renderer.zone)
    save(result, folder)
    return True


def save(result: Result, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for kind, (_media_type, export) in FILES.items():
        path = folder / f"results-{result.consultation_id}.{kind}"
        path.write_bytes(export(result))
        typer.echo(str(path))
