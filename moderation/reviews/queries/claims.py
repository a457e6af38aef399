"""Who is looking at which item."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from forum.db import Database
from moderation.reviews.targets import Target


@dataclass(frozen=True, slots=True)
class Claim:
    """An open item, and who looks at it until when: nobody, if that moment is past."""

    item_id: int
    kind: str
    board_id: int
    board_kind: str
    author_id: int
    barred: Sequence[int]
    opened_at: datetime
    due_at: datetime
    reporters: int
    rules: Sequence[int]
    claimed_by: int | None
    name: str | None
    claimed_until: datetime | None
    claimed_from: int | None

    def holder(self, now: datetime) -> int | None:
        return self.claimed_by if self.claimed_until and self.claimed_until > now else None


async def locked(db: Database, target: Target, number: int) -> Claim | None:
    """The open item about something, for this transaction alone."""
    return await db.record(
        Claim,
        f"""
        select i.id as item_id, i.kind, i.board_id, b.kind as board_kind, i.author_id, i.barred, i.opened_at,
            i.due_at, i.reporters, i.rules, i.claimed_by, a.pen_name as name, i.claimed_until, i.claimed_from
        from review_items i join boards b on b.id = i.board_id
            left join accounts a on a.id = i.claimed_by
        where i.{target}_id = :number and i.open for update of i
        """,
        number=number,
    )


async def take(
    db: Database, item_id: int, account_id: int, *, until: datetime, instead_of: int | None, news: bool
) -> None:
    """`news` to the lists of others: not if somebody only goes on looking."""
    await db.run(
        """
        update review_items set claimed_by = :account_id, claimed_until = :until,
            claimed_from = case when :news then cast(:instead_of as bigint) else claimed_from end,
            version = version + cast(:news as int)
        where id = :item_id
        """,
        item_id=item_id,
        account_id=account_id,
        until=until,
        instead_of=instead_of,
        news=news,
    )


async def release(
    db: Database, target: Target, number: int, account_id: int, until: datetime | None = None
) -> int | None:
    """Ends the claim of an account, or only the one that lasts `until`; the board, if there was one."""
    row = await db.row(
        f"""
        update review_items set claimed_by = null, claimed_until = null, claimed_from = null, version = version + 1
        where {target}_id = :number and claimed_by = :account_id
            and (cast(:until as timestamptz) is null or claimed_until = :until)
        returning board_id
        """,
        number=number,
        account_id=account_id,
        until=until,
    )
    return None if row is None else row["board_id"]
