"""Asking a model: what is sent is written down first, and sent by a job; what comes back is nobody's word."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from forum import clock
from forum.access import Actor, require
from forum.db import Database
from forum.errors import Conflict, NotFound
from forum.events import DigestChanged, publish
from forum.i18n import _
from forum.jobs import enqueue, waiting
from forum.proof import digest as sha256_of
from moderation import provider
from moderation.digests import prompting
from moderation.digests.queries import digests, groups, opinions, suggestions
from moderation.digests.queries.opinions import Opinion
from moderation.digests.rules import Digest, suggesting
from moderation.digests.rules.suggesting import Kind, Reply, Suggestion, Wanted
from moderation.provider import Endpoint, Failed

# Of each group the opinions that may leave the house.
Said = dict[int, list[Opinion]]


@dataclass(frozen=True, slots=True)
class Prompt:
    """The body of a request about groups, and whose words are in it."""

    groups: list[int]
    sources: Sequence[Opinion]
    model: str
    body: str


async def ask(db: Database, actor: Actor, endpoint: Endpoint | None, digest_id: int, wanted: Wanted) -> int:
    """Asks about groups; about how many, or of likeness among how many. Nothing has left when this returns."""
    async with db.transaction():
        digest = await digests.locked(db, digest_id)
        if digest is None:
            raise NotFound
        require(suggesting.can_ask(actor, digest, endpoint, wanted.kind))
        assert endpoint is not None
        said = await sayable(db, digest, await asked_about(db, digest, wanted))
        prompts = await asyncio.to_thread(PROMPTS[wanted.kind], endpoint, said)
        if not prompts:
            raise Conflict(_("聞ける論点がありません。もう聞いているか、読める意見がありません。"))
        questions = [question(actor, digest, wanted.kind, endpoint.host, prompt) for prompt in prompts]
        numbers = [await suggestions.add(db, one) for one in questions]
        await enqueue(db, "answer_suggestions", {"suggestions": numbers})
        await publish(db, DigestChanged(digest_id))
    return len(said)


async def asked_about(db: Database, digest: Digest, wanted: Wanted) -> list[int]:
    """The groups, without those that wait for an answer; all of them wait where one does that is to be compared."""
    compares = wanted.kind is Kind.LIKENESS
    known = [group.id for group in await groups.groups(db, digest.id)]
    chosen = known[: prompting.COMPARED_MAX] if compares else [g for g in known if g in wanted.groups]
    waiting = await suggestions.waiting(db, digest.id, wanted.kind, chosen)
    return [] if compares and waiting else [group for group in chosen if group not in waiting]


async def sayable(db: Database, digest: Digest, chosen: Sequence[int]) -> Said:
    """The quoted ones first, and of copies the first: without what is unreadable, withheld, or edited since."""
    withheld = await suggestions.withheld(db, digest.id)
    said, here = defaultdict[int, list[Opinion]](list), set[tuple[int, int]]()
    for opinion in await opinions.in_groups(db, list(chosen)):
        group = opinion.group_id
        assert group is not None
        leaves = opinion.text is not None and opinion.is_current and source_of(opinion) not in withheld
        if leaves and (group, opinion.copy_of) not in here:
            said[group].append(opinion)
            here.add((group, opinion.id))
    return {group: said[group] for group in chosen if group in said}


def source_of(opinion: Opinion) -> tuple[int | None, int | None]:
    return opinion.revision_id, opinion.submission_id


def words(endpoint: Endpoint, said: Said) -> list[Prompt]:
    """One for the name and summary of each group."""
    assert endpoint.text is not None
    prompts = []
    for group, theirs in said.items():
        sent = prompting.as_many_as_fit([prompting.leaving(one.text or "") for one in theirs])
        body = prompting.about_words(endpoint.text, sent)
        prompts.append(Prompt([group], theirs[: len(sent)], endpoint.text, body))
    return prompts


def likeness(endpoint: Endpoint, said: Said) -> list[Prompt]:
    """One about all groups, each in the words that are quoted for it."""
    assert endpoint.embeddings is not None
    if len(said) < 2:
        return []
    quoted = [theirs[0] for theirs in said.values()]
    sent = [prompting.leaving(one.text or "") for one in quoted]
    body = prompting.about_likeness(endpoint.embeddings, sent)
    return [Prompt(list(said), quoted, endpoint.embeddings, body)]


PROMPTS = {Kind.WORDS: words, Kind.LIKENESS: likeness}


def question(actor: Actor, digest: Digest, kind: Kind, host: str, prompt: Prompt) -> Suggestion:
    """As it is written down, with its hash."""
    assert actor.id is not None
    asked = Suggestion(
        id=0,
        digest_id=digest.id,
        kind=kind,
        groups=prompt.groups,
        revisions=sorted({one.revision_id for one in prompt.sources if one.revision_id}),
        submissions=sorted({one.submission_id for one in prompt.sources if one.submission_id}),
        host=host,
        model=prompt.model,
        prompt=prompt.body,
        asked_by=actor.id,
        asked_at=clock.now(),
    )
    return replace(asked, sha256=sha256_of(suggesting.question_document(asked)))


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
        await keep(db, asked, reply)


async def give_up(db: Database) -> None:
    """What waits for a job that failed for good has its outcome, so that somebody may ask again."""
    # Before the jobs: a question comes together with its own.
    open_ones = await suggestions.unanswered(db)
    answering = {one for job in await waiting(db, "answer_suggestions") for one in job["suggestions"]}
    for asked in open_ones:
        if asked.id not in answering:
            await keep(db, asked, Reply(failure=suggesting.LOST))


async def keep(db: Database, asked: Suggestion, reply: Reply) -> None:
    answered = replace(asked, **asdict(reply), answered_at=clock.now())
    async with db.transaction():
        await digests.locked(db, asked.digest_id)  # or it might be published meanwhile
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
