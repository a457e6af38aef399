"""All SQL of topics."""

from datetime import datetime

from forum import clock
from forum.db import Database
from forum.topics.heads import TopicHead, current_head
from forum.topics.queries.columns import HEAD, ROW, TOPIC
from forum.topics.rules import Opening, Topic, TopicRow, current
from realtime.protocol import MAX_NUMBER

# A transaction may last while so many others in its board begin later and end.
OVERTAKEN_MAX = 30


async def topic(db: Database, topic_id: int) -> Topic | None:
    return _now(await db.record(Topic, TOPIC + "where t.id = :id", id=topic_id))


async def head(db: Database, topic_id: int) -> TopicHead | None:
    """The topic as its page shows it."""
    found = await db.record(TopicHead, HEAD + "where t.id = :id", id=topic_id)
    return found and current_head(found, clock.now())


async def locked(db: Database, topic_id: int) -> Topic | None:
    """The topic, its row locked until the transaction ends: acts on one topic happen one after another."""
    return _now(await db.record(Topic, TOPIC + "where t.id = :id for update of t", id=topic_id))


def _now(topic: Topic | None) -> Topic | None:
    return topic and current(topic, clock.now())


async def rows(db: Database, ids: list[int]) -> dict[int, TopicRow]:
    return {row.id: row for row in await db.records(TopicRow, ROW + "where t.id = any(:ids)", ids=ids)}


async def page_of_board(
    db: Database,
    board_id: int,
    *,
    before: tuple[bool, datetime, int] | None,
    viewer_id: int | None,
    sees_held: bool,
    limit: int,
    tag: str = "",
) -> list[TopicRow]:
    """Pinned first, then the latest activity first, after the key (pinned, bumped_at, id) `before`; of one tag, if named."""
    bearing = "join topic_tags x on x.topic_id = t.id join tags g on g.id = x.tag_id and g.slug = :tag"
    keyset = "and (t.pinned, t.bumped_at, t.id) < (:pinned, :bumped_at, :id)" if before else ""
    values = dict(zip(("pinned", "bumped_at", "id"), before, strict=True)) if before else {}
    values |= {"tag": tag} if tag else {}
    return await db.records(
        TopicRow,
        ROW
        + f"""
        {bearing if tag else ""}
        where t.board_id = :board_id and t.merged_into is null and not t.proposed
            and (t.state <> 'held' or t.author_id = :viewer_id or :sees_held) {keyset}
        order by t.pinned desc, t.bumped_at desc, t.id desc limit :limit
        """,
        board_id=board_id,
        viewer_id=viewer_id,
        sees_held=sees_held,
        limit=limit,
        **values,
    )


async def latest_of_boards(db: Database, board_ids: list[int], each: int) -> list[TopicRow]:
    """The latest talk of every board in one statement, at most `each` pinned topics after as many others."""
    return await db.records(
        TopicRow,
        f"""
        select l.* from unnest(cast(:board_ids as bigint[])) with ordinality as wanted (board_id, place)
        cross join (values (false), (true)) as asked (pinned)
        cross join lateral (
            {ROW} where t.board_id = wanted.board_id and t.pinned = asked.pinned and t.state <> 'held'
                and t.merged_into is null and not t.proposed
            order by t.bumped_at desc, t.id desc limit :each
        ) l order by wanted.place, l.pinned, l.bumped_at desc
        """,
        board_ids=board_ids,
        each=each,
    )


async def stamps(db: Database, slugs: list[str]) -> dict[str, int]:
    """For each board a number that differs when its list of topics does.

    The topics that changed last say so. More than one of them count: a change that was numbered earlier may commit later.
    """
    rows = await db.rows(
        """
        select b.slug, hashint8extended(b.departures, 0) + coalesce(sum(hashint8extended(l.touched, 1)), 0) as stamp
        from boards b left join lateral (
            select touched from topics where board_id = b.id order by touched desc limit :overtaken
        ) l on true
        where b.slug = any(:slugs) group by b.id
        """,
        slugs=slugs,
        overtaken=OVERTAKEN_MAX,
    )
    return {row["slug"]: int(row["stamp"]) % MAX_NUMBER for row in rows}


