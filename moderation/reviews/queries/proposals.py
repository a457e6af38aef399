"""What was proposed, and how it ended."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from forum.db import Database, columns
from forum.posts.rules import kept_title
from moderation.reviews.pairs import Proposal


@dataclass(frozen=True, slots=True)
class Shown(Proposal):
    """A proposal as moderators see it: with names, and when it is over with the line of the log."""

    proposer: str = ""
    second: str | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Kept(Proposal):
    """A proposal with the hashes that its own rest on."""

    enacted_sha256: str | None = None
    decision_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Mine:
    """What waits for somebody else to confirm."""

    post_id: int
    act: str
    proposed_at: datetime
    number: int
    topic_title: str
    topic_state: str
    pen_name: str

    @property
    def title(self) -> str:
        return kept_title(self.topic_state, self.topic_title)


def _of(alias: str) -> str:
    return ", ".join(f"{alias}.{name}" for name in columns(Proposal).split(", "))


async def add(db: Database, proposal: Proposal) -> int:
    proposal_id: int = await db.value(
        """
        insert into proposals (post_id, revision_id, version, act, rule_number, rule_version, reason, days, places,
            proposed_by, role, proposed_at, due_at, enacted_by, sha256)
        values (:post_id, :revision_id, :version, :act, :rule_number, :rule_version, :reason, :days, :places,
            :proposed_by, :role, :proposed_at, :due_at, :enacted_by, :sha256) returning id
        """,
        post_id=proposal.post_id,
        revision_id=proposal.revision_id,
        version=proposal.version,
        act=proposal.act,
        rule_number=proposal.rule_number,
        rule_version=proposal.rule_version,
        reason=proposal.reason,
        days=proposal.days,
        places=[list(place) for place in proposal.places],
        proposed_by=proposal.proposed_by,
        role=proposal.role,
        proposed_at=proposal.proposed_at,
        due_at=proposal.due_at,
        enacted_by=proposal.enacted_by,
        sha256=proposal.sha256,
    )
    return proposal_id


async def end(db: Database, ended: Proposal) -> None:
    await db.run(
        """
        update proposals set outcome = :outcome, ended_by = :ended_by, answer = :answer, decision_id = :decision_id,
            ended_at = :ended_at, end_sha256 = :end_sha256
        where id = :id
        """,
        id=ended.id,
        outcome=ended.outcome,
        ended_by=ended.ended_by,
        answer=ended.answer,
        decision_id=ended.decision_id,
        ended_at=ended.ended_at,
        end_sha256=ended.end_sha256,
    )


async def open_of_post(db: Database, post_id: int) -> list[Proposal]:
    return await db.records(
        Proposal,
        f"select {columns(Proposal)} from proposals where post_id = :post_id and outcome is null order by id",
        post_id=post_id,
    )


async def proposal(db: Database, proposal_id: int) -> Proposal | None:
    return await db.record(
        Proposal, f"select {columns(Proposal)} from proposals where id = :id", id=proposal_id
    )


async def of_post(db: Database, post_id: int) -> list[Shown]:
    """The newest first."""
    return await db.records(
        Shown,
        f"""
        select {_of("p")}, a.pen_name as proposer, s.pen_name as second, d.number
        from proposals p join accounts a on a.id = p.proposed_by left join accounts s on s.id = p.ended_by
            left join decisions d on d.id = coalesce(p.decision_id, p.enacted_by)
        where p.post_id = :post_id order by p.id desc
        """,
        post_id=post_id,
    )


async def of_moderator(db: Database, account_id: int, limit: int) -> list[Mine]:
    """What somebody proposed and nobody has answered, the oldest first."""
    return await db.records(
        Mine,
        """
        select s.post_id, s.act, s.proposed_at, p.number, t.title as topic_title, t.state as topic_state, a.pen_name
        from proposals s join posts p on p.id = s.post_id join topics t on t.id = p.topic_id
            join accounts a on a.id = p.author_id
        where s.proposed_by = :account_id and s.outcome is null and p.state <> 'withdrawn'
        order by s.id limit :limit
        """,
        account_id=account_id,
        limit=limit,
    )


def every(db: Database) -> AsyncIterator[Kept]:
    return db.each(
        Kept,
        f"""
        select {_of("p")}, e.sha256 as enacted_sha256, d.sha256 as decision_sha256
        from proposals p left join decisions e on e.id = p.enacted_by left join decisions d on d.id = p.decision_id
        where p.id > :after order by p.id limit :batch
        """,
    )


# What one person may not do alone: neither with a second one, nor as the first step, nor after hearing the other side.
ALONE = """
select format('decision %s: was made by one person on a board that asks for two', d.id) as line
from decisions d cross join lateral (
    select asks from pair_switches where board_id = d.board_id and switched_at <= d.decided_at order by id desc limit 1
) s
where s.asks and d.act in ('hide', 'mask', 'silence', 'suspend') and d.proposed_by is null and d.appeal_of is null
    and not exists (select from proposals where enacted_by = d.id)
    and not exists (select from rights_steps where decision_id = d.id)
"""


async def unfounded(db: Database) -> list[str]:
    """One line where log and proposals do not say the same of who decided together."""
    rows = await db.rows(
        f"""
        {ALONE}
        union all
        select format('decision %s: names a proposer, and ends no proposal of theirs', d.id)
        from decisions d left join proposals p on p.decision_id = d.id and p.outcome = 'confirmed'
            and p.proposed_by = d.proposed_by and p.ended_by = d.moderator_id and p.post_id = d.post_id
        where d.proposed_by is not null and p.id is null
        union all
        select format('proposal %s: was confirmed by whoever made it, or decision %s says something else', p.id, p.decision_id)
        from proposals p left join decisions d on d.id = p.decision_id
        where p.outcome = 'confirmed' and (
            d.moderator_id = p.proposed_by or d.proposed_by is distinct from p.proposed_by
            or d.act <> case when p.enacted_by is null then p.act else 'confirm' end
            or (d.rule_number, d.rule_version) is distinct from (p.rule_number, p.rule_version)
            or (p.enacted_by is null and d.reason <> p.reason))
        union all
        select format('proposal %s: is not what decision %s says, by which it took effect', p.id, p.enacted_by)
        from proposals p join decisions d on d.id = p.enacted_by
        where (d.post_id, d.act, d.moderator_id, d.rule_number, d.reason)
            is distinct from (p.post_id, p.act, p.proposed_by, p.rule_number, p.reason)
        order by 1
        """
    )
    return [row["line"] for row in rows]
