"""Posts: finding, adding and changing them."""

from datetime import datetime

from forum.db import Database
from forum.posts.rules import Post, PostView

POST = """
select p.id, p.topic_id, t.board_id, b.kind as board_kind, p.number, p.author_id, p.state, p.change, p.version,
    p.revision_id, r.number as revision_number, r.raw, r.sha256, p.returned_at, p.shown_at,
    case when is_masked(p.id) then masked(p.id, r.raw) end as masked, p.reply_to_id, r.called,
    p.city_answer
from posts p join topics t on t.id = p.topic_id join boards b on b.id = t.board_id
    join revisions r on r.id = p.revision_id
"""
# Of which everybody may know who reads the topic, as `is_known` says.
KNOWN = "(p.state <> 'held' or p.shown_at is not null)"
VIEW = f"""
select p.id, p.topic_id, t.title as topic_title, t.state as topic_state, t.board_id, b.kind as board_kind, p.number,
    p.author_id, p.state, p.change, p.version, p.html, a.pen_name, a.pseudonym, a.role, s.name as section_name,
    s.name_en as section_name_en, p.created_at, p.edited_at, p.returned_at, p.shown_at, q.id as reply_to_id,
    q.number as reply_to_number, d.rule_number, c.title as rule_title, c.title_en as rule_title_en, p.city_answer,
    (select count(*) from posts where reply_to_id = p.id and state = 'visible') as answers,
    f.agree, f.disagree, f.insight, f.thanks, x.channel, (
        select phase ->> 'name' from jsonb_array_elements(t.timetable) phase
        where p.created_at >= cast(phase ->> 'begins' as timestamptz)
            and p.created_at < cast(phase ->> 'ends' as timestamptz)
    ) as phase, p.recap, q.topic_id as reply_to_topic_id, o.from_topic_id, o.from_number,
    case when p.city_answer and p.state = 'visible' then (
        select case when source_sha256 = hex_sha256(format('{{"body":%s}}', to_json(masked(p.id, r.raw)))) then body end
        from easy_wordings join revisions r on r.id = p.revision_id
        where about = 'answer' and subject_id = p.id order by easy_wordings.number desc limit 1
    ) end as easy
from posts p
    join topics t on t.id = p.topic_id
    join boards b on b.id = t.board_id
    join accounts a on a.id = p.author_id
    left join proxy_entries x on x.post_id = p.id
    left join sections s on s.id = coalesce(x.section_id, a.section_id)
    left join posts q on q.id = p.reply_to_id and {KNOWN.replace("p.", "q.")}
    left join lateral (
        select rule_number, rule_version from decisions
        where p.state = 'hidden' and post_id = p.id and act = 'hide' order by id desc limit 1
    ) d on true
    left join charter_rules c on (c.number, c.version) = (d.rule_number, d.rule_version)
    cross join lateral (
        select count(*) filter (where kind = 'agree') as agree, count(*) filter (where kind = 'disagree') as disagree,
            count(*) filter (where kind = 'insight') as insight, count(*) filter (where kind = 'thanks') as thanks
        from reactions where post_id = p.id
    ) f
    left join lateral (
        select s.topic_id as from_topic_id, s.number as from_number from signs s join transfers y on y.id = s.transfer_id
        where s.post_id = p.id and y.undoes is null order by y.id desc limit 1
    ) o on true
"""


async def post(db: Database, post_id: int) -> Post | None:
    return await db.record(Post, POST + "where p.id = :id", id=post_id)


async def among(db: Database, ids: list[int]) -> list[Post]:
    return await db.records(Post, POST + "where p.id = any(:ids) order by p.id", ids=ids)


async def opening(db: Database, topic_id: int) -> Post | None:
    """Wherever it stands now."""
    return await db.record(
        Post,
        POST
        + """
        where p.id = coalesce((select post_id from signs where topic_id = :id and number = 1),
            (select id from posts where topic_id = :id and number = 1))
        """,
        id=topic_id,
    )


async def standing(db: Database, author_id: int) -> list[int]:
    """Everything that the author wrote for themselves and nobody took back or down."""
    rows = await db.rows(
        """
        select id from posts where author_id = :id and state in ('visible', 'held') and not city_answer order by id
        """,
        id=author_id,
    )
    return [row["id"] for row in rows]


