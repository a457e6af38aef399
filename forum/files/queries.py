"""Files and what uses them."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from forum.db import Database, columns
from forum.files.rules import File, Used

# Of a file `f`: that something uses it, and has not stopped to.
GOES_ON = """exists (
    select from file_uses u where u.file_id = f.id and not exists (
        select from ended_file_uses e
        where e.file_id = u.file_id and e.used_by = u.used_by and e.subject_id = u.subject_id
    )
)"""
FILE = f"select {columns(File)} from files "


async def lock(db: Database, account_id: int) -> None:
    """One upload of an account at a time, until the transaction ends: quotas are counted before they are used."""
    await db.run(
        "select pg_advisory_xact_lock(hashtext('files'), cast(:id % 2147483647 as int))", id=account_id
    )


async def used(db: Database, account_id: int, *, since: datetime) -> Used:
    [found] = await db.records(
        Used,
        """
        select count(*) filter (where created_at > :since) as files_today,
            cast(coalesce(sum(bytes + coalesce(small_bytes, 0)), 0) as bigint) as bytes_in_all
        from files where account_id = :account_id and deleted_at is null
        """,
        account_id=account_id,
        since=since,
    )
    return found


async def add(
    db: Database,
    *,
    account_id: int | None,
    sha256: str,
    kind: str,
    size: int,
    width: int | None,
    height: int | None,
    small_sha256: str | None,
    small_size: int | None,
    name: str,
    key: str,
    now: datetime,
) -> File:
    [kept] = await db.records(
        File,
        f"""
        insert into files (account_id, sha256, kind, bytes, width, height, small_sha256, small_bytes, name, key, created_at)
        values (:account_id, :sha256, :kind, :size, :width, :height, :small_sha256, :small_size, :name, :key, :now)
        returning {columns(File)}
        """,
        account_id=account_id,
        sha256=sha256,
        kind=kind,
        size=size,
        width=width,
        height=height,
        small_sha256=small_sha256,
        small_size=small_size,
        name=name,
        key=key,
        now=now,
    )
    return kept


async def own(db: Database, account_id: int, sha256: str) -> File | None:
    return await db.record(
        File,
        FILE + "where account_id = :id and sha256 = :sha256 and deleted_at is null",
        id=account_id,
        sha256=sha256,
    )


async def touch(db: Database, file_id: int, *, name: str, now: datetime) -> None:
    """It was sent again, is called as it is now, and has another day to be used."""
    await db.run(
        "update files set created_at = :now, name = :name where id = :id", id=file_id, name=name, now=now
    )


async def with_bytes(db: Database, sha256: str) -> list[File]:
    """The same bytes, of everybody who sent them."""
    return await db.records(
        File, FILE + "where sha256 = :sha256 and deleted_at is null order by id", sha256=sha256
    )


async def with_any(db: Database, sha256s: list[str]) -> list[File]:
    return await db.records(
        File, FILE + "where sha256 = any(:sha256s) and deleted_at is null order by id", sha256s=sha256s
    )


async def uses(db: Database, sha256: str) -> list[tuple[int, str, int]]:
    """(file, what, id) of everything that uses these bytes."""
    rows = await db.rows(
        """
        select u.file_id, u.used_by, u.subject_id from file_uses u join files f on f.id = u.file_id
        where f.sha256 = :sha256 order by 1, 2, 3
        """,
        sha256=sha256,
    )
    return [(row["file_id"], row["used_by"], row["subject_id"]) for row in rows]


async def use(db: Database, file_ids: list[int], used_by: str, subject_id: int) -> None:
    await db.run(
        """
        insert into file_uses (file_id, used_by, subject_id)
        select id, :used_by, :subject_id from unnest(cast(:file_ids as bigint[])) as id on conflict do nothing
        """,
        file_ids=file_ids,
        used_by=used_by,
        subject_id=subject_id,
    )


async def used_in(db: Database, used_by: str, subject_id: int) -> list[File]:
    return await db.records(
        File,
        FILE
        + """
        where id in (select file_id from file_uses where used_by = :used_by and subject_id = :subject_id) order by id
        """,
        used_by=used_by,
        subject_id=subject_id,
    )


async def end_uses(
    db: Database, uses: Sequence[tuple[int, int]], used_by: str, because: str, now: datetime
) -> None:
    """`uses`: each file, and what used it."""
    await db.run(
        """
        insert into ended_file_uses (file_id, used_by, subject_id, because, ended_at)
        select file_id, :used_by, subject_id, :because, :now
        from unnest(cast(:file_ids as bigint[]), cast(:subject_ids as bigint[])) as ended (file_id, subject_id)
        on conflict do nothing
        """,
        file_ids=[file_id for file_id, _subject in uses],
        subject_ids=[subject_id for _file, subject_id in uses],
        used_by=used_by,
        because=because,
        now=now,
    )


async def delete_ended(db: Database, file_ids: list[int], *, now: datetime) -> None:
    """Those of the files that nothing uses any more."""
    await db.run(
        f"update files f set deleted_at = :now where id = any(:ids) and deleted_at is null and not {GOES_ON}",
        ids=file_ids,
        now=now,
    )


async def deleted_in_use(db: Database) -> list[int]:
    """Files without bytes that something still shows."""
    rows = await db.rows(f"select id from files f where deleted_at is not null and {GOES_ON} order by id")
    return [row["id"] for row in rows]


async def deleted(db: Database) -> list[tuple[str, int]]:
    """(why, how many files) of those whose bytes were deleted; by why their last use ended."""
    rows = await db.rows(
        """
        select because, count(*) as files from (
            select distinct on (f.id) e.because from files f join ended_file_uses e on e.file_id = f.id
            where f.deleted_at is not null order by f.id, e.ended_at desc
        ) last group by because order by because
        """
    )
    return [(row["because"], row["files"]) for row in rows]


async def of_account(db: Database, account_id: int) -> list[File]:
    """Those that are still there, the newest first."""
    return await db.records(
        File, FILE + "where account_id = :id and deleted_at is null order by id desc", id=account_id
    )


async def forget_unused(db: Database, *, before: datetime) -> list[File]:
    """Drops what was uploaded before then and is used by nothing, and says what it was."""
    return await db.records(
        File,
        f"""
        delete from files f where created_at < :before
            and not exists (select from file_uses u where u.file_id = f.id) returning {columns(File)}
        """,
        before=before,
    )


async def known(db: Database, keys: list[str]) -> set[str]:
    """Those of the keys under which some file lies."""
    rows = await db.rows("select key from files where key = any(:keys) and deleted_at is null", keys=keys)
    return {row["key"] for row in rows}


def every(db: Database) -> AsyncIterator[File]:
    return db.each(File, FILE + "where id > :after order by id limit :batch")
