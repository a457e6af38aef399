"""What somebody watches, follows or has muted, of what they may read."""

from dataclasses import dataclass
from datetime import datetime

from forum.boards.queries import ANSWER_DUE, ANSWER_STATE, PROMISE
from forum.db import Database


@dataclass(frozen=True, slots=True)
class FollowedBoard:
    slug: str
    name: str
    name_en: str
    level: str


@dataclass(frozen=True, slots=True)
class FollowedTopic:
    id: int
    title: str
    state: str
    board: str
    board_en: str
    level: str
    # And not begun by itself, with writing.
    chosen: bool
    answer_state: str | None
    answer_due_at: datetime | None
    late: bool = False


async def boards(db: Database, account_id: int, kinds: list[str]) -> list[FollowedBoard]:
    return await db.records(
        FollowedBoard,
        """
        select b.slug, b.name, b.name_en, f.level from followed_boards f join boards b on b.id = f.board_id
        where f.account_id = :account_id and b.kind = any(:kinds) order by b.position, b.id
        """,
        account_id=account_id,
        kinds=kinds,
    )


async def topics(
    db: Database, account_id: int, kinds: list[str], *, skip: int, limit: int
) -> list[FollowedTopic]:
    """Those with the newest posts first."""
    return await db.records(
        FollowedTopic,
        f"""
        select t.id, t.title, t.state, b.name as board, b.name_en as board_en, f.level, f.chosen,
            {ANSWER_STATE} as answer_state, {ANSWER_DUE} as answer_due_at
        from followed_topics f join topics t on t.id = f.topic_id join boards b on b.id = t.board_id {PROMISE}
        where f.account_id = :account_id and b.kind = any(:kinds)
            and (t.state <> 'held' or t.author_id = :account_id)
        order by t.bumped_at desc, t.id desc offset :skip limit :limit
        """,
        account_id=account_id,
        kinds=kinds,
        skip=skip,
        limit=limit,
    )
