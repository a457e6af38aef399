"""One answer for several groups at once, such as 「今後の参考とします」: each gets it as a version of its own."""

from forum.access import Actor
from forum.db import Database
from forum.errors import Conflict, Invalid, NotFound
from forum.i18n import _
from moderation.consultations.actions.answering import add_version, require_category
from moderation.consultations.actions.running import to_act_on
from moderation.consultations.gathering import Answered, Gathered, gather
from moderation.consultations.rules import Act, references
from moderation.consultations.rules.reply import CommonReply


async def answer_several(db: Database, actor: Actor, consultation_id: int, reply: CommonReply) -> int:
    """Answers those groups that nobody has answered yet; how many. Raises Conflict when somebody did since."""
    async with db.transaction():
        await to_act_on(db, actor, Act.ANSWER, consultation_id)
        gathered = await gather(db, consultation_id)
        if gathered is None:
            raise NotFound
        groups = _chosen(gathered, reply)
        await require_category(db, reply.category, None)
        numbers = {number: group for group, number in groups[0].numbers.items()}
        words = {
            "category": reply.category,
            "body": references.kept(reply.body, numbers),
            "reason": references.kept(reply.reason, numbers),
            "plan_before": "",
            "plan_after": "",
        }
        for group in groups:
            await add_version(db, actor, group, 1, words)
        return len(groups)


def _chosen(gathered: Gathered, reply: CommonReply) -> list[Answered]:
    if reply.everything:
        groups = [group for group in gathered.groups if not group.answer]
    else:
        groups = [group for group in gathered.groups if group.row.id in reply.groups]
    if not groups or len(groups) < len({*reply.groups}):
        raise Invalid(groups=_("答える論点を選んでください。"))
    if any(group.answer for group in groups):
        raise Conflict(_("選んだ論点に、ほかの人が先に答えました。選びなおしてください。"), yours=reply.body)
    return groups
