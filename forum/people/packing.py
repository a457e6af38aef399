"""Everything about a person as one file that opens anywhere: JSON for machines, a page for people, and the pictures."""

import asyncio
import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from forum.files.rules import File
from forum.people.portions import Everything
from forum.rendering import Renderer
from forum.settings import ROOT
from forum.storage import Storage

FOLDER = "files"
STYLE = ROOT / "templates" / "people" / "takeout.css"
# Of pictures and files; whoever has more gets the newest, and the addresses of the others. Residents have less.
FILES_BYTES_MAX = 500_000_000


async def pack(
    path: Path,
    renderer: Renderer,
    storage: Storage,
    found: Everything,
    files: Sequence[File],
    made_at: datetime,
) -> None:
    """Writes the ZIP at `path`, holding no more than one file at a time."""
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        packed = set[str]()
        for file in fitting(files):
            data = await storage.get(file.key)
            if data is not None and file.address.name not in packed:
                packed.add(file.address.name)
                name = f"{FOLDER}/{file.address.name}"
                await asyncio.to_thread(archive.writestr, name, data, ZIP_STORED)
        link = renderer.settings.link("/")
        archive.writestr("everything.json", as_json(found, made_at, link))
        shown = {
            "found": found,
            "made_at": made_at,
            "link": link,
            "packed": frozenset(f"/{FOLDER}/{name}" for name in packed),
        }
        archive.writestr("index.html", renderer.render("people/takeout.html", shown))
        archive.write(STYLE, "style.css")


def fitting(files: Sequence[File]) -> list[File]:
    """As many as fit, in their order."""
    taken, bytes_left = list[File](), FILES_BYTES_MAX
    for file in files:
        if file.bytes <= bytes_left:
            taken.append(file)
            bytes_left -= file.bytes
    return taken


def as_json(found: Everything, made_at: datetime, link: str) -> str:
    """Each portion under its name, with codes as they are kept and exact times."""
    whole: dict[str, Any] = {"made_at": made_at, "from": link}
    whole |= {portion.name: rows for portion, rows in found}
    return json.dumps(whole, ensure_ascii=False, indent=1, default=_plain)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
