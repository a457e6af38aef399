"""How far compilations are."""

from dataclasses import dataclass

from forum.db import Database


@dataclass(frozen=True, slots=True)
class Compilation:
    percent: int
    cancelled: bool


async def add(db: Database, digest_id: int) -> None:
    await db.run("insert into compilations (digest_id) values (:id)", id=digest_id)


async def begin_again(db: Database, digest_id: int) -> None:
    """A draft that is brought up to date: nobody sorts it meanwhile."""
    await db.run("update digests set state = 'compiling' where id = :id", id=digest_id)
    await db.run(
        """
        insert into compilations (digest_id) values (:id)
        on conflict (digest_id) do update set percent = 0, cancelled = false
        """,
        id=digest_id,
    )


async def put_back(db: Database, digest_id: int) -> None:
    await db.run("update digests set state = 'draft' where id = :id and state = 'compiling'", id=digest_id)


async def compilation(db: Database, digest_id: int) -> Compilation | None:
    return await db.record(
        Compilation, "select percent, cancelled from compilations where digest_id = :id", id=digest_id
    )


async def tell(db: Database, digest_id: int, percent: int) -> bool:
    """Whether it was cancelled meanwhile."""
    return bool(
        await db.value(
            "update compilations set percent = :percent where digest_id = :id returning cancelled",
            id=digest_id,
            percent=percent,
        )
    )


async def cancel(db: Database, digest_id: int) -> None:
    await db.run("update compilations set cancelled = true where digest_id = :id", id=digest_id)


async def discard(db: Database, digest_id: int) -> None:
    """A digest that was never compiled: nothing stands in it yet."""
    await db.run("delete from digest_sources where digest_id = :id", id=digest_id)
    await db.run("delete from digests where id = :id and state = 'compiling'", id=digest_id)
