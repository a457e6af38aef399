"""What words and names mean to the database, and which names there are."""

from dataclasses import dataclass
from datetime import datetime

from forum.db import Database
from forum.search.rules import Suggestion, bigrams, pattern

MEANT = """
select
    array(select folded(word) from unnest(cast(:words as text[])) with ordinality as typed (word, place) order by place)
        as words,
    (select coalesce(jsonb_object_agg(key, spelt), '{}') from (
        select key, jsonb_agg(spelling order by spelling) as spelt from spellings where key = any(:keys) group by key
    ) known) as known,
    array(select id from boards where kind = any(:kinds) and (slug = :board or
        position(folded(:board) in folded(name)) > 0 or position(folded(:board) in folded(name_en)) > 0)) as boards,
    array(select id from tags where slug = :tag or folded(:tag) in (folded(name), folded(name_en))) as tags,
    array(select id from accounts where pen_name_key = :author and confirmed_at is not null) as authors,
    (select id from posts where created_at < :until order by created_at desc limit 1) as newest
"""
CHOICES = """
(select 'board' as kind, slug as key, name, name_en from boards where kind = any(:kinds) order by position, id)
union all
(select 'tag', slug, name, name_en from tags where retired_at is null order by name)
"""
# Somebody is known to those who may read a post of theirs.
SUGGESTED = """
with titled as materialized (
    select t.id, t.title, t.bumped_at from topics t join boards b on b.id = t.board_id
    where t.state = 'visible' and b.kind = any(:kinds)
        and bigrams(t.words) @> cast(:pairs as text[]) and t.words like :pattern
)
(select 'board' as kind, slug as key, name, name_en from boards
where kind = any(:kinds) and (folded(name) like :pattern or folded(name_en) like :pattern) order by position limit 3)
union all
(select 'topic', cast(id as text), title, title from titled order by bumped_at desc limit 5)
union all
(select 'person', pen_name, pen_name, pen_name from accounts a
where confirmed_at is not null and left_at is null and pen_name_key like :pattern and exists (
    select from posts p join topics t on t.id = p.topic_id join boards b on b.id = t.board_id
    where p.author_id = a.id and p.state = 'visible' and b.kind = any(:kinds)
) order by length(pen_name), pen_name limit 3)
"""


@dataclass(frozen=True, slots=True)
class Meant:
    """What the words and the names of a question mean to the database."""

    words: list[str]
    known: dict[str, list[str]]
    boards: list[int]
    tags: list[int]
    authors: list[int]
    newest: int | None


async def meant(
    db: Database,
    words: list[str],
    keys: list[str],
    *,
    kinds: list[str],
    board: str,
    tag: str,
    author: str,
    until: datetime | None,
) -> Meant:
    """Words as the database keeps them, so that both meet whatever its version knows of letters; how their keys are spelt;
    the boards, tags and people of these names; and the newest post of that time."""
    found = await db.record(
        Meant, MEANT, words=words, keys=keys, kinds=kinds, board=board, tag=tag, author=author, until=until
    )
    assert found is not None
    return found


async def choices(db: Database, kinds: list[str]) -> list[Suggestion]:
    """The boards of these kinds, and the tags that topics are still given."""
    return await db.records(Suggestion, CHOICES, kinds=kinds)


async def suggestions(db: Database, folded: str, kinds: list[str]) -> list[Suggestion]:
    """Boards, topics and people whose name holds the letters: what is open to whoever reads boards of these kinds."""
    return await db.records(
        Suggestion,
        SUGGESTED,
        kinds=kinds,
        pairs=bigrams(folded),
        pattern=pattern(folded),
    )
