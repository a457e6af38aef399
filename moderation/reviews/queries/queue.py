"""What waits for a moderator: the open items, which the database keeps in step with posts and reports (migration 0007)."""

from dataclasses import dataclass
from datetime import datetime

from forum import clock
from forum.access import Actor
from forum.boards.rules import readable_kinds
from forum.db import Database
from moderation.reviews.rules import HELD_WITHIN, WAITING_MAX, Kind
from realtime.protocol import MAX_NUMBER

# The boards of this moderator.
BOARDS = "array(select id from boards where kind = any(:kinds) and (:everywhere or id = any(:board_ids)))"
# Of one kind, on these boards, and not the moderator's own words.
WAITING = """
from review_items i where i.open and i.kind = '{kind}' and i.author_id is distinct from :actor_id
"""


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the queue. `reporters` is 0 for a held post; `since` is when it began to wait."""

    id: int
    post_id: int
    kind: str
    due_at: datetime
    since: datetime
    reporters: int
    rules: list[int]
    state: str
    number: int
    topic_title: str
    board_name: str
    board_name_en: str
    pen_name: str
    # Who looks at it now, if anybody.
    claimed_by: int | None
    holder: str | None
    # Empty for a withdrawn post, which nobody but its author may read.
    html: str

    @property
    def order(self) -> int:
        """Its place in the list, lowest first."""
        return int(self.due_at.timestamp() * 1000)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many items wait; the stamp differs when they are others. `amiss`: what the last recount of the room found."""

    number: int
    counts: dict[Kind, int]
    stamp: int
    amiss: int = 0


async def page(
    db: Database, actor: Actor, kind: Kind | None, *, after: tuple[datetime, int] | None, limit: int
) -> list[Item]:
    """The most urgent first, after the key (due_at, id)."""
    kinds = [kind] if kind else list(Kind)
    return await db.records(
        Item,
        f"""
        select i.id, i.post_id, i.kind, i.due_at, i.opened_at as since, i.reporters, i.rules, p.state, p.number,
            t.title as topic_title, b.name as board_name, b.name_en as board_name_en, a.pen_name,
            h.id as claimed_by, h.pen_name as holder,
            case when p.state = 'withdrawn' then '' else p.html end as html
        from ({" union all ".join(_first(kind, after is not None) for kind in kinds)}) i
            join posts p on p.id = i.post_id
            join topics t on t.id = p.topic_id
            join boards b on b.id = i.board_id
            join accounts a on a.id = i.author_id
            left join accounts h on h.id = i.claimed_by and i.claimed_until > :now
        order by i.due_at, i.id limit :limit
        """,
        limit=limit,
        now=clock.now(),
        **_rights(actor),
        **(dict(zip(("due_at", "item_id"), after, strict=True)) if after else {}),
    )


def _first(kind: Kind, after: bool) -> str:
    """The first items of one kind on each board, or the first after the key."""
    keyset = "and (i.due_at, i.id) > (:due_at, :item_id)" if after else ""
    return f"""
        select first.* from unnest({BOARDS}) board_id cross join lateral (
            select i.* {WAITING.format(kind=kind)} and coalesce(i.board_id, 0) = board_id.board_id {keyset}
            order by i.due_at, i.id limit :limit
        ) first
    """


async def waiting(db: Database, actor: Actor) -> Waiting:
    """How many items of each kind wait for this moderator; nobody counts beyond WAITING_MAX."""
    kinds = (
        f"""(
            select i.kind, i.id, i.version {WAITING.format(kind=kind)} and coalesce(i.board_id, 0) = any({BOARDS})
            limit :most
        )"""
        for kind in Kind
    )
    rows = await db.rows(
        f"""
        select kind, count(*) as n, sum(hashint8extended(id, version)) as stamp from ({" union all ".join(kinds)}) i
        group by kind
        union all (select 'amiss', found, 0 from recounts order by id desc limit 1)
        """,
        most=WAITING_MAX,
        **_rights(actor),
    )
    found = {row["kind"]: row["n"] for row in rows}
    counts = {kind: found.get(kind, 0) for kind in Kind}
    return Waiting(
        min(sum(counts.values()), WAITING_MAX),
        counts,
        sum(int(row["stamp"]) for row in rows) % MAX_NUMBER,
        found.get("amiss", 0),
    )


# What there is to look at, asked of posts and reports themselves.
WANTED = """
select p.id as post_id, 'held' as kind, t.board_id, p.author_id, 0 as reporters, cast('{}' as int[]) as rules,
    p.created_at as opened_at, p.created_at + cast(:held_within as interval) as due_at
from posts p join topics t on t.id = p.topic_id
where p.state = 'held' and p.returned_at is null
    and not exists (select from reports where post_id = p.id and settled_by is null)
union all
select p.id, 'reported', t.board_id, p.author_id, count(*),
    coalesce(array_agg(distinct r.rule_number) filter (where r.rule_number is not null), '{}'),
    min(r.created_at), min(r.due_at)
from reports r join posts p on p.id = r.post_id join topics t on t.id = p.topic_id
where r.settled_by is null
group by p.id, t.board_id
"""


async def discrepancies(db: Database) -> list[str]:
    """One line for every post that should wait and does not, waits for no reason, or waits as something else."""
    rows = await db.rows(
        f"""
        select case
            when i.post_id is null then format('post %s: waits for a moderator, and is not in the queue', w.post_id)
            when w.post_id is null then format('post %s: is in the queue, and waits for nothing', i.post_id)
            else format('post %s: is in the queue as something else than it is', w.post_id) end as line
        from ({WANTED}) w full join (select * from review_items where open) i on i.post_id = w.post_id
        where (i.kind, i.board_id, i.author_id, i.reporters, i.rules, i.opened_at, i.due_at)
            is distinct from (w.kind, w.board_id, w.author_id, w.reporters, w.rules, w.opened_at, w.due_at)
        order by 1
        """,
        held_within=HELD_WITHIN,
    )
    return [row["line"] for row in rows]


def _rights(actor: Actor) -> dict[str, object]:
    return {
        "actor_id": actor.id,
        "kinds": readable_kinds(actor),
        "everywhere": actor.moderates_everywhere,
        "board_ids": list(actor.moderates_boards),
    }
