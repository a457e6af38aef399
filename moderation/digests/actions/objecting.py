"""Hearing the authors before a digest is published: the window, their objections, the answers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import tzinfo

from forum import clock
from forum.access import Actor, Ruling, require
from forum.db import Database
from forum.errors import Invalid, NotFound
from forum.events import DigestChanged, publish
from forum.notifications.actions import tell
from forum.proof import digest as sha256_of
from moderation.digests.balancing import hindrances_of, ledger_of
from moderation.digests.ledger import can_publish
from moderation.digests.queries import digests, objections, opinions, spans
from moderation.digests.rules import Digest
from moderation.digests.rules import objecting as rules
from moderation.digests.rules.objecting import Answering, Objecting, Objection, Opening, Window
from moderation.digests.splitting import Part


async def open_window(db: Database, actor: Actor, digest_id: int, opening: Opening, zone: tzinfo) -> int:
    """Tells every author where their words stand; how many people that are. Only of what could be published otherwise."""
    assert actor.id is not None
    async with _of(db, digest_id) as digest:
        require(rules.can_open_window(actor, digest, await objections.window(db, digest_id)))
        require(can_publish(await hindrances_of(db, digest, await ledger_of(db, digest))))
        now = clock.now()
        if wrong := rules.fault(opening, now, zone):
            raise Invalid(last_day=wrong)
        window = Window(digest_id, actor.id, now, opening.closes_at(zone), "")
        await objections.add_window(db, replace(window, sha256=sha256_of(rules.window_document(window))))
        authors = await authors_of(db, digest_id)
        await tell_authors(db, digest, window, authors)
    return len(authors)


async def authors_of(db: Database, digest_id: int) -> set[int]:
    """Those with an account whose opinions a digest holds."""
    return {
        one.account_id
        for one in await spans.standings(db, digest_id)
        if one.account_id and one.part == Part.OPINION
    }


async def tell_authors(db: Database, digest: Digest, window: Window, authors: set[int]) -> None:
    for account_id in sorted(authors):
        await tell(
            db,
            account_id,
            "digest_grouped",
            f"/digests/{digest.id}/yours",
            title=digest.title,
            until=window.until.isoformat(),
        )


@asynccontextmanager
async def hearing_newcomers(db: Database, digest: Digest) -> AsyncIterator[None]:
    """Whose words are taken in while the others are being heard is told as well."""
    window = await objections.window(db, digest.id)
    heard = await authors_of(db, digest.id) if window else set()
    yield
    if window and window.is_open(clock.now()):
        await tell_authors(db, digest, window, await authors_of(db, digest.id) - heard)


async def file_objection(db: Database, actor: Actor, digest_id: int, objecting: Objecting) -> None:
    """What an author says, once; whoever compiles is told."""
    async with _of(db, digest_id) as digest:
        require(await may_object(db, actor, digest))
        assert actor.id is not None
        draft = Objection(0, digest_id, actor.id, objecting.words, clock.now(), "")
        await objections.add(db, replace(draft, sha256=sha256_of(rules.objection_document(draft))))
        await tell(
            db,
            digest.compiled_by,
            "objection_filed",
            f"/digests/{digest_id}/objections",
            title=digest.title,
        )


async def answer_objection(
    db: Database, actor: Actor, digest_id: int, objection_id: int, answering: Answering
) -> None:
    """What the staff says to it, once; the author is told at once and everybody with the digest."""
    async with _of(db, digest_id) as digest:
        found = next((one for one in await objections.of(db, digest_id) if one.id == objection_id), None)
        if found is None:
            raise NotFound
        require(rules.can_answer_objection(actor, digest, found))
        answered = replace(
            found,
            answer=answering.answer,
            withheld=answering.withheld,
            answered_by=actor.id,
            answered_at=clock.now(),
        )
        answered = replace(answered, answer_sha256=sha256_of(rules.answer_document(answered)))
        await objections.answer(db, answered)
        await tell(
            db,
            found.account_id,
            "objection_answered",
            f"/digests/{digest_id}/yours",
            title=digest.title,
            answer=answering.answer,
            withheld=answering.withheld,
        )


async def may_object(db: Database, actor: Actor, digest: Digest) -> Ruling:
    """Whether this person may object now; asked by the page as well."""
    return rules.can_object(
        actor,
        digest,
        await objections.window(db, digest.id),
        spoke=actor.id is not None and bool(await opinions.of_person(db, digest.id, actor.id)),
        objected=any(one.account_id == actor.id for one in await objections.of(db, digest.id)),
        now=clock.now(),
    )


@asynccontextmanager
async def _of(db: Database, digest_id: int) -> AsyncIterator[Digest]:
    async with db.transaction():
        digest = await digests.locked(db, digest_id)
        if digest is None:
            raise NotFound
        yield digest
        await publish(db, DigestChanged(digest_id))
