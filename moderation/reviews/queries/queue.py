"""What waits for a moderator: the open items, which the database keeps in step with what they are about (migration 0007)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from forum import clock
from forum.access import Actor
from forum.boards.rules import moderated
from forum.db import Database
from moderation.reviews.rules import WAITING_MAX, Kind
from moderation.reviews.targets import Target, target_of
from moderation.reviews.views import View
from realtime.protocol import MAX_NUMBER

# The boards of this moderator.
BOARDS = "array(select id from boards where kind = any(:kinds) and (:everywhere or id = any(:board_ids)))"
# Of one kind, on these boards, and nothing in which the moderator is a party.
WAITING = """
from review_items i where i.open and i.kind = '{kind}' and i.author_id is distinct from :actor_id
    and not (:actor_id = any(i.barred)) and i.opened_at <= :now
"""


# What the fields of a view ask of an item.
FILTERS = {
    "board": "i.board_id = (select id from boards where slug = :board)",
    "own_boards": "i.board_id = any(:own_boards)",
    "rule": ":rule = any(i.rules)",
    "late": "i.due_at < :late",
    "opened_before": "i.opened_at < :opened_before",
    "mine": "i.claimed_by = :actor_id and i.claimed_until > :mine",
    "free": "(i.claimed_until is null or i.claimed_until <= :free)",
    "not_of_others": "(i.claimed_until is null or i.claimed_until <= :not_of_others or i.claimed_by = :actor_id)",
    "approved": "exists (select from accounts a where a.id = i.author_id and a.approved_posts = :approved)",
}
# The place of an item in the queue: when it is due, and its number.
Key = tuple[datetime, int]
Conditions = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the queue. `reporters` is 0 for a held post; `since` is when it began to wait. Of an appeal or a request,
    `post_id` is the post that it is about, and `stage` the contested act or the last step."""

    id: int
    post_id: int
    kind: str
    number_of_target: int
    stage: str | None
    due_at: datetime
    since: datetime
    reporters: int
    rules: list[int]
    state: str
    number: int
    version: int
    # Empty where its author took it back.
    topic_title: str
    board_name: str
    board_name_en: str
    pen_name: str
    # No post of the author's was ever shown.
    newcomer: bool
    # Who looks at it now, if anybody.
    claimed_by: int | None
    holder: str | None
    raw: str
    # The newest open report.
    report: int
    # Empty for a withdrawn post, which nobody but its author may read.
    html: str
    # What somebody says who contests or asks.
    plea: str | None
    # What waits for a second person, and who proposed it.
    proposed: list[str]
    proposers: list[str]

    @property
    def target(self) -> Target:
        return target_of(self.kind)

    @property
    def path(self) -> str:
        return self.target.page(self.number_of_target)

    @property
    def mark(self) -> str:
        """How the page names its line."""
        number = str(self.number_of_target)
        return number if self.target is Target.POST else f"{self.target}-{number}"

    @property
    def order(self) -> int:
        """Its place in the list, lowest first."""
        return int(self.due_at.timestamp() * 1000)


