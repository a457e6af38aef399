"""Opinions and groups: reading them for the bench and the page, and every change of where an opinion stands."""

from dataclasses import dataclass
from datetime import datetime

from forum.db import Database


@dataclass(frozen=True, slots=True)
class Opinion:
    """An opinion with where it comes from. `text` is None where its words may not be read (any more)."""

    id: int
    group_id: int | None
    position: int
    part: str
    kind: str | None
    evidence: str
    disposition: str
    representative: bool
    copy_of: int | None
    # What it shares with that one: every letter, or nearly all.
    copy: str | None
    reason: str | None
    start_at: int
    end_at: int
    sha256: str
    text: str | None
    revision_id: int | None
    revision_number: int | None
    post_id: int | None
    post_number: int | None
    topic_id: int | None
    topic_title: str | None
    topic_state: str | None
    pen_name: str | None
    submission_id: int | None
    receipt: str | None
    channel: str | None
    account_id: int | None
    # Null where a part of the source is masked: with it, one could try out which words give the hash.
    source_sha256: str | None
    state: str
    is_current: bool
    said_at: datetime


# The post that was submitted. A submission stands apart from it, but for what moderators do to it.
SUBMITTED = "left join revisions w on w.id = s.revision_id left join posts u on u.id = w.post_id\n"
STATE = "case when is_taken_down(u.state, u.shown_at) then 'hidden' else coalesce(p.state, 'visible') end"
FROM = f"""
from opinions o
    left join submissions s on s.id = o.submission_id
    left join revisions r on r.id = o.revision_id
    left join posts p on p.id = r.post_id
    left join topics t on t.id = p.topic_id
    left join accounts a on a.id = p.author_id
    {SUBMITTED}"""
# The words of a post that may not be read (any more) reach nobody.
COPY = """
case when o.copy_of is not null then
    (select case when c.text = o.text then 'same' else 'near' end from opinions c where c.id = o.copy_of) end
"""
READABLE = f"case when {STATE} = 'visible' then shown_words(o) end"
COLUMNS = """
select o.id, o.group_id, o.position, o.part, o.kind, o.evidence, o.disposition, o.representative, o.copy_of,
    {copy} as copy,
    o.set_aside_reason as reason, o.start_at, o.end_at, o.sha256,
    {text} as text, {state} as state, o.revision_id, r.number as revision_number, p.id as post_id,
    p.number as post_number,
    t.id as topic_id, t.title as topic_title, t.state as topic_state, a.pen_name,
    o.submission_id, s.receipt, s.channel, coalesce(s.account_id, p.author_id) as account_id,
    case when o.masked_by = masks_of(post_of(o)) then
        named(post_of(o), o.masked_by, coalesce(s.sha256, r.sha256)) end as source_sha256,
    coalesce(p.revision_id = o.revision_id, true) as is_current,
    coalesce(s.received_at, p.created_at) as said_at
"""
OPINION = COLUMNS.format(text=READABLE, state=STATE, copy=COPY) + FROM
# Those that are quoted first, each followed by its copies.
IN_GROUP = "order by o.group_id, o.representative desc, o.position, o.id"


async def in_groups(db: Database, groups: list[int]) -> list[Opinion]:
    return await db.records(Opinion, OPINION + "where o.group_id = any(:groups) " + IN_GROUP, groups=groups)


async def in_no_group(
    db: Database, digest_id: int, *, disposition: str, offset: int, limit: int
) -> list[Opinion]:
    """The undecided ones that nobody suggested a group for, or those set aside."""
    return await db.records(
        Opinion,
        OPINION
        + """
        where o.digest_id = :id and o.group_id is null and o.disposition = :disposition and o.part = 'opinion'
        order by o.position, o.id offset :offset limit :limit
        """,
        id=digest_id,
        disposition=disposition,
        offset=offset,
        limit=limit,
    )


async def not_opinions(db: Database, digest_id: int, *, offset: int, limit: int) -> list[Opinion]:
    """What was taken for greetings and quotes of others."""
    return await db.records(
        Opinion,
        OPINION
        + """
        where o.digest_id = :id and o.part <> 'opinion' order by o.position, o.id offset :offset limit :limit
        """,
        id=digest_id,
        offset=offset,
        limit=limit,
    )


async def all_of(db: Database, digest_id: int) -> list[Opinion]:
    """Every opinion, group by group and in each those quoted first; without greetings and quotes."""
    return await db.records(
        Opinion, OPINION + "where o.digest_id = :id and o.part = 'opinion' " + IN_GROUP, id=digest_id
    )


async def everything(db: Database, digest_id: int) -> list[Opinion]:
    """Every span in the same order, greetings and quotes last."""
    return await db.records(Opinion, OPINION + "where o.digest_id = :id " + IN_GROUP, id=digest_id)


async def of_person(db: Database, digest_id: int, account_id: int) -> list[Opinion]:
    """What became of the words of one person."""
    return await db.records(
        Opinion,
        OPINION
        + """
        where o.digest_id = :id and o.part = 'opinion' and coalesce(s.account_id, p.author_id) = :account_id
        order by o.position, o.id
        """,
        id=digest_id,
        account_id=account_id,
    )


async def of_stranger(db: Database, digest_id: int, submission_id: int) -> list[Opinion]:
    """What became of a submission, where its author had no account."""
    return await db.records(
        Opinion,
        OPINION
        + """
        where o.digest_id = :id and o.part = 'opinion' and s.id = :submission_id and s.account_id is null
        order by o.position, o.id
        """,
        id=digest_id,
        submission_id=submission_id,
    )


async def on_paper(db: Database, digest_id: int, consultation_id: int) -> list[Opinion]:
    """What came on paper to this consultation: its authors can be reached by a letter alone."""
    return await db.records(
        Opinion,
        OPINION
        + """
        where o.digest_id = :id and o.part = 'opinion' and s.consultation_id = :consultation_id
            and s.account_id is null and s.channel <> 'web'
        order by s.receipt, o.position, o.id
        """,
        id=digest_id,
        consultation_id=consultation_id,
    )


async def by_ids(db: Database, digest_id: int, ids: list[int]) -> list[Opinion]:
    return await db.records(
        Opinion,
        OPINION + "where o.digest_id = :id and o.id = any(:ids) order by o.position, o.id",
        id=digest_id,
        ids=ids,
    )


async def of_post(db: Database, digest_id: int, post_id: int) -> list[Opinion]:
    """Whatever its state: a text being taken in again is read as it was cut."""
    return await db.records(
        Opinion,
        COLUMNS.format(text="o.text", state=STATE, copy=COPY)
        + FROM
        + "where o.digest_id = :id and p.id = :post_id order by o.position, o.start_at",
        id=digest_id,
        post_id=post_id,
    )
