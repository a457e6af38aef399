"""Promises and steps as their proofs read them."""

from collections.abc import AsyncIterator

from forum.db import Database, columns
from moderation.city_answers.rules import Promised, Step


def every(db: Database) -> AsyncIterator[Step]:
    """In order of id: those of one topic in order of their numbers."""
    return db.each(
        Step, f"select {columns(Step)} from city_answer_steps where id > :after order by id limit :batch"
    )


async def promises(db: Database) -> list[Promised]:
    """Those of one board in their order."""
    return await db.records(
        Promised, f"select {columns(Promised)} from answer_promises order by board_id, id"
    )


async def astray(db: Database) -> list[tuple[int, str]]:
    """(topic, what is wrong) where a topic or a post says something else than its steps."""
    rows = await db.rows(
        """
        select t.id, 'says something else about the city''s answer than its last step' as what
        from topics t left join lateral (
            select act, section_id, due_at from city_answer_steps where topic_id = t.id order by number desc limit 1
        ) c on true
        where (t.answer_section_id, t.answer_due_at) is distinct from (c.section_id, c.due_at)
            or (c.act in ('considering', 'answered', 'reflected') and c.act <> t.answer_state)
            or (c.act in ('asked', 'handed') and t.answer_state <> 'received')
        union all
        select p.topic_id, 'post ' || p.id || ' is called the city''s answer by no step, or is not by one'
        from posts p where p.city_answer is distinct from exists (
            select from city_answer_steps c where c.post_id = p.id
        )
        order by 1, 2
        """
    )
    return [(row["id"], row["what"]) for row in rows]
