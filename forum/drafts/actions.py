"""Keeping what is being written, and dropping it once it is sent."""

from collections.abc import Mapping

from forum import clock
from forum.access import Actor, can_take_part, require
from forum.db import Database
from forum.drafts import queries, rules
from forum.drafts.rules import Draft, Place
from forum.errors import Invalid
from forum.i18n import _
from forum.text import paragraphs


async def keep(db: Database, actor: Actor, place: Place, fields: Mapping[str, list[str]]) -> Draft | None:
    """The draft as it is kept now; None where nothing is written any more.

    A form goes on from the draft that it knows. If another device has gone on from there meanwhile, or has sent it, both
    are kept, and the person chooses.
    """
    typed = rules.kept_fields(fields)
    if rules.letters(typed) > rules.LETTERS_MAX:
        raise Invalid(form=_("下書きに保存できるのは、%(n)s文字までです。", n=rules.LETTERS_MAX))
    async with db.transaction():
        require(can_take_part(actor))
        assert actor.id is not None
        if rules.is_empty(typed):
            await queries.drop_version(db, actor.id, place.id, place.version)
            return None
        now = clock.now()
        if await queries.go_on(db, actor.id, place.id, place.version, typed, now):
            return await _own(db, actor.id, place.id)
        for draft in await queries.of_place(db, actor.id, place.place):
            if draft.typed == typed:
                return draft
        if await _has_just_been_posted(db, actor.id, typed):
            return None
        added = await queries.add(db, actor.id, place=place.place, url=place.at, typed=typed, now=now)
        await queries.drop_beyond(db, actor.id, rules.DRAFTS_MAX)
        return await _own(db, actor.id, added)


async def _has_just_been_posted(db: Database, account_id: int, typed: Mapping[str, list[str]]) -> bool:
    """Whether these are words of a post, or of the topic that it began, that overtook them on the way."""
    title, body = (paragraphs(" ".join(typed.get(name, ()))) for name in ("title", "body"))
    others = {name: texts for name, texts in typed.items() if name not in ("title", "body")}
    if not body or not rules.is_empty(others):
        return False
    return await queries.was_posted(db, account_id, title, body, clock.now() - rules.LATE)


async def sent(db: Database, account_id: int, place: Place, fields: Mapping[str, list[str]]) -> None:
    """The words have arrived where they belong; what another device wrote in the same place stays."""
    typed = rules.kept_fields(fields)
    async with db.transaction():
        found = await queries.of_place(db, account_id, place.place)
        same = [draft.id for draft in found if draft.stamp == place.draft or rules.begin(draft.typed, typed)]
        await queries.drop(db, account_id, same)


async def discard(db: Database, account_id: int, draft_id: int) -> Draft | None:
    """Throws the draft away; what it was."""
    async with db.transaction():
        draft = await queries.own(db, account_id, draft_id)
        await queries.drop(db, account_id, [draft_id])
    return draft


async def forget(db: Database) -> None:
    async with db.transaction():
        await queries.forget(db, clock.now() - rules.KEPT_FOR)


async def _own(db: Database, account_id: int, draft_id: int) -> Draft:
    draft = await queries.own(db, account_id, draft_id)
    assert draft is not None
    return draft
