"""What the city owes discussions and what it has answered, as home mentions it; the slice of its steps lies above."""

from dataclasses import dataclass
from datetime import datetime

from forum.clock import last_moment
from forum.db import Database


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """A discussion that waits for the city until `at`, or that it answered at that moment."""

    id: int
    title: str
    state: str
    section_name: str
    section_name_en: str
    at: datetime
    waits: bool
    late: bool

    @property
    def until(self) -> datetime:
        """The last moment that is in time."""
        return last_moment(self.at)


# What waits although its board alone has promised an answer is on the page of all answers; home names what was taken up.
ON_HOME = """
(
    select t.id, t.title, t.answer_state as state, s.name as section_name, s.name_en as section_name_en,
        t.answer_due_at as at, true as waits, t.answer_due_at <= :now as late
    from topics t join boards b on b.id = t.board_id join sections s on s.id = t.answer_section_id
    where t.state = 'visible' and b.kind <> 'staff' and t.answer_state in ('received', 'considering')
    order by t.answer_due_at, t.id limit :limit
) union all (
    select t.id, t.title, t.answer_state, s.name, s.name_en, c.made_at, false, false
    from city_answer_steps c join topics t on t.id = c.topic_id join boards b on b.id = t.board_id
        join sections s on s.id = c.section_id join posts p on p.id = c.post_id
    where c.post_id is not null and t.state = 'visible' and b.kind <> 'staff' and p.state = 'visible'
        and not exists (select from city_answer_steps l where l.topic_id = t.id and l.number > c.number and l.post_id is not null)
    order by c.made_at desc, c.id desc limit :limit
)
"""


async def on_home(db: Database, limit: int, now: datetime) -> list[AnswerLine]:
    return await db.records(AnswerLine, ON_HOME, limit=limit, now=now)