@dataclass(frozen=True, slots=True)
class Measure:
    """How many items a view has, and since when the one waits that was there first."""

    number: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many items wait; the stamp differs when they are others. `amiss`: what the last recount of the room found."""

    number: int
    counts: dict[Kind, int]
    stamp: int
    amiss: int = 0


async def page(db: Database, actor: Actor, view: View, *, after: Key | None = None, limit: int) -> list[Item]:
    """The most urgent first, after the key."""
    now = clock.now()
    only = view.conditions(actor, now)
    return await db.records(
        Item,
        f"""
        select i.id, p.id as post_id, i.kind, coalesce(i.post_id, i.appeal_id, i.request_id) as number_of_target,
            coalesce(d.act, (
                select kind from rights_steps where request_id = q.id and kind <> 'reminded' order by number desc limit 1
            )) as stage,
            i.due_at, i.opened_at as since, i.reporters, i.rules, p.state, p.number,
            p.version, case when t.state = 'withdrawn' then '' else t.title end as topic_title, b.name as board_name,
            b.name_en as board_name_en,
            case when q.id is null then a.pen_name else '' end as pen_name,
            a.approved_posts = 0 and i.post_id is not null as newcomer, h.id as claimed_by, h.pen_name as holder,
            case when p.state = 'withdrawn' or i.post_id is null then '' else masked(p.id, r.raw) end as raw,
            (select coalesce(max(id), 0) from reports where post_id = p.id and settled_by is null) as report,
            case when p.state = 'withdrawn' then '' else p.html end as html, coalesce(e.body, q.words) as plea,
            array(select act from proposals where post_id = i.post_id and outcome is null order by id) as proposed,
            array(select distinct pen_name from proposals s join accounts o on o.id = s.proposed_by
                where s.post_id = i.post_id and s.outcome is null) as proposers
        from ({" union all ".join(_first(kind, only, after is not None) for kind in _kinds(view))}) i
            left join appeals e on e.id = i.appeal_id
            left join decisions d on d.id = e.decision_id
            left join rights_requests q on q.id = i.request_id
            join posts p on p.id = coalesce(i.post_id, d.post_id, q.post_id)
            join revisions r on r.id = p.revision_id
            join topics t on t.id = p.topic_id
            join boards b on b.id = i.board_id
            join accounts a on a.id = coalesce(e.appellant_id, i.author_id)
            left join accounts h on h.id = i.claimed_by and i.claimed_until > :now
        order by i.due_at, i.id limit :limit
        """,
        limit=limit,
        **_rights(actor, now),
        **only,
        **(dict(zip(("due_at", "item_id"), after, strict=True)) if after else {}),
    )


async def next_after(db: Database, actor: Actor, view: View, key: Key | None) -> str | None:
    """The page of the next item that nobody else looks at, after the key; None at the end."""
    now = clock.now()
    only = view.conditions(actor, now) | {"not_of_others": now}
    row = await db.row(
        f"""
        select i.kind, coalesce(i.post_id, i.appeal_id, i.request_id) as number
        from ({" union all ".join(_first(kind, only, key is not None) for kind in _kinds(view))}) i
        order by i.due_at, i.id limit :limit
        """,
        limit=1,
        **_rights(actor, now),
        **only,
        **(dict(zip(("due_at", "item_id"), key, strict=True)) if key else {}),
    )
    return target_of(row["kind"]).page(row["number"]) if row else None


async def key_of(db: Database, target: Target, number: int) -> Key | None:
    """Where the item about something stands or stood."""
    row = await db.row(f"select due_at, id from review_items where {target}_id = :number", number=number)
    return None if row is None else (row["due_at"], row["id"])


async def measure(db: Database, actor: Actor, view: View) -> Measure:
    """How many items a view has, as far as WAITING_MAX of each kind, and since when the first of them waits."""
    now = clock.now()
    only = view.conditions(actor, now)
    row = await db.row(
        f"""
        select count(*) as n, min(opened_at) as since from (
            {" union all ".join(_some(kind, "i.opened_at", only) for kind in _kinds(view))}) i
        """,
        most=WAITING_MAX,
        **_rights(actor, now),
        **only,
    )
    assert row is not None
    return Measure(row["n"], row["since"])


def _kinds(view: View) -> list[Kind]:
    return [view.kind] if view.kind else list(Kind)


def _first(kind: Kind, only: Conditions, after: bool) -> str:
    """The first items of one kind on each board, or the first after the key."""
    keyset = "and (i.due_at, i.id) > (:due_at, :item_id)" if after else ""
    return f"""
        select first.* from unnest({BOARDS}) board_id cross join lateral (
            select i.* {WAITING.format(kind=kind)} and coalesce(i.board_id, 0) = board_id.board_id {_and(only)} {keyset}
            order by i.due_at, i.id limit :limit
        ) first
    """


def _some(kind: Kind, columns: str, only: Conditions) -> str:
    """So many of one kind as are counted."""
    return f"""(
        select {columns} {WAITING.format(kind=kind)} and coalesce(i.board_id, 0) = any({BOARDS}) {_and(only)} limit :most
    )"""


def _and(only: Conditions) -> str:
    return "".join(f" and {FILTERS[name]}" for name in only)


async def waiting(db: Database, actor: Actor) -> Waiting:
    """How many items of each kind wait for this moderator; nobody counts beyond WAITING_MAX."""
    kinds = (_some(kind, "i.kind, i.id, i.version", {}) for kind in Kind)
    rows = await db.rows(
        f"""
        select kind, count(*) as n, sum(hashint8extended(id, version)) as stamp from ({" union all ".join(kinds)}) i
        group by kind
        union all (select 'amiss', found, 0 from recounts order by id desc limit 1)
        """,
        most=WAITING_MAX,
        **_rights(actor, clock.now()),
    )
    found = {row["kind"]: row["n"] for row in rows}
    counts = {kind: found.get(kind, 0) for kind in Kind}
    return Waiting(
        min(sum(counts.values()), WAITING_MAX),
        counts,
        sum(int(row["stamp"]) for row in rows) % MAX_NUMBER,
        found.get("amiss", 0),
    )


def _rights(actor: Actor, now: datetime) -> dict[str, object]:
    return {"actor_id": actor.id, "now": now, **moderated(actor)}
