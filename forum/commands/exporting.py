"""`forum export`: the published result of a consultation as files."""

from collections.abc import Mapping
from pathlib import Path

import typer

from forum.commands.context import opened_site
from forum.web import Site
from moderation.consultations.exports import bundle
from moderation.consultations.exports.bundle.reading import read
from moderation.consultations.exports.files import FILES
from moderation.consultations.queries import notices
from moderation.consultations.rules import State


async def export_results(consultation_id: int, folder: Path) -> bool:
    """Whether there was a published result to write."""
    async with opened_site() as site:
        return await write(site, consultation_id, folder)


async def write(site: Site, consultation_id: int, folder: Path) -> bool:
    """Writes results-N.docx and the other kinds into the folder."""
    consultation = await notices.consultation(site.db, consultation_id)
    found = None
    if consultation is not None and consultation.state == State.PUBLISHED:
        found = await read(site.db, consultation, site.settings.link, site.renderer.zone)
    if found is None:
        typer.echo(f"Consultation {consultation_id} has no published result.", err=True)
        return False
    result, others = found
    files = {kind: export(result) for kind, (_media_type, export) in FILES.items()}
    save({**files, "zip": bundle.export(result, others)}, folder / f"results-{consultation_id}")
    return True


def save(files: Mapping[str, bytes], path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for kind, content in files.items():
            path.with_suffix(f".{kind}").write_bytes(content)
            typer.echo(str(path.with_suffix(f".{kind}")))
    except OSError as error:
        raise typer.BadParameter(f"{path.parent} cannot be written: {error.strerror}") from error
