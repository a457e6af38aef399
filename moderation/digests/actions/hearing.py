"""Telling authors where their words stand in a draft, each by the way on which they can be reached."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace

from forum import clock
from forum.db import Database
from forum.jobs import enqueue
from forum.notifications.actions import tell, tell_all
from forum.proof import digest as sha256_of
from moderation.digests.queries import objections, spans
from moderation.digests.rules import Digest, objecting
from moderation.digests.rules.objecting import Author, OwnTime, Window
from moderation.digests.splitting import Part
from moderation.submissions import queries as submissions


async def authors_of(db: Database, digest: Digest) -> set[Author]:
    """Those whose opinions a digest holds; without an account only who submitted to its own consultation."""
    said = [one for one in await spans.standings(db, digest.id) if one.part == Part.OPINION]
    without = {one.submission_id for one in said if one.account_id is None and one.submission_id}
    if digest.consultation_id is None:
        without.clear()
    return {Author(one.account_id) for one in said if one.account_id} | {
        Author(submission_id=number) for number in without
    }


async def tell_authors(db: Database, digest: Digest, window: Window, authors: Iterable[Author]) -> None:
    kind, news = "digest_grouped", {"title": digest.title, "until": window.until.isoformat()}
    people = sorted(author.account_id for author in authors if author.account_id is not None)
    await tell_all(db, people, kind, f"/digests/{digest.id}/yours", **news)
    receipts = (author for author in authors if author.account_id is None)
    for author in sorted(receipts, key=lambda one: one.submission_id or 0):
        await tell_author(db, digest, author, kind, **news)


async def tell_author(db: Database, digest: Digest, author: Author, kind: str, **news: object) -> None:
    """In the inbox; without an account by mail, if an address was given. The others get a letter."""
    if author.account_id is not None:
        await tell(db, author.account_id, kind, f"/digests/{digest.id}/yours", **news)
        return
    assert author.submission_id is not None
    found = await submissions.by_id(db, author.submission_id)
    if found is not None and found.consultation_id == digest.consultation_id:
        place = f"/consultations/{found.consultation_id}/submissions/{found.receipt}/place"
        template = f"notifications/{kind}.txt"
        payload = {"submission_id": found.id, "news": news, "template": template, "place": place}
        await enqueue(db, "submitter_mail", payload)


@asynccontextmanager
async def hearing_newcomers(db: Database, digest: Digest) -> AsyncIterator[None]:
    """Whose words are taken in once others are heard is told as well, and has as many days as they had."""
    window = await objections.window(db, digest.id)
    heard = await authors_of(db, digest) if window else set()
    yield
    if window is None or not (newcomers := await authors_of(db, digest) - heard):
        return
    now = clock.now()
    own = replace(window, closes_at=objecting.own_closing(window, now))
    for author in newcomers:
        time = OwnTime(digest.id, author.account_id, author.submission_id, now, own.closes_at, "")
        await objections.add_time(db, replace(time, sha256=sha256_of(objecting.time_document(time))))
    await tell_authors(db, digest, own, newcomers)
