"""Asking a model: what is sent is written down first, and sent by a job; what comes back is nobody's word."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, replace

from forum import clock
from forum.access import Actor, require
from forum.db import Database
from forum.errors import Conflict, NotFound
from forum.events import DigestChanged, publish
from forum.i18n import _
from forum.jobs import enqueue
from forum.proof import digest as sha256_of
from moderation import provider
from moderation.digests import prompting
from moderation.digests.queries import digests, groups, opinions, suggestions
from moderation.digests.queries.opinions import Opinion
from moderation.digests.rules import Digest, suggesting
from moderation.digests.rules.suggesting import Kind, Reply, Suggestion, Wanted
from moderation.provider import Endpoint, Failed


async def ask(db: Database, actor: Actor, endpoint: Endpoint | None, digest_id: int, wanted: Wanted) -> int:
    """Asks about groups; about how many, or of likeness among how many. Nothing has left when this returns."""
    async with db.transaction():
        digest = await digests.locked(db, digest_id)
        if digest is None:
            raise NotFound
        require(suggesting.can_ask(actor, digest, endpoint, wanted.kind))
        assert endpoint is not None
        said = await sayable(db, digest, await asked_about(db, digest, wanted))
        about = likeness if wanted.kind is Kind.LIKENESS else words
        assert actor.id is not None
        questions = await asyncio.to_thread(about, digest, endpoint, actor.id, said)
        if not questions:
            raise Conflict(_("聞ける論点がありません。もう聞いているか、読める意見がありません。"))
        numbers = [await suggestions.add(db, signed(question)) for question in questions]
        await enqueue(db, "answer_suggestions", {"suggestions": numbers})
        await publish(db, DigestChanged(digest_id))
    return len(said)


async def asked_about(db: Database, digest: Digest, wanted: Wanted) -> list[int]:
    """The groups, without those that wait for an answer."""
    known = [group.id for group in await groups.groups(db, digest.id)]
    if wanted.kind is Kind.LIKENESS:
        chosen = known[: prompting.COMPARED_MAX]
    else:
        chosen = [group for group in known if group in wanted.groups]
    waiting = await suggestions.waiting(db, digest.id, wanted.kind, chosen)
    if wanted.kind is Kind.LIKENESS:
        return [] if waiting else chosen
    return [group for group in chosen if group not in waiting]


async def sayable(db: Database, digest: Digest, chosen: Sequence[int]) -> dict[int, list[Opinion]]:
    """Of each group the opinions that may leave the house, the quoted ones first, each once."""
    withheld = await suggestions.withheld(db, digest.id)
    said: dict[int, list[Opinion]] = defaultdict(list)
    for opinion in await opinions.in_groups(db, list(chosen)):
        if opinion.text is None or (opinion.revision_id, opinion.submission_id) in withheld:
            continue
        if opinion.copy_of is None and opinion.group_id is not None:
            said[opinion.group_id].append(opinion)
    return {group: said[group] for group in chosen if group in said}


def words(
    digest: Digest, endpoint: Endpoint, person: int, said: dict[int, list[Opinion]]
) -> list[Suggestion]:
    """A question for the name and summary of each group."""
    assert endpoint.text is not None
    questions = []
    for group, theirs in said.items():
        sent = prompting.as_many_as_fit([prompting.leaving(one.text or "") for one in theirs])
        prompt = prompting.about_words(endpoint.text, sent)
        questions.append(
            question(
                digest, Kind.WORDS, endpoint, endpoint.text, person, [group], theirs[: len(sent)], prompt
            )
        )
    return questions


def likeness(
    digest: Digest, endpoint: Endpoint, person: int, said: dict[int, list[Opinion]]
) -> list[Suggestion]:
    """One question about all groups, each in the words that are quoted for it."""
    assert endpoint.embeddings is not None
    if len(said) < 2:
        return []
    quoted = [theirs[0] for theirs in said.values()]
    sent = [prompting.leaving(one.text or "") for one in quoted]
    prompt = prompting.about_likeness(endpoint.embeddings, sent)
    return [
        question(digest, Kind.LIKENESS, endpoint, endpoint.embeddings, person, list(said), quoted, prompt)
    ]


def question(
    digest: Digest,
    kind: Kind,
    endpoint: Endpoint,
    model: str,
    person: int,
    about: list[int],
    sources: Sequence[Opinion],
    prompt: str,
) -> Suggestion:
    return Suggestion(
        id=0,
        digest_id=digest.id,
        kind=kind,
        groups=about,
        revisions=sorted({one.revision_id for one in sources if one.revision_id}),
        submissions=sorted({one.submission_id for one in sources if one.submission_id}),
        host=endpoint.host,
        model=model,
        prompt=prompt,
        asked_by=person,
        asked_at=clock.now(),
    )


def signed(question: Suggestion) -> Suggestion:
    return replace(question, sha256=sha256_of(suggesting.question_document(question)))


async def answer(db: Database, endpoint: Endpoint | None, numbers: Sequence[int]) -> None:
    """Asks one after the other, outside of any transaction. When nobody answers, the others are not tried."""
    silence: Reply | None = None
    for number in numbers:
        asked = await suggestions.open_question(db, number)
        if asked is None:
            continue
        reply = silence or (
            await reply_of(endpoint, asked) if asked.readable else Reply(failure=suggesting.CHANGED)
        )
        silence = reply if reply.is_silence else None
        answered = replace(asked, **asdict(reply), answered_at=clock.now())
        async with db.transaction():
            await suggestions.answer(db, answered, sha256_of(suggesting.reply_document(answered)))
            await publish(db, DigestChanged(asked.digest_id))


async def reply_of(endpoint: Endpoint | None, asked: Suggestion) -> Reply:
    """A failure is an outcome as well: people read it."""
    if endpoint is None or endpoint.host != asked.host:
        return Reply(failure=suggesting.OFF)
    said: str | None = None
    try:
        if asked.kind == Kind.LIKENESS:
            vectors = await provider.embed(endpoint, asked.prompt, len(asked.groups))
            pairs = await asyncio.to_thread(prompting.alike, vectors)
            found = [[asked.groups[one], asked.groups[other]] for one, other in pairs]
            return Reply(answer=prompting.written(vectors), found={"pairs": found})
        said = suggesting.storable(await provider.complete(endpoint, asked.prompt))
        return Reply(answer=said, found=suggesting.words_in(said).model_dump())
    except Failed as failed:
        return Reply(answer=said, failure=failed.why, status=failed.status)
