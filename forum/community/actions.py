"""Entering events, courses and groups, and changing them: what is called off stays, so that calendars hear of it."""

from datetime import tzinfo

from forum import clock
from forum.access import Actor, require
from forum.community import queries, rules
from forum.community.rules import Group, GroupForm, Occasion, OccasionForm
from forum.db import Database
from forum.errors import Conflict, NotFound
from forum.i18n import _


async def enter_occasion(db: Database, actor: Actor, form: OccasionForm, zone: tzinfo) -> int:
    """Once, however often the button is pressed; its number."""
    async with db.transaction():
        require(rules.can_enter(actor))
        await queries.lock_occasions(db)
        known = await queries.entered_already(db, actor, form, form.span(zone))
        return known or await queries.add_occasion(db, actor, form, form.span(zone), clock.now())


async def change_occasion(
    db: Database, actor: Actor, occasion_id: int, form: OccasionForm, zone: tzinfo
) -> None:
    async with db.transaction():
        _require_current(actor, await queries.locked_occasion(db, occasion_id), form.version)
        await queries.change_occasion(db, occasion_id, form, form.span(zone), clock.now())


async def list_group(db: Database, actor: Actor, form: GroupForm) -> int:
    """Once, as an event; its number."""
    async with db.transaction():
        require(rules.can_enter(actor))
        await queries.lock_groups(db)
        known = await queries.listed_already(db, actor, form)
        return known or await queries.add_group(db, actor, form, clock.now())


async def change_group(db: Database, actor: Actor, group_id: int, form: GroupForm) -> None:
    async with db.transaction():
        _require_current(actor, await queries.locked_group(db, group_id), form.version)
        await queries.change_group(db, group_id, form, clock.now())


def _require_current(actor: Actor, entry: Occasion | Group | None, version: int) -> None:
    """What is changed must be what the page showed."""
    if entry is None:
        raise NotFound
    require(rules.can_change(actor, entry.entered_by))
    if entry.version != version:
        raise Conflict(_("あなたが開いたあとに、ほかの人が直しました。いまの内容を確かめてください。"))
