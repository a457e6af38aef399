"""All SQL of drafts: every statement asks whose they are."""

from collections.abc import Mapping
from datetime import datetime

from forum.db import Database, columns
from forum.drafts.rules import Draft

DRAFT = f"select {columns(Draft)} from drafts "


async def of_place(db: Database, account_id: int, place: str) -> list[Draft]:
    """Newest first."""
    return await db.records(
        Draft,
        DRAFT + "where account_id = :account_id and place = :place order by saved_at desc, id desc",
        account_id=account_id,
        place=place,
    )


async def of_account(db: Database, account_id: int) -> list[Draft]:
    """Newest first."""
    return await db.records(
        Draft, DRAFT + "where account_id = :account_id order by saved_at desc, id desc", account_id=account_id
    )


async def own(db: Database, account_id: int, draft_id: int) -> Draft | None:
    return await db.record(
        Draft, DRAFT + "where account_id = :account_id and id = :id", account_id=account_id, id=draft_id
    )


async def carry(db: Database, place: str, to: str) -> None:
    """What was begun at a place is found at another one."""
    await db.run("update drafts set place = :to where place = :place", place=place, to=to)


async def go_on(
    db: Database, account_id: int, draft_id: int, version: int, typed: Mapping[str, list[str]], now: datetime
) -> bool:
    """Whether the draft was still the one that the form had."""
    return bool(
        await db.run(
            """
            update drafts set typed = :typed, version = version + 1, saved_at = :now
            where account_id = :account_id and id = :id and version = :version
            """,
            account_id=account_id,
            id=draft_id,
            version=version,
            typed=typed,
            now=now,
        )
    )


async def was_posted(db: Database, account_id: int, title: str, body: str, since: datetime) -> bool:
    """Whether the person has posted something that begins so, in a topic whose title does, among the last of all posts."""
    return bool(
        await db.value(
            """
            select exists (
                select from (select post_id, raw, created_at from revisions order by id desc limit 200) r
                    join posts p on p.id = r.post_id join topics t on t.id = p.topic_id
                where p.author_id = :account_id and r.created_at > :since
                    and starts_with(r.raw, :body) and starts_with(t.title, :title)
            )
            """,
            account_id=account_id,
            title=title,
            body=body,
            since=since,
        )
    )


async def add(
    db: Database, account_id: int, *, place: str, url: str, typed: Mapping[str, list[str]], now: datetime
) -> int:
    draft_id: int = await db.value(
        """
        insert into drafts (account_id, place, url, typed, version, saved_at)
        values (:account_id, :place, :url, :typed, 1, :now) returning id
        """,
        account_id=account_id,
        place=place,
        url=url,
        typed=typed,
        now=now,
    )
    return draft_id


async def drop(db: Database, account_id: int, draft_ids: list[int]) -> None:
    await db.run(
        "delete from drafts where account_id = :account_id and id = any(:ids)",
        account_id=account_id,
        ids=draft_ids,
    )


async def drop_version(db: Database, account_id: int, draft_id: int, version: int) -> None:
    """Unless somebody has gone on from there."""
    await db.run(
        "delete from drafts where account_id = :account_id and id = :id and version = :version",
        account_id=account_id,
        id=draft_id,
        version=version,
    )


async def drop_beyond(db: Database, account_id: int, most: int) -> None:
    """All but the newest."""
    await db.run(
        """
        delete from drafts where id in
            (select id from drafts where account_id = :account_id order by saved_at desc, id desc offset :most)
        """,
        account_id=account_id,
        most=most,
    )


async def forget(db: Database, before: datetime) -> None:
    await db.run("delete from drafts where saved_at < :before", before=before)


async def drop_all(db: Database, account_id: int) -> None:
    """Of somebody who has left."""
    await db.run("delete from drafts where account_id = :id", id=account_id)
