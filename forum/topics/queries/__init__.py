"""All SQL of topics."""

from datetime import datetime

from forum import clock
from forum.db import Database
from forum.topics.heads import TopicHead, current_head
from forum.topics.queries.columns import HEAD, ROW, TOPIC
from forum.topics.rules import Topic, TopicRow, current
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


async def locked_of_post(db: Database, post_id: int) -> Topic | None:
    """The topic in which the post stood when this was asked."""
    which = "where t.id = (select topic_id from posts where id = :post_id) for update of t"
    return _now(await db.record(Topic, TOPIC + which, post_id=post_id))


def _now(topic: Topic | None) -> Topic | None:
    return topic and current(topic, clock.now())


async def locked_for_reply(db: Database, topic_id: int, answers: int | None) -> Topic | None:
    """The topic to which a reply goes that was begun in this one: where the post is now that it answers, or what stood here."""
    return _now(
        await db.record(
            Topic,
            TOPIC
            + """
            where t.id = coalesce(
                (select p.topic_id from signs s join posts p on p.id = s.post_id
                    where s.topic_id = :topic_id and s.post_id = cast(:answers as bigint)),
                (select merged_into from topics where id = :topic_id), :topic_id)
            for update of t
            """,
            topic_id=topic_id,
            answers=answers,
        )
    )


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


async def next_change(db: Database, topic_id: int) -> int:
    """Hands out the number of the next change to a post."""
    change: int = await db.value(
        "update topics set changes = changes + 1 where id = :id returning changes", id=topic_id
    )
    return change


async def next_change_of_answered(db: Database, post_id: int) -> tuple[int, int, int] | None:
    """(topic, post, change): hands out the number of the next change to the post that this one answers, if it answers one."""
    row = await db.row(
        """
        update topics t set changes = changes + 1 from posts q
        where q.id = (select reply_to_id from posts where id = :id) and t.id = q.topic_id
        returning t.id as topic_id, q.id as post_id, t.changes as change
        """,
        id=post_id,
    )
    return None if row is None else (row["topic_id"], row["post_id"], row["change"])


async def next_head(db: Database, topic_id: int) -> int:
    """Hands out the number of a change to what stands at the head of the topic."""
    change: int = await db.value(
        "update topics set changes = changes + 1, head_change = changes + 1 where id = :id returning changes",
        id=topic_id,
    )
    return change


async def bump(db: Database, topic_id: int, now: datetime, *, opens: bool) -> None:
    """A post that waited is there. `opens`: the first one, with which everybody reads the topic."""
    await db.run(
        """
        update topics set bumped_at = greatest(bumped_at, :now), opened_at = case when :opens then :now else opened_at end
        where id = :id
        """,
        id=topic_id,
        now=now,
        opens=opens,
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
