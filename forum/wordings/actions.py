"""Saying a text of the town in easy words."""

from forum import clock
from forum.access import Actor, require
from forum.db import Database
from forum.errors import Conflict
from forum.i18n import _
from forum.wordings import queries
from forum.wordings.rules import NewWording, Source, can_reword


async def reword(db: Database, actor: Actor, source: Source, new: NewWording) -> None:
    """Adds a version of what `source` says now. Raises Conflict if somebody else was faster, with easy words or with the
    original."""
    require(can_reword(actor))
    if new.source not in ("", source.sha256):
        raise Conflict(
            _("書いているあいだに、もとの文が変わりました。読み直して、もう一度保存してください。")
        )
    async with db.transaction():
        await queries.lock(db)
        before = (await queries.newest(db, source.about, [source.subject_id])).get(source.subject_id)
        if new.number != (before.number if before else 0):
            raise Conflict(_("ほかの人が先に書き直しました。新しい文を見て、もう一度保存してください。"))
        await queries.add(
            db,
            about=source.about,
            subject_id=source.subject_id,
            number=new.number + 1,
            body=new.body,
            source_sha256=source.sha256,
            written_by=actor.id,
            now=clock.now(),
        )
