"""Compiling in the background: how far it is can be seen meanwhile, and it can be stopped."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from forum.access import Actor, require
from forum.accounts import queries as accounts
from forum.db import Database
from forum.errors import Conflict, Forbidden, NotFound
from forum.events import DigestChanged, publish
from forum.i18n import _
from forum.jobs import waiting
from moderation.digests import rules
from moderation.digests.actions.compiling import compile_digest
from moderation.digests.actions.retaking import retake_large
from moderation.digests.progress import Cancelled, Progress
from moderation.digests.queries import compilations, digests
from moderation.digests.rules import State

TELL_SECONDS = 1.0


async def compile_in_background(db: Database, digest_id: int) -> None:
    """A digest that was stopped is gone, as if it had never been begun."""
    try:
        async with watched(db, digest_id) as progress:
            await compile_digest(db, digest_id, progress)
    except Cancelled:
        await discard(db, digest_id)


async def retake_in_background(db: Database, digest_id: int, account_id: int) -> None:
    """A draft that was not to be brought up to date after all, or cannot be, is as people left it."""
    actor = await accounts.actor(db, account_id)
    assert actor is not None
    try:
        async with watched(db, digest_id) as progress:
            await retake_large(db, actor, digest_id, progress)
    except (Cancelled, Forbidden, Conflict):
        await put_back(db, digest_id)


@asynccontextmanager
async def watched(db: Database, digest_id: int) -> AsyncIterator[Progress]:
    """How far it is can be seen outside; who computes raises Cancelled if somebody stopped it there."""
    progress = Progress(cancelled=await compilations.tell(db, digest_id, 0))
    teller = asyncio.create_task(tell(db, digest_id, progress))
    try:
        yield progress
    finally:
        teller.cancel()
        with suppress(asyncio.CancelledError):
            await teller


async def tell(db: Database, digest_id: int, progress: Progress) -> None:
    """Again and again, beside the compilation, whose own transaction shows nothing before its end."""
    while True:
        await asyncio.sleep(TELL_SECONDS)
        async with db.transaction():
            progress.cancelled = await compilations.tell(db, digest_id, progress.percent)
            await publish(db, DigestChanged(digest_id))


async def cancel(db: Database, actor: Actor, digest_id: int) -> bool:
    """Asks whoever compiles to stop; the digest itself is theirs until then, unless their job failed for good. Whether there
    was a draft before."""
    async with db.transaction():
        digest = await digests.digest(db, digest_id)
        if digest is None:
            raise NotFound
        require(rules.can_edit(actor, digest))
        if digest.state != State.COMPILING:
            raise Conflict(_("案は、もうできています。"))
        await compilations.cancel(db, digest_id)
        if not await is_at_work(db, digest_id):
            await (put_back if digest.was_compiled else discard)(db, digest_id)
        await publish(db, DigestChanged(digest_id))
        return digest.was_compiled


async def is_at_work(db: Database, digest_id: int) -> bool:
    """Whether a job has it, or will have it."""
    jobs = [*await waiting(db, "compile_digest"), *await waiting(db, "retake_digest")]
    return digest_id in [job["digest_id"] for job in jobs]


async def discard(db: Database, digest_id: int) -> None:
    async with db.transaction():
        await compilations.discard(db, digest_id)
        await publish(db, DigestChanged(digest_id))


async def put_back(db: Database, digest_id: int) -> None:
    async with db.transaction():
        await compilations.put_back(db, digest_id)
        await publish(db, DigestChanged(digest_id))
