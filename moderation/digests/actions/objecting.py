"""Hearing the authors before a digest is published: the window, their objections, the answers."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import tzinfo

from forum import clock
from forum.access import Actor, Ruling, require
from forum.accounts.queries import office_holders
from forum.db import Database
from forum.errors import Invalid, NotFound
from forum.events import DigestChanged, publish
from forum.notifications.actions import tell_all
from forum.proof import digest as sha256_of
from moderation.digests.actions.hearing import authors_of, tell_author, tell_authors
from moderation.digests.balancing import hindrances_of, ledger_of
from moderation.digests.ledger import can_publish
from moderation.digests.queries import digests, objections, opinions
from moderation.digests.rules import Digest
from moderation.digests.rules import objecting as rules
from moderation.digests.rules.objecting import Answering, Author, Objecting, Objection, Opening, Window

SALT_BYTES = 32


async def open_window(db: Database, actor: Actor, digest_id: int, opening: Opening, zone: tzinfo) -> int:
    """Tells every author where their words stand; how many people that are. Only of what could be published otherwise."""
    async with _of(db, digest_id) as digest:
        require(rules.can_open_window(actor, digest, await objections.window(db, digest_id)))
        assert actor.id is not None
        require(can_publish(await hindrances_of(db, digest, await ledger_of(db, digest))))
        now = clock.now()
        if wrong := rules.fault(opening, now, zone):
            raise Invalid(last_day=wrong)
        window = Window(digest_id, actor.id, now, opening.closes_at(zone), "")
        await objections.add_window(db, replace(window, sha256=sha256_of(rules.window_document(window))))
        authors = await authors_of(db, digest)
        await tell_authors(db, digest, window, authors)
    return len(authors)


async def file_objection(db: Database, actor: Actor, digest_id: int, objecting: Objecting) -> None:
    """What an author says, once; whoever compiles is told."""
    async with _of(db, digest_id) as digest:
        require(await may_object(db, actor, digest))
        await keep(db, digest, Author(actor.id), objecting)


async def object_by_receipt(db: Database, digest_id: int, submission_id: int, objecting: Objecting) -> None:
    """The same by whoever has the number of a receipt and no account, or by staff for somebody who called."""
    async with _of(db, digest_id) as digest:
        require(await may_object_by_receipt(db, digest, submission_id))
        await keep(db, digest, Author(submission_id=submission_id), objecting)


async def keep(db: Database, digest: Digest, author: Author, objecting: Objecting) -> None:
    draft = Objection(
        0,
        digest.id,
        author.account_id,
        objecting.words,
        clock.now(),
        "",
        submission_id=author.submission_id,
        salt=secrets.token_hex(SALT_BYTES),
    )
    await objections.add(db, replace(draft, sha256=sha256_of(rules.objection_document(draft))))
    people = [person.id or 0 for person in rules.answering(await office_holders(db), digest)]
    await tell_all(db, people, "objection_filed", f"/digests/{digest.id}/objections", title=digest.title)


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
        news = {"title": digest.title, "answer": answering.answer, "withheld": answering.withheld}
        await tell_author(db, digest, found.author, "objection_answered", **news)


async def may_object(db: Database, actor: Actor, digest: Digest) -> Ruling:
    """Whether this person may object now; asked by the page as well."""
    author = Author(actor.id)
    return rules.can_object(
        actor,
        digest,
        await window_for(db, digest, author),
        spoke=actor.id is not None and bool(await opinions.of_person(db, digest.id, actor.id)),
        objected=await objected(db, digest, author),
        now=clock.now(),
    )


async def may_object_by_receipt(db: Database, digest: Digest, submission_id: int) -> Ruling:
    author = Author(submission_id=submission_id)
    if not await opinions.of_stranger(db, digest.id, submission_id):
        raise NotFound
    window = await window_for(db, digest, author)
    return rules.can_object_now(digest, window, await objected(db, digest, author), clock.now())


async def window_for(db: Database, digest: Digest, author: Author) -> Window | None:
    """The window as it is open to this author."""
    window = await objections.window(db, digest.id)
    return window and rules.window_for(window, await objections.times(db, digest.id), author)


async def objected(db: Database, digest: Digest, author: Author) -> bool:
    return any(one.author == author for one in await objections.of(db, digest.id))


@asynccontextmanager
async def _of(db: Database, digest_id: int) -> AsyncIterator[Digest]:
    async with db.transaction():
        digest = await digests.locked(db, digest_id)
        if digest is None:
            raise NotFound
        yield digest
        await publish(db, DigestChanged(digest_id))
