"""What waits for a moderator: a question to held posts and open reports, not a list that somebody keeps."""

from dataclasses import dataclass
from datetime import datetime

from forum.access import Actor
from forum.boards.rules import readable_kinds
from forum.db import Database
from moderation.reviews.rules import HELD_WITHIN, WAITING_MAX, Kind
from realtime.protocol import MAX_NUMBER

# On the moderator's own boards, and not the moderator's own words.
MINE = """
join topics t on t.id = p.topic_id
join boards b on b.id = t.board_id and b.kind = any(:kinds) and (:everywhere or b.id = any(:board_ids))
where p.author_id <> :actor_id
"""
# Each kind is read along an index of its own, in order and only as far as a page goes.
WAITING = {
    Kind.HELD: f"from posts p {MINE} and p.state = 'held' and p.returned_at is null",
    # One item for a post, however many reports: the open report with the earliest due time stands for all.
    Kind.REPORTED: f"""
    from reports r join posts p on p.id = r.post_id {MINE} and r.settled_by is null and not exists (
        select from reports e
        where e.post_id = r.post_id and e.settled_by is null and (e.due_at, e.id) < (r.due_at, r.id))
    """,
}
DUE_AT = {Kind.HELD: "p.created_at + cast(:held_within as interval)", Kind.REPORTED: "r.due_at"}
# What differs when an item does: each report is news about its post.
NEWEST = {
    Kind.HELD: "p.change",
    Kind.REPORTED: "(select max(e.id) from reports e where e.post_id = p.id and e.settled_by is null)",
}
# The same order, and the same key, in the column that the index knows.
ORDER = {Kind.HELD: "p.created_at", Kind.REPORTED: "r.due_at"}
KEY = {Kind.HELD: "cast(:due_at as timestamptz) - cast(:held_within as interval)", Kind.REPORTED: ":due_at"}


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the queue. `reporters` is 0 for a held post; `since` is when it began to wait."""

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
    # Empty for a withdrawn post, which nobody but its author may read.
    html: str

    @property
    def order(self) -> int:
        """Its place in the list, lowest first."""
        return int(self.due_at.timestamp() * 1000)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many items wait; the stamp differs when they are others."""

    number: int
    counts: dict[Kind, int]
    stamp: int


async def page(
    db: Database, actor: Actor, kind: Kind | None, *, after: tuple[datetime, int] | None, limit: int
) -> list[Item]:
    """The most urgent first, after the key (due_at, post_id)."""
    kinds = [kind] if kind else list(Kind)
    return await db.records(
        Item,
        f"""
        select i.post_id, i.kind, i.due_at, coalesce(r.since, i.created_at) as since, coalesce(r.reporters, 0) as reporters,
            coalesce(r.rules, '{{}}') as rules, i.state, i.number, i.topic_title, i.board_name, i.board_name_en,
            a.pen_name, case when i.state = 'withdrawn' then '' else i.html end as html
        from ({" union all ".join(_first(kind, after is not None) for kind in kinds)}) i
        join accounts a on a.id = i.author_id
        left join lateral (
            select min(created_at) as since, count(*) as reporters,
                array_agg(distinct rule_number) filter (where rule_number is not null) as rules
            from reports where post_id = i.post_id and settled_by is null having count(*) > 0
        ) r on true
        order by i.due_at, i.post_id limit :limit
        """,
        limit=limit,
        **_rights(actor),
        **({"held_within": HELD_WITHIN} if Kind.HELD in kinds else {}),
        **(dict(zip(("due_at", "post_id"), after, strict=True)) if after else {}),
    )


def _first(kind: Kind, after: bool) -> str:
    """The first items of one kind, or the first after the key."""
    keyset = f"and ({ORDER[kind]}, p.id) > ({KEY[kind]}, :post_id)" if after else ""
    return f"""(
        select p.id as post_id, '{kind}' as kind, {DUE_AT[kind]} as due_at, p.created_at, p.state, p.number, p.author_id,
            p.html, t.title as topic_title, b.name as board_name, b.name_en as board_name_en
        {WAITING[kind]} {keyset} order by {ORDER[kind]}, p.id limit :limit
    )"""


async def waiting(db: Database, actor: Actor) -> Waiting:
    """How many items of each kind wait for this moderator; nobody counts beyond WAITING_MAX."""
    kinds = (
        f"(select '{kind}' as kind, p.id, {NEWEST[kind]} as newest {WAITING[kind]} limit :most)"
        for kind in Kind
    )
    rows = await db.rows(
        f"""
        select kind, count(*) as n, sum(hashint8extended(id, newest)) as stamp from ({" union all ".join(kinds)}) i
        group by kind
        """,
        most=WAITING_MAX,
        **_rights(actor),
    )
    counts = dict.fromkeys(Kind, 0) | {Kind(row["kind"]): row["n"] for row in rows}
    return Waiting(
        min(sum(counts.values()), WAITING_MAX), counts, sum(int(row["stamp"]) for row in rows) % MAX_NUMBER
    )


def _rights(actor: Actor) -> dict[str, object]:
    return {
        "actor_id": actor.id,
        "kinds": readable_kinds(actor),
        "everywhere": actor.moderates_everywhere,
        "board_ids": list(actor.moderates_boards),
    }