async def add(
    db: Database, *, board_id: int, author_id: int, title: str, state: str, proposed: bool, now: datetime
) -> int:
    """The new topic's id. Its opening post is number 1 and change 1."""
    topic_id: int = await db.value(
        """
        insert into topics (board_id, author_id, title, state, changes, head_change, last_number, created_at,
            bumped_at, proposed)
        values (:board_id, :author_id, :title, :state, 1, 1, 1, :now, :now, :proposed) returning id
        """,
        board_id=board_id,
        author_id=author_id,
        title=title,
        state=state,
        proposed=proposed,
        now=now,
    )
    return topic_id


async def started_already(
    db: Database, board_id: int, author_id: int, opening: Opening, since: datetime, *, as_theme: bool = False
) -> tuple[int, int] | None:
    """The last post of the author and its topic, if it opened that very one, or proposed it as a theme."""
    row = await db.row(
        """
        select p.topic_id, p.id from (select * from posts where author_id = :author_id order by id desc limit 1) p
            join revisions r on r.id = p.revision_id join topics t on t.id = p.topic_id
        where t.board_id = :board_id and p.number = 1 and p.state in ('visible', 'held')
            and exists (select from theme_proposals where topic_id = t.id) = :as_theme
            and p.created_at > :since and r.raw = :body and t.title = :title
        """,
        board_id=board_id,
        author_id=author_id,
        title=opening.title,
        body=opening.body,
        since=since,
        as_theme=as_theme,
    )
    return None if row is None else (row["topic_id"], row["id"])


async def next_post(db: Database, topic_id: int, *, bumped_at: datetime | None) -> tuple[int, int]:
    """Hands out (number, change) of the next post; a visible one brings the topic up."""
    row = await db.row(
        """
        update topics set changes = changes + 1, last_number = last_number + 1,
            bumped_at = coalesce(:bumped_at, bumped_at)
        where id = :id returning last_number, changes
        """,
        id=topic_id,
        bumped_at=bumped_at,
    )
    assert row is not None
    return row["last_number"], row["changes"]


async def next_change(db: Database, topic_id: int) -> int:
    """Hands out the number of the next change to a post."""
    change: int = await db.value(
        "update topics set changes = changes + 1 where id = :id returning changes", id=topic_id
    )
    return change


async def next_head(db: Database, topic_id: int) -> int:
    """Hands out the number of a change to what stands at the head of the topic."""
    change: int = await db.value(
        "update topics set changes = changes + 1, head_change = changes + 1 where id = :id returning changes",
        id=topic_id,
    )
    return change


async def bump(db: Database, topic_id: int, now: datetime) -> None:
    await db.run(
        "update topics set bumped_at = greatest(bumped_at, :now) where id = :id", id=topic_id, now=now
    )


async def set_head(
    db: Database,
    topic_id: int,
    *,
    state: str,
    locked: bool,
    pinned: bool,
    board_id: int,
    slow_minutes: int | None,
    slow_until: datetime | None,
    polls_hidden: bool,
) -> int:
    """Changes the topic itself; the change number of that."""
    change: int = await db.value(
        """
        update topics set changes = changes + 1, head_change = changes + 1, state = :state, locked = :locked,
            pinned = :pinned, board_id = :board_id, slow_minutes = :slow_minutes, slow_until = :slow_until,
            polls_hidden = :polls_hidden
        where id = :id returning changes
        """,
        id=topic_id,
        state=state,
        locked=locked,
        pinned=pinned,
        board_id=board_id,
        slow_minutes=slow_minutes,
        slow_until=slow_until,
        polls_hidden=polls_hidden,
    )
    return change


async def set_answer(db: Database, topic_id: int, *, state: str, section_id: int, due_at: datetime) -> int:
    """How far the city's answer is from now on; the change number of that."""
    change: int = await db.value(
        """
        update topics set changes = changes + 1, head_change = changes + 1, answer_state = :state,
            answer_section_id = :section_id, answer_due_at = :due_at
        where id = :id returning changes
        """,
        id=topic_id,
        state=state,
        section_id=section_id,
        due_at=due_at,
    )
    return change


async def head_changed_since(db: Database, topic_id: int, change: int) -> bool:
    return bool(
        await db.value("select head_change > :change from topics where id = :id", id=topic_id, change=change)
    )
