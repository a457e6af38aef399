"""All SQL of proxy entries."""

from dataclasses import dataclass
from datetime import date

from forum.db import Database, columns
from moderation.proxies.rules import Corrected, Entered, Known


@dataclass(frozen=True, slots=True)
class Standing:
    """An entry as whoever has its receipt sees it: where it stands, and what the city says to its discussion."""

    post_id: int
    number: int
    topic_id: int
    topic_title: str
    topic_state: str
    state: str
    html: str
    channel: str
    received_on: date
    section_name: str
    section_name_en: str
    answer_state: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a published digest has a part of it: in a group, or set aside with a reason."""

    digest_id: int
    title: str
    position: int | None
    group_id: int | None
    reason: str | None
    # The public comment that the digest went into, once it is answered.
    consultation_id: int | None


async def add(db: Database, entry: Entered) -> None:
    await db.run(
        """
        insert into proxy_entries (post_id, channel, section_id, receipt, received_on, entered_by, entered_at, sha256)
        values (:post_id, :channel, :section_id, :receipt, :received_on, :entered_by, :entered_at, :sha256)
        """,
        post_id=entry.post_id,
        channel=entry.channel,
        section_id=entry.section_id,
        receipt=entry.receipt,
        received_on=entry.received_on,
        entered_by=entry.entered_by,
        entered_at=entry.entered_at,
        sha256=entry.sha256,
    )


async def add_correction(db: Database, correction: Corrected) -> None:
    await db.run(
        """
        insert into proxy_corrections (revision_id, because, corrected_by, corrected_at, sha256)
        values (:revision_id, :because, :corrected_by, :corrected_at, :sha256)
        """,
        revision_id=correction.revision_id,
        because=correction.because,
        corrected_by=correction.corrected_by,
        corrected_at=correction.corrected_at,
        sha256=correction.sha256,
    )


async def entry(db: Database, post_id: int) -> Entered | None:
    return await db.record(
        Entered, f"select {columns(Entered)} from proxy_entries where post_id = :post_id", post_id=post_id
    )


async def entries(db: Database) -> list[Entered]:
    return await db.records(Entered, f"select {columns(Entered)} from proxy_entries order by post_id")


async def corrections(db: Database) -> list[Corrected]:
    return await db.records(
        Corrected, f"select {columns(Corrected)} from proxy_corrections order by revision_id"
    )


async def unexplained(db: Database) -> list[int]:
    """Posts that were entered and changed since, without a word of why."""
    rows = await db.rows(
        """
        select distinct r.post_id from revisions r join proxy_entries e on e.post_id = r.post_id
        where r.number > 1 and not exists (select from proxy_corrections where revision_id = r.id) order by 1
        """
    )
    return [row["post_id"] for row in rows]


async def misattributed(db: Database) -> list[str]:
    """One line for every post of somebody without a door that no section entered, and every entry that is another's words."""
    rows = await db.rows(
        """
        select case when e.post_id is null
            then format('post %s: by somebody without an account, and no section entered it', p.id)
            else format('proxy entry of post %s: its author has an account', p.id) end as line
        from posts p join accounts a on a.id = p.author_id left join proxy_entries e on e.post_id = p.id
        where (e.post_id is null) = (a.email = '' and a.left_at is null) order by p.id
        """
    )
    return [row["line"] for row in rows]


async def known(db: Database, receipt: str) -> Known | None:
    return await db.record(
        Known,
        """
        select e.post_id, p.topic_id, e.entered_by, e.channel, e.received_on, r.raw as body
        from proxy_entries e join posts p on p.id = e.post_id join revisions r on r.post_id = p.id and r.number = 1
        where e.receipt = :receipt
        """,
        receipt=receipt,
    )


async def of_receipt(db: Database, receipt: str) -> Standing | None:
    return await db.record(
        Standing,
        """
        select p.id as post_id, p.number, t.id as topic_id, t.title as topic_title, t.state as topic_state, p.state,
            case when p.state = 'visible' then p.html else '' end as html, e.channel, e.received_on,
            s.name as section_name, s.name_en as section_name_en, t.answer_state
        from proxy_entries e join posts p on p.id = e.post_id join topics t on t.id = p.topic_id
            join sections s on s.id = e.section_id
        where e.receipt = :receipt
        """,
        receipt=receipt,
    )


async def places(db: Database, post_id: int) -> list[Place]:
    """In published digests alone, each place once, the newest digest first."""
    return await db.records(
        Place,
        """
        select distinct d.id as digest_id, d.title, g.position, g.id as group_id, o.set_aside_reason as reason,
            case when c.state = 'published' then c.id end as consultation_id
        from revisions r join opinions o on o.revision_id = r.id and o.part = 'opinion'
            join digests d on d.id = o.digest_id left join opinion_groups g on g.id = o.group_id
            left join consultations c on c.id = d.consultation_id
        where r.post_id = :post_id and d.state = 'published' order by d.id desc, g.position
        """,
        post_id=post_id,
    )
