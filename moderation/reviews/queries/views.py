"""Views of the queue that a moderator has saved."""

from dataclasses import dataclass

from forum.db import Database


@dataclass(frozen=True, slots=True)
class SavedView:
    """A name for the filters of an address."""

    id: int
    name: str
    filters: str


async def of_account(db: Database, account_id: int) -> list[SavedView]:
    return await db.records(
        SavedView,
        "select id, name, filters from queue_views where account_id = :account_id order by name",
        account_id=account_id,
    )


async def save(db: Database, account_id: int, name: str, filters: str) -> None:
    """Another view of the same name is replaced."""
    await db.run(
        """
        insert into queue_views (account_id, name, filters) values (:account_id, :name, :filters)
        on conflict on constraint queue_views_name_unique do update set filters = excluded.filters
        """,
        account_id=account_id,
        name=name,
        filters=filters,
    )


async def forget(db: Database, account_id: int, view_id: int) -> None:
    await db.run(
        "delete from queue_views where account_id = :account_id and id = :id",
        account_id=account_id,
        id=view_id,
    )


async def forget_all(db: Database, account_id: int) -> None:
    """Of somebody who has left."""
    await db.run("delete from queue_views where account_id = :id", id=account_id)
