"""The administrator says in which ways the city answers."""

from forum import clock
from forum.access import Actor, require
from forum.db import Database
from forum.errors import Invalid, NotFound
from moderation.consultations.queries import answers
from moderation.consultations.rules import categories
from moderation.consultations.rules.categories import NewCategory


async def add(db: Database, actor: Actor, new: NewCategory) -> None:
    """At the end of the list."""
    require(categories.can_change_categories(actor))
    async with db.transaction():
        if faults := categories.can_add(new, await answers.categories_locked(db)):
            raise Invalid(**faults)
        await answers.add_category(db, new.model_dump())


async def retire(db: Database, actor: Actor, code: str, *, back: bool = False) -> None:
    """Answers that have it keep it; or brings it back."""
    require(categories.can_change_categories(actor))
    async with db.transaction():
        known = await answers.categories_locked(db)
        if code not in [category.code for category in known]:
            raise NotFound
        if not back:
            require(categories.can_retire(code, known))
        await answers.retire_category(db, code, None if back else clock.now())
