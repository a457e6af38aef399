"""Who may see a file: its owner, and whoever may see one of the things that show it."""

from collections.abc import Awaitable, Callable, Mapping

from forum.access import GUEST, Actor
from forum.db import Database
from forum.errors import NotFound
from forum.files import queries
from forum.files.rules import File
from forum.pictures import Address

# Whether somebody may see the file with these bytes where these things (posts, by id) show it.
Judge = Callable[[Database, Actor, str, list[int]], Awaitable[bool]]


async def file_for(
    db: Database, actor: Actor, judges: Mapping[str, Judge], asked: Address
) -> tuple[File, bool]:
    """The file, and whether everybody may see it. Raises NotFound where the person may not know of it.

    Of several people who sent the same bytes each called them something else: it is a file that the person may see.
    """
    found = [file for file in await queries.with_bytes(db, asked.sha256) if file.address == asked]
    if not found:
        raise NotFound
    uses: dict[tuple[int, str], list[int]] = {}
    for file_id, used_by, subject_id in await queries.uses(db, asked.sha256):
        uses.setdefault((file_id, used_by), []).append(subject_id)

    async def may_see(actor: Actor, file: File) -> bool:
        for (file_id, used_by), ids in uses.items():
            if (
                file_id == file.id
                and used_by in judges
                and await judges[used_by](db, actor, asked.sha256, ids)
            ):
                return True
        return False

    for file in found:
        if await may_see(GUEST, file):
            return file, True
    for file in found:
        if actor.wrote(file.account_id) or await may_see(actor, file):
            return file, False
    raise NotFound
