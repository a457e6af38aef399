"""All SQL of the search. `words` and `bigrams` are made by migration 0002."""

import re

from forum.db import Database
from forum.search.rules import Hit, bigrams

WILD = re.compile(r"([\\%_])")
# Newest first. Posts are found through the index; titles are few, and all of them are looked at.
FOUND = """
select p.id as post_id, p.number, t.title as topic_title, t.state as topic_state, b.name as board_name,
    b.name_en as board_name_en, a.pen_name, p.created_at, p.html
from (
    (select p.id from posts p join topics t on t.id = p.topic_id join boards b on b.id = t.board_id
    where p.state = 'visible' and b.kind = any(:kinds) and p.id < :before
        and bigrams(p.words) @> cast(:bigrams as text[]) and p.words like all(cast(:patterns as text[]))
    order by p.id desc limit :limit)
    union
    (select p.id from topics t join posts p on p.topic_id = t.id and p.number = 1 join boards b on b.id = t.board_id
    where t.state = 'visible' and p.state = 'visible' and b.kind = any(:kinds) and p.id < :before
        and t.words like any(cast(:patterns as text[])) and t.words || ' ' || p.words like all(cast(:patterns as text[]))
    order by p.id desc limit :limit)
) found
    join posts p using (id)
    join topics t on t.id = p.topic_id
    join boards b on b.id = t.board_id
    join accounts a on a.id = p.author_id
order by p.id desc limit :limit
"""


async def folded(db: Database, question: str) -> str:
    """The question as words are kept: the database folds both, so that they meet whatever its version knows."""
    return str(await db.value("select folded(:question)", question=question))


async def find(db: Database, terms: list[str], *, kinds: list[str], before: int, limit: int) -> list[Hit]:
    """The newest visible posts before `before` (a post id) on boards of these kinds that hold all terms."""
    return await db.records(
        Hit,
        FOUND,
        kinds=kinds,
        before=before,
        limit=limit,
        bigrams=bigrams(terms),
        patterns=["%" + WILD.sub(r"\\\1", term) + "%" for term in terms],
    )
