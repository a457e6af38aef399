"""All SQL of tags."""

from datetime import datetime

from forum.db import Database
from forum.topics.queries.columns import ROW
from forum.topics.rules import TopicRow
from forum.topics.tagging import Naming, NewTag, Tag

READABLE = "t.state <> 'held' and t.merged_into is null and not t.proposed and b.kind = any(:kinds)"
TAG = f"""
select g.id, g.slug, g.name, g.name_en, g.retired_at is not null as retired, (
    select count(*) from topic_tags x join topics t on t.id = x.topic_id join boards b on b.id = t.board_id
    where x.tag_id = g.id and {READABLE}
) as topics from tags g
"""


async def every(db: Database, kinds: list[str]) -> list[Tag]:
    """All tags with how many topics on boards of these kinds bear them; those in use come first."""
    return await db.records(Tag, TAG + "order by g.retired_at is not null, g.name", kinds=kinds)


async def tag(db: Database, slug: str, kinds: list[str]) -> Tag | None:
    return await db.record(Tag, TAG + "where g.slug = :slug", slug=slug, kinds=kinds)


async def page_of_tag(
    db: Database, tag_id: int, kinds: list[str], before: tuple[datetime, int] | None, limit: int
) -> list[TopicRow]:
    """Topics that bear the tag, the latest activity first, after the key (bumped_at, id) `before`."""
    keyset = "and (t.bumped_at, t.id) < (:bumped_at, :id)" if before else ""
    values = dict(zip(("bumped_at", "id"), before, strict=True)) if before else {}
    return await db.records(
        TopicRow,
        ROW
        + f"""
        join topic_tags x on x.topic_id = t.id
        where x.tag_id = :tag_id and {READABLE} {keyset} order by t.bumped_at desc, t.id desc limit :limit
        """,
        tag_id=tag_id,
        kinds=kinds,
        limit=limit,
        **values,
    )


async def of_topic(db: Database, topic_id: int) -> list[int]:
    rows = await db.rows("select tag_id from topic_tags where topic_id = :id", id=topic_id)
    return [row["tag_id"] for row in rows]


async def choose(db: Database, topic_id: int, tag_ids: list[int], by_id: int, now: datetime) -> None:
    """These and no others."""
    await db.run(
        "delete from topic_tags where topic_id = :topic_id and tag_id <> all(:tag_ids)",
        topic_id=topic_id,
        tag_ids=tag_ids,
    )
    await db.run(
        """
        insert into topic_tags (topic_id, tag_id, chosen_by, chosen_at)
        select :topic_id, tag_id, :by_id, :now from unnest(cast(:tag_ids as bigint[])) tag_id on conflict do nothing
        """,
        topic_id=topic_id,
        tag_ids=tag_ids,
        by_id=by_id,
        now=now,
    )


async def add(db: Database, new: NewTag, by_id: int, now: datetime) -> None:
    await db.run(
        """
        insert into tags (slug, name, name_en, added_by, added_at) values (:slug, :name, :name_en, :by_id, :now)
        """,
        slug=new.slug,
        name=new.name,
        name_en=new.name_en,
        by_id=by_id,
        now=now,
    )


async def rename(db: Database, tag_id: int, naming: Naming) -> None:
    await db.run(
        "update tags set name = :name, name_en = :name_en where id = :id",
        id=tag_id,
        name=naming.name,
        name_en=naming.name_en,
    )


async def retire(db: Database, tag_id: int, now: datetime | None) -> None:
    """From then on it is chosen no more; None: it is offered again."""
    await db.run("update tags set retired_at = :now where id = :id", id=tag_id, now=now)


async def lock_list(db: Database) -> None:
    """Names and addresses are compared and given by one person at a time."""
    await db.run("lock table tags in share row exclusive mode")
