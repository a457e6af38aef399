"""Keeping a file, noting what uses it, and deleting what nothing came to use."""

import asyncio
import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from uuid import uuid4

from forum import clock
from forum.access import Actor
from forum.db import Database
from forum.errors import Invalid
from forum.files import queries, rules
from forum.files.making import made
from forum.files.rules import Ending, File, Kind, Made, Sent
from forum.i18n import N_, _
from forum.pictures import mentioned
from forum.storage import Storage, StorageAway

# Decoding takes a processor, and memory for all pixels: in each process one picture after the other.
MAKING = ThreadPoolExecutor(1, "pictures")
AWAY = N_("いまはファイルを預かれません。しばらくしてから、もう一度お試しください。")
# Keys of the storage that one question to the database is about.
BATCH = 1000


async def keep(
    db: Database, storage: Storage, actor: Actor, sent: Sent, kinds: frozenset[Kind] = rules.PICTURES
) -> File:
    """What was sent, made anew. Nothing uses it yet: what nothing uses within a day is deleted.

    Whether the person may is the caller's to ask; what somebody without an account sends counts towards no quota.
    """
    # With its context: the other thread speaks the language of who asked.
    making = asyncio.get_running_loop().run_in_executor(MAKING, copy_context().run, made, sent.data, kinds)
    file = await making
    # Whole before anybody hears of it. What a crash leaves here, `sweep` finds.
    key = uuid4().hex
    try:
        await storage.put(key, file.data)
        if file.small:
            await storage.put(f"{key}-small", file.small)
    except StorageAway:
        raise Invalid(file=_(AWAY)) from None
    try:
        kept = await _enter(db, actor, sent, file, key)
    except BaseException:
        await _delete(storage, key)
        raise
    if kept.key != key:
        await _delete(storage, key)
    return kept


async def use(db: Database, actor: Actor, words: str, used_by: str, subject_id: int) -> None:
    """Notes which of the author's own files the words name. To name somebody else's file shows it to nobody new."""
    named = mentioned(words)
    if not named:
        return
    found = await queries.with_any(db, named)
    if {file.sha256 for file in found} != set(named):
        raise Invalid(
            body=_("添付したファイルのうち、保存の期限が過ぎたものがあります。もう一度添付してください。")
        )
    await attach(db, [file.id for file in found if actor.wrote(file.account_id)], used_by, subject_id)


async def attach(db: Database, file_ids: list[int], used_by: str, subject_id: int) -> None:
    """The files belong to something now: they stay, and whoever may see that sees them."""
    await queries.use(db, file_ids, used_by, subject_id)


async def let_go(db: Database, uses: Sequence[tuple[int, int]], used_by: str, because: Ending) -> None:
    """Ends uses (file, what used it). A file whose last use ends is handed to nobody from then on, and `sweep` deletes its
    bytes; that it was there, its hash and why it went stay. Call it inside a transaction."""
    now = clock.now()
    await queries.end_uses(db, uses, used_by, because.value, now)
    await queries.delete_ended(db, [file_id for file_id, _subject in uses], now=now)


async def forget_unused(db: Database, storage: Storage) -> None:
    """What stood in nothing for a day; first it is unknown, then it is gone."""
    for file in await queries.forget_unused(db, before=clock.now() - rules.UNUSED_FOR):
        await _delete(storage, file.key)


async def sweep(db: Database, storage: Storage) -> None:
    """Deletes bytes that belong to no file: of files that were let go, and of uploads that a crash cut off. What lies in a
    folder is kept by somebody else, who deletes it."""
    before, old = clock.now() - rules.UNUSED_FOR, set[str]()
    async for key, put_at in storage.every():
        if put_at < before and "/" not in key:
            old.add(key.removesuffix("-small"))
        if len(old) >= BATCH:
            await _sweep(db, storage, old)
            old.clear()
    await _sweep(db, storage, old)


async def _sweep(db: Database, storage: Storage, keys: set[str]) -> None:
    for key in keys - await queries.known(db, list(keys)):
        await _delete(storage, key)


async def _enter(db: Database, actor: Actor, sent: Sent, file: Made, key: str) -> File:
    now, sha256 = clock.now(), _sha256(file.data)
    size, small_size = len(file.data), len(file.small) if file.small else None
    async with db.transaction():
        if actor.id is not None:
            await queries.lock(db, actor.id)
            if known := await queries.own(db, actor.id, sha256):
                await queries.touch(db, known.id, name=sent.name, now=now)
                return known
            used = await queries.used(db, actor.id, since=now - rules.DAY)
            if not (room := rules.has_room(actor, used, size + (small_size or 0))):
                raise Invalid(file=room.reason or "")
        return await queries.add(
            db,
            account_id=actor.id,
            sha256=sha256,
            kind=file.kind,
            size=size,
            width=file.width,
            height=file.height,
            small_sha256=_sha256(file.small) if file.small else None,
            small_size=small_size,
            name=sent.name,
            key=key,
            now=now,
        )


async def _delete(storage: Storage, key: str) -> None:
    await storage.delete(key)
    await storage.delete(f"{key}-small")


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
