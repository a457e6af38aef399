"""決裁 of a digest: what exactly is proposed to be published, and the second person's word."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from forum.access import Actor, require
from forum.db import Database
from forum.errors import NotFound
from moderation.approvals import actions as approvals
from moderation.approvals.rules import Answer, Kind, Note, Subject
from moderation.digests import rules
from moderation.digests.balancing import hindrances_of, ledger_of
from moderation.digests.ledger import can_publish
from moderation.digests.proofs import HASH_VERSION, of_digest
from moderation.digests.publication import publication
from moderation.digests.queries import digests
from moderation.digests.rules import Digest


async def subject(db: Database, digest: Digest) -> Subject:
    """The digest as it would be published now."""
    return Subject(
        Kind.DIGEST,
        digest.id,
        digest.title,
        f"/digests/{digest.id}/publish",
        of_digest(await publication(db, replace(digest, hash_version=HASH_VERSION))),
    )


async def ask_approval(db: Database, actor: Actor, digest_id: int, note: Note) -> None:
    """Only of what could be published otherwise."""
    async with _to_approve(db, actor, digest_id) as digest:
        require(can_publish(await hindrances_of(db, digest, await ledger_of(db, digest))))
        await approvals.ask(db, actor, rules.can_sort(actor, digest), await subject(db, digest), note)


async def answer_approval(db: Database, actor: Actor, digest_id: int, given: Answer) -> None:
    async with _to_approve(db, actor, digest_id) as digest:
        await approvals.answer(db, actor, rules.can_sort(actor, digest), await subject(db, digest), given)


@asynccontextmanager
async def _to_approve(db: Database, actor: Actor, digest_id: int) -> AsyncIterator[Digest]:
    async with db.transaction():
        digest = await digests.locked(db, digest_id)
        if digest is None:
            raise NotFound
        require(rules.can_sort(actor, digest))
        yield digest