async def last_written(db: Database, topic_id: int, author_id: int) -> datetime | None:
    """When somebody wrote in the topic for the last time."""
    found: datetime | None = await db.value(
        "select max(created_at) from posts where topic_id = :topic_id and author_id = :author_id",
        topic_id=topic_id,
        author_id=author_id,
    )
    return found


async def locked(db: Database, post_id: int) -> Post | None:
    """The post, locked until the transaction ends. Lock its topic first."""
    return await db.record(Post, POST + "where p.id = :id for update of p", id=post_id)


async def view(db: Database, post_id: int) -> PostView | None:
    return await db.record(PostView, VIEW + "where p.id = :id", id=post_id)


async def views(db: Database, ids: list[int]) -> list[PostView]:
    return await db.records(PostView, VIEW + "where p.id = any(:ids)", ids=ids)


async def nearest(db: Database, topic_id: int, number: int) -> tuple[int, int] | None:
    """(id, number) of the first post from that number on that is known to everybody, or of the last before it."""
    row = await db.row(
        f"""
        (select id, number from posts p where topic_id = :topic_id and number >= :number and {KNOWN}
            order by number limit 1)
        union all
        (select id, number from posts p where topic_id = :topic_id and number < :number and {KNOWN}
            order by number desc limit 1)
        limit 1
        """,
        topic_id=topic_id,
        number=number,
    )
    return None if row is None else (row["id"], row["number"])


async def numbered(
    db: Database, topic_id: int, first: int, last: int, *, viewer_id: int | None, sees_held: bool
) -> list[PostView]:
    """The posts of a topic with numbers from `first` to `last`, the never shown only for those who may know of them."""
    return await db.records(
        PostView,
        VIEW
        + f"""
        where p.topic_id = :topic_id and p.number between :first and :last
            and ({KNOWN} or p.author_id = :viewer_id or :sees_held)
        order by p.number
        """,
        topic_id=topic_id,
        first=first,
        last=last,
        viewer_id=viewer_id,
        sees_held=sees_held,
    )


async def changed_since(db: Database, topic_id: int, change: int, limit: int) -> list[PostView]:
    """The posts whose last change is newer than `change`, in order of change."""
    return await db.records(
        PostView,
        VIEW + "where p.topic_id = :topic_id and p.change > :change order by p.change limit :limit",
        topic_id=topic_id,
        change=change,
        limit=limit,
    )


async def set_words(
    db: Database, post_id: int, *, html: str, edition: int, change: int, now: datetime
) -> None:
    """The words of the newest revision are shown; a returned post is thereby resubmitted."""
    await db.run(
        """
        update posts set html = :html, edition = :edition, change = :change, version = version + 1, edited_at = :now,
            returned_at = null
        where id = :id
        """,
        id=post_id,
        html=html,
        edition=edition,
        change=change,
        now=now,
    )


async def set_state(
    db: Database, post_id: int, *, state: str, change: int, returned_at: datetime | None, now: datetime
) -> None:
    await db.run(
        """
        update posts set state = :state, change = :change, version = version + 1, returned_at = :returned_at,
            shown_at = coalesce(shown_at, case when :state = 'visible' then cast(:now as timestamptz) end)
        where id = :id
        """,
        id=post_id,
        state=state,
        change=change,
        returned_at=returned_at,
        now=now,
    )


async def mark_city_answer(db: Database, post_id: int, *, change: int) -> None:
    """The post is the city's answer from now on."""
    await db.run(
        "update posts set city_answer = true, change = :change where id = :id", id=post_id, change=change
    )


async def set_change(db: Database, post_id: int, change: int) -> None:
    """Something beside the post changed that its readers see."""
    await db.run("update posts set change = :change where id = :id", id=post_id, change=change)


async def count_act(db: Database, post_id: int) -> None:
    """An act that no reader sees: only the version moves."""
    await db.run("update posts set version = version + 1 where id = :id", id=post_id)


async def mark_recap(db: Database, post_id: int) -> None:
    await db.run("update posts set recap = true where id = :id", id=post_id)
