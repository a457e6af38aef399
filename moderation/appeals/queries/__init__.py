"""All SQL of appeals. `checking` is for `forum verify`."""

from dataclasses import dataclass
from datetime import datetime

from forum.access import Actor
from forum.boards.rules import moderated
from forum.clock import last_moment
from forum.db import Database
from moderation.appeals.rules import ANSWERS, Appeal, Contested, Outcome, outcome_of

APPEAL = """
select a.id, a.decision_id, a.appellant_id, a.standing, a.body, a.filed_at, a.due_at, a.sha256,
    o.id as answer_id, o.act as answer_act
from appeals a left join decisions o on o.appeal_of = a.decision_id
"""
# What overtakes a decision is a later one of the same strand; a sanction, whatever takes it back, on whichever post.
OVERTAKEN = """
(d.act not in ('warn', 'silence', 'suspend') and overtaken_at_its_post(d)
or exists (select from sanctions s join decisions l on l.id = s.decision_id
    where s.account_id = p.author_id and s.act = 'reinstate' and l.number > d.number and coalesce(s.lifts, d.id) = d.id
    and d.act in ('warn', 'silence', 'suspend')))
"""
# A decision may itself answer an appeal, and be made by two people: whoever took part in any of it has taken part in this.
CONTESTED = f"""
select d.id as decision_id, d.number, d.act, d.decided_at, d.moderator_id as decided_by,
    involved_in(d.id) as involved,
    d.board_id as made_on, t.board_id, b.kind as board_kind, d.post_id,
    concerned_by(d) as authors,
    (select asked.question from topics where id = asked.topic_id and state <> 'withdrawn') as poll_question,
    array(select m.id from transfer_lines l join transfers x on x.id = l.transfer_id join posts m on m.id = any(x.posts)
        where l.decision_id = d.id and m.state = 'visible' order by m.id) as moved,
    array(select reporter_id from reports where settled_by = d.id and (poll_id is null or d.act <> 'dismiss') order by id)
        as reporters,
    p.state, p.returned_at is not null as returned, p.revision_id = d.revision_id as same_words,
    {OVERTAKEN} as later,
    exists (select from appeals where decision_id = d.id) as appealed,
    d.appeal_of is not null as answers
from decisions d
    join posts p on p.id = d.post_id
    join topics t on t.id = p.topic_id
    join boards b on b.id = t.board_id
    left join (hidden_polls h join polls asked on asked.id = h.poll_id) on h.set_by = d.id
"""


@dataclass(frozen=True, slots=True)
class Line:
    """An appeal in a list."""

    id: int
    decision_id: int
    act: str
    board_name: str
    board_name_en: str
    post_id: int
    number: int
    board_id: int
    topic_title: str
    topic_state: str
    standing: str
    filed_at: datetime
    due_at: datetime
    answer_act: str | None
    answered_at: datetime | None

    @property
    def until(self) -> datetime:
        """The last moment that is in time for an answer."""
        return last_moment(self.due_at)

    @property
    def outcome(self) -> Outcome | None:
        return outcome_of(self.act, self.answer_act) if self.answer_act else None


APPEALED = """
from appeals a
    join decisions d on d.id = a.decision_id
    join posts p on p.id = d.post_id
    join topics t on t.id = p.topic_id
    join boards b on b.id = t.board_id
    left join decisions o on o.appeal_of = a.decision_id
"""
LINE = f"""
select a.id, a.decision_id, d.act, b.name as board_name, b.name_en as board_name_en, d.post_id, p.number,
    b.id as board_id, t.title as topic_title, t.state as topic_state, a.standing,
    a.filed_at, a.due_at, o.act as answer_act, o.decided_at as answered_at
{APPEALED}
"""


