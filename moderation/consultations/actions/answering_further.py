"""One opinion, several answers: it is counted in one group, and other groups may answer it, too."""

from collections.abc import Sequence

from forum import clock
from forum.access import Actor
from forum.db import Database
from forum.errors import Invalid, NotFound
from forum.i18n import _
from moderation.consultations.actions.running import to_act_on
from moderation.consultations.gathering import gather
from moderation.consultations.queries import further
from moderation.consultations.rules import Act


async def answer_further(
    db: Database, actor: Actor, consultation_id: int, opinion_id: int, groups: Sequence[int]
) -> None:
    """Says which groups answer an opinion besides its own. Their answers have to be looked at again."""
    async with db.transaction():
        await to_act_on(db, actor, Act.ANSWER, consultation_id)
        assert actor.id is not None
        gathered = await gather(db, consultation_id)
        home = gathered.home_of(opinion_id) if gathered else None
        if gathered is None or home is None:
            raise NotFound
        if not {*groups} <= {group.row.id for group in gathered.groups} - {home.row.id}:
            raise Invalid(groups=_("選択肢から選んでください。"))
        await further.replace(db, opinion_id, groups, added_by=actor.id, now=clock.now())
