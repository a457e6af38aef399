"""Asking for two people on a board, and asking no more."""

from dataclasses import replace

from forum import clock
from forum.access import Actor, require
from forum.db import Database
from forum.errors import Conflict, Invalid, NotFound
from forum.i18n import _
from forum.proof import digest
from moderation.reviews import pairs
from moderation.reviews.pairs import Switch, Switched
from moderation.reviews.queries import switches


async def switch(db: Database, actor: Actor, wish: Switch) -> None:
    """From now on; what was proposed before may still be confirmed."""
    require(pairs.can_switch(actor))
    assert actor.id is not None
    async with db.transaction():
        if not await switches.lock_board(db, wish.board):
            raise NotFound
        asks = wish.asks == "yes"
        if asks == await switches.asks(db, wish.board):
            raise Conflict(_("この会議室の決め方は、もうそうなっています。"))
        if asks and await switches.moderators(db, wish.board) < pairs.MODERATORS_MIN:
            raise Invalid(asks=_("この会議室には、審査の担当者が2人いません。"))
        draft = Switched(0, wish.board, asks, wish.why, actor.id, clock.now(), "")
        await switches.switch(db, replace(draft, sha256=digest(pairs.switch_document(draft))))