# On the boards of a moderator, as `rules.can_see_appeal` has it.
SEEN = """
b.kind = any(:kinds) and (:everywhere or b.id = any(:board_ids)) and not (a.standing = 'reporter' and p.author_id = :actor_id)
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """How many decisions there were of one act under one rule, and what became of the appeals against them."""

    act: str
    rule_number: int | None
    decisions: int
    appeals: int
    upheld: int
    partly: int
    overturned: int


async def contested(db: Database, decision_id: int) -> Contested | None:
    return await db.record(Contested, CONTESTED + "where d.id = :id", id=decision_id)


async def newest_decision(db: Database, post_id: int) -> int | None:
    """By which the post is not seen, if any."""
    number: int | None = await db.value(
        "select id from decisions where post_id = :post_id and act in ('hide', 'return') order by number desc limit 1",
        post_id=post_id,
    )
    return number


async def newest_about_topic(db: Database, topic_id: int, act: str) -> int | None:
    """The last decision of this kind on a topic, if any."""
    number: int | None = await db.value(
        """
        select d.id from decisions d join posts p on p.id = d.post_id
        where p.topic_id = :topic_id and p.number = 1 and d.act = :act order by d.number desc limit 1
        """,
        topic_id=topic_id,
        act=act,
    )
    return number


async def appeal(db: Database, appeal_id: int) -> Appeal | None:
    return await db.record(Appeal, APPEAL + "where a.id = :id", id=appeal_id)


async def of_decision(db: Database, decision_id: int) -> Appeal | None:
    return await db.record(Appeal, APPEAL + "where a.decision_id = :id", id=decision_id)


async def post_of(db: Database, decision_id: int) -> int | None:
    post_id: int | None = await db.value("select post_id from decisions where id = :id", id=decision_id)
    return post_id


async def add(db: Database, filed: Appeal) -> int:
    """The number of the appeal, which `filed` does not know yet."""
    number: int = await db.value(
        """
        insert into appeals (decision_id, appellant_id, standing, body, filed_at, due_at, sha256)
        values (:decision_id, :appellant_id, :standing, :body, :filed_at, :due_at, :sha256) returning id
        """,
        decision_id=filed.decision_id,
        appellant_id=filed.appellant_id,
        standing=filed.standing,
        body=filed.body,
        filed_at=filed.filed_at,
        due_at=filed.due_at,
        sha256=filed.sha256,
    )
    return number


async def waiting(db: Database, actor: Actor, *, after: int, limit: int) -> list[Line]:
    """On the boards of this moderator, the first due first; what follows this one, if there is one."""
    return await db.records(
        Line,
        f"""
        {LINE} join review_items i on i.appeal_id = a.id and i.open
        where {SEEN}
            and (cast(:after as bigint) = 0 or (a.due_at, a.id) > (select due_at, id from appeals where id = :after))
        order by a.due_at, a.id limit :limit
        """,
        **moderated(actor),
        actor_id=actor.id,
        after=after,
        limit=limit,
    )


async def answered(db: Database, actor: Actor, *, after: int, limit: int) -> list[Line]:
    """On the boards of this moderator, what was answered last first; what follows this one, if there is one."""
    return await db.records(
        Line,
        f"""
        {LINE} where o.id is not null and {SEEN}
            and (cast(:after as bigint) = 0 or o.number < (
                select number from decisions where appeal_of = (select decision_id from appeals where id = :after)
            ))
        order by o.number desc limit :limit
        """,
        **moderated(actor),
        actor_id=actor.id,
        after=after,
        limit=limit,
    )


async def of_person(db: Database, actor: Actor, *, after: int, limit: int) -> list[Line]:
    """What they appealed against, the newest first; what follows this one, if there is one."""
    return await db.records(
        Line,
        f"""
        {LINE} where a.appellant_id = :account_id and (cast(:after as bigint) = 0 or a.id < :after)
        order by a.id desc limit :limit
        """,
        account_id=actor.id,
        after=after,
        limit=limit,
    )


async def figures(
    db: Database, kinds: list[str], since: datetime | None = None, until: datetime | None = None
) -> list[Figures]:
    """Of every act that can be contested, by rule; on boards of these kinds, for decisions of that time."""
    return await db.records(
        Figures,
        """
        select d.act, d.rule_number, count(*) as decisions, count(a.id) as appeals,
            count(*) filter (where o.act = 'uphold') as upheld,
            count(*) filter (where d.act = 'hide' and o.act = 'return') as partly,
            count(*) filter (where o.act <> 'uphold' and not (d.act = 'hide' and o.act = 'return')) as overturned
        from decisions d
            join boards b on b.id = d.board_id
            left join appeals a on a.decision_id = d.id
            left join decisions o on o.appeal_of = d.id
        where b.kind = any(:kinds) and d.act = any(:acts)
            and d.decided_at >= coalesce(cast(:since as timestamptz), '-infinity')
            and d.decided_at < coalesce(cast(:until as timestamptz), 'infinity')
        group by d.act, d.rule_number order by d.act, d.rule_number nulls last
        """,
        kinds=kinds,
        acts=[act.value for act in ANSWERS],
        since=since,
        until=until,
    )
