"""All SQL of rights requests. `checking` is for `forum verify`."""

from dataclasses import dataclass
from datetime import datetime

from forum.access import Actor
from forum.boards.rules import moderated
from forum.db import Database, columns
from moderation.rights.rules import Filed, Step

REQUESTS = """
from rights_requests r
    join revisions v on v.id = r.revision_id
    join posts p on p.id = r.post_id
    join accounts a on a.id = p.author_id
    join topics t on t.id = p.topic_id
    join boards b on b.id = t.board_id
"""
FILED = f"""
select r.id, r.receipt, r.post_id, r.revision_id, v.sha256 as text_sha256, r.infringed, r.candidate, r.words, r.reason,
    r.sealed, r.filed_at, r.sha256, t.board_id, b.kind as board_kind, p.author_id, a.email <> '' as author_hears,
    p.state as post_state, p.revision_id = r.revision_id as same_words
{REQUESTS}
"""
# On the boards of a moderator, about the words of others.
HANDLED = "b.kind = any(:kinds) and (:everywhere or b.id = any(:board_ids)) and p.author_id <> :actor_id"
DECIDED = (
    "exists (select from rights_steps where request_id = r.id and kind in ('granted', 'refused', 'gone'))"
)


@dataclass(frozen=True, slots=True)
class Figures:
    """The requests about one right, and what became of them."""

    infringed: str
    received: int
    asked: int
    objected: int
    granted: int
    refused: int
    gone: int
    # Half of those that were decided took no longer than this.
    median_days: float | None


@dataclass(frozen=True, slots=True)
class Opening:
    """A look into the envelope."""

    pen_name: str
    reason: str
    looked_at: datetime


async def filed(db: Database, request_id: int) -> Filed | None:
    return await db.record(Filed, FILED + "where r.id = :id", id=request_id)


async def known(db: Database, receipt: str) -> Filed | None:
    return await db.record(Filed, FILED + "where r.receipt = :receipt", receipt=receipt)


async def steps(db: Database, request_id: int) -> list[Step]:
    return await db.records(
        Step,
        f"select {columns(Step)} from rights_steps where request_id = :id order by number",
        id=request_id,
    )


async def steps_of_all(db: Database, ids: list[int]) -> dict[int, list[Step]]:
    """By request."""
    found = await db.records(
        Step,
        f"select {columns(Step)} from rights_steps where request_id = any(:ids) order by request_id, number",
        ids=ids,
    )
    by_request: dict[int, list[Step]] = {number: [] for number in ids}
    for step in found:
        by_request[step.request_id].append(step)
    return by_request


async def lock(db: Database, request_id: int) -> None:
    """One step after the other."""
    await db.run("select pg_advisory_xact_lock(20020333, cast(:id as int))", id=request_id)


async def add(db: Database, filed: Filed) -> int:
    """The number of the request, which `filed` does not know yet."""
    number: int = await db.value(
        """
        insert into rights_requests (receipt, post_id, revision_id, infringed, candidate, words, reason, sealed,
            filed_at, sha256)
        values (:receipt, :post_id, :revision_id, :infringed, :candidate, :words, :reason, :sealed, :filed_at, :sha256)
        returning id
        """,
        receipt=filed.receipt,
        post_id=filed.post_id,
        revision_id=filed.revision_id,
        infringed=filed.infringed,
        candidate=filed.candidate,
        words=filed.words,
        reason=filed.reason,
        sealed=filed.sealed,
        filed_at=filed.filed_at,
        sha256=filed.sha256,
    )
    return number


async def add_step(db: Database, step: Step) -> None:
    await db.run(
        """
        insert into rights_steps (request_id, number, kind, account_id, body, due_at, decision_id, taken_at, sha256)
        values (:request_id, :number, :kind, :account_id, :body, :due_at, :decision_id, :taken_at, :sha256)
        """,
        request_id=step.request_id,
        number=step.number,
        kind=step.kind,
        account_id=step.account_id,
        body=step.body,
        due_at=step.due_at,
        decision_id=step.decision_id,
        taken_at=step.taken_at,
        sha256=step.sha256,
    )


async def add_look(db: Database, request_id: int, account_id: int, reason: str, now: datetime) -> None:
    await db.run(
        """
        insert into rights_looks (request_id, account_id, reason, looked_at)
        values (:request_id, :account_id, :reason, :now)
        """,
        request_id=request_id,
        account_id=account_id,
        reason=reason,
        now=now,
    )


async def looks(db: Database, request_id: int) -> list[Opening]:
    """The newest first."""
    return await db.records(
        Opening,
        """
        select a.pen_name, l.reason, l.looked_at from rights_looks l join accounts a on a.id = l.account_id
        where l.request_id = :id order by l.id desc
        """,
        id=request_id,
    )


async def open_requests(db: Database) -> list[Filed]:
    """Everywhere, the oldest first."""
    return await db.records(Filed, f"{FILED} where not {DECIDED} order by r.id")


async def of_moderator(db: Database, actor: Actor, *, before: int, limit: int) -> list[Filed]:
    """On the boards of this moderator, the newest first, older than the id `before`."""
    return await db.records(
        Filed,
        f"{FILED} where {HANDLED} and r.id < :before order by r.id desc limit :limit",
        **moderated(actor),
        actor_id=actor.id,
        before=before,
        limit=limit,
    )


async def moderators(db: Database, board_id: int) -> list[int]:
    """Who answers for the room or this board, reads it, and takes part."""
    rows = await db.rows(
        """
        select id from accounts where confirmed_at is not null and suspended_at is null and (
            role in ('moderator', 'administrator') or exists (
                select from board_roles
                where account_id = accounts.id and board_id = :board_id and role = 'moderator'))
            and (role in ('staff', 'administrator')
                or exists (select from boards where id = :board_id and kind <> 'staff'))
        order by id
        """,
        board_id=board_id,
    )
    return [row["id"] for row in rows]


async def figures(
    db: Database, kinds: list[str], since: datetime | None = None, until: datetime | None = None
) -> list[Figures]:
    """Numbers alone, by right, of what was filed in that time about boards of these kinds, and whatever became of it since."""
    return await db.records(
        Figures,
        f"""
        select r.infringed, count(*) as received,
            count(*) filter (where 'asked' = any(s.kinds)) as asked,
            count(*) filter (where 'objected' = any(s.kinds)) as objected,
            count(*) filter (where 'granted' = any(s.kinds)) as granted,
            count(*) filter (where 'refused' = any(s.kinds)) as refused,
            count(*) filter (where 'gone' = any(s.kinds)) as gone,
            cast(percentile_cont(0.5) within group (order by extract(epoch from s.decided_at - r.filed_at) / 86400)
                as double precision) as median_days
        {REQUESTS} cross join lateral (
            select array_agg(kind) as kinds,
                max(taken_at) filter (where kind in ('granted', 'refused', 'gone')) as decided_at
            from rights_steps where request_id = r.id
        ) s
        where b.kind = any(:kinds) and r.filed_at >= coalesce(cast(:since as timestamptz), '-infinity')
            and r.filed_at < coalesce(cast(:until as timestamptz), 'infinity')
        group by r.infringed order by r.infringed
        """,
        kinds=kinds,
        since=since,
        until=until,
    )
