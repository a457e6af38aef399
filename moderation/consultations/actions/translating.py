"""Puts an answer into plain Japanese or English, before or after it is published."""

from forum import clock
from forum.access import Actor
from forum.db import Database
from forum.errors import Conflict, Invalid
from forum.i18n import _
from moderation.consultations.actions.answering import group_to_answer
from moderation.consultations.actions.running import to_act_on
from moderation.consultations.queries import variants
from moderation.consultations.rules import Act
from moderation.consultations.rules.variants import NewVariant, source_sha256


async def translate(db: Database, actor: Actor, consultation_id: int, group_id: int, new: NewVariant) -> None:
    """Adds a version in a language. Raises Conflict when somebody did since."""
    async with db.transaction():
        await to_act_on(db, actor, Act.TRANSLATE, consultation_id)
        assert actor.id is not None
        group = await group_to_answer(db, consultation_id, group_id)
        if group.answer is None:
            raise Invalid(body=_("さきに、市の考え方を書いてください。"))
        last = next((each for each in group.variants if each.language == new.language), None)
        number = last.number if last else 0
        if number != new.number:
            raise Conflict(
                _("ほかの人が先に保存しました。"), theirs=last.body if last else "", yours=new.body
            )
        said = group.answering
        await variants.add(
            db,
            group_id=group_id,
            language=new.language,
            number=number + 1,
            body=new.body,
            source_sha256=source_sha256(said.body, said.reason),
            written_by=actor.id,
            now=clock.now(),
        )
