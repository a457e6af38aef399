"""Appeals as `forum verify` looks at them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from forum.db import Database
from moderation.appeals.rules import Appeal


@dataclass(frozen=True, slots=True)
class Kept(Appeal):
    """An appeal with the hash of the decision it contests."""

    decision_sha256: str


def every(db: Database) -> AsyncIterator[Kept]:
    return db.each(
        Kept,
        """
        select a.id, a.decision_id, a.appellant_id, a.standing, a.body, a.filed_at, a.due_at, a.sha256,
            o.id as answer_id, o.act as answer_act, d.sha256 as decision_sha256
        from appeals a left join decisions d on d.id = a.decision_id left join decisions o on o.appeal_of = a.decision_id
        where a.id > :after order by a.id limit :batch
        """,
    )


async def unfounded(db: Database) -> list[str]:
    """One line for every answer without an appeal, on another post, or by somebody who had a part in the decision."""
    rows = await db.rows(
        """
        select format('decision %s: answers an appeal against decision %s, which there is not', o.id, o.appeal_of) as line
        from decisions o left join appeals a on a.decision_id = o.appeal_of where o.appeal_of is not null and a.id is null
        union all
        select format('decision %s: answers an appeal about another post', o.id)
        from decisions o join decisions d on d.id = o.appeal_of where o.post_id <> d.post_id
        union all
        select format('decision %s: was made by whoever made decision %s, which it judges', o.id, d.id)
        from decisions o join decisions d on d.id = o.appeal_of where o.moderator_id in (d.moderator_id, d.proposed_by)
            or exists (select from proposals where enacted_by = d.id and outcome = 'confirmed'
                and ended_by = o.moderator_id and ended_at < o.decided_at)
        union all
        select format('appeal %s: is not by whom decision %s concerned', a.id, a.decision_id)
        from appeals a where not exists (select from decisions d
            left join reports r on r.settled_by = d.id and r.reporter_id = a.appellant_id where d.id = a.decision_id
            and case a.standing when 'author' then a.appellant_id = any(concerned_by(d)) else r.id is not null end)
        order by 1
        """
    )
    return [row["line"] for row in rows]
