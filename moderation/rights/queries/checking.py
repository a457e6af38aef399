"""Rights requests as `forum verify` looks at them."""

from collections.abc import AsyncIterator

from forum.db import Database
from moderation.rights.queries import FILED
from moderation.rights.rules import Filed


def every(db: Database) -> AsyncIterator[Filed]:
    return db.each(Filed, FILED + "where r.id > :after order by r.id limit :batch")


async def unfounded(db: Database) -> list[str]:
    """One line for every step whose decision is not there, or is on another post; and what names no request."""
    rows = await db.rows(
        """
        select format('rights request %s: step %s rests on no decision on its post', s.request_id, s.number) as line
        from rights_steps s join rights_requests r on r.id = s.request_id left join decisions d on d.id = s.decision_id
        where s.decision_id is not null and d.post_id is distinct from r.post_id
        union all
        select format('rights request %s: was removed, and step %s is left', s.request_id, s.number)
        from rights_steps s left join rights_requests r on r.id = s.request_id where r.id is null
        union all
        select format('rights request %s: is not about its post', r.id)
        from rights_requests r left join revisions v on v.id = r.revision_id and v.post_id = r.post_id where v.id is null
        union all
        select format('decision %s: keeps a post on a rights request, and there is none', d.id)
        from decisions d where d.act = 'keep' and not exists (select from rights_steps where decision_id = d.id)
        order by 1
        """
    )
    return [row["line"] for row in rows]
