"""The steps of a rights request: filing it, asking the author, the author's answer, the decision, and opening the envelope."""

from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from typing import Any

from forum import clock
from forum.access import Actor, require
from forum.db import Database
from forum.errors import Conflict, NotFound
from forum.events import QueueChanged, publish
from forum.i18n import _, current_locale
from forum.jobs import each
from forum.posts.queries import posts
from forum.posts.rules import PostView
from forum.proof import digest
from forum.sealed import Seal
from forum.topics.actions import judging
from forum.topics.actions.locking import post_for
from moderation.reviews import telling as telling_of_decisions
from moderation.reviews.actions import deciding
from moderation.reviews.acts import Act
from moderation.reviews.queries import reports
from moderation.reviews.rules import EVERY_REPORT, Verdict
from moderation.rights import proofs, queries, rules, telling
from moderation.rights.proofs import envelope_hash
from moderation.rights.queries import keeping
from moderation.rights.rules import Filed, Filing, Forgotten, Judgement, Kind, Reply, Step

# What each outcome does to the post.
ACTS = {Kind.GRANTED: Act.HIDE, Kind.REFUSED: Act.KEEP}


async def file(db: Database, seal: Seal, view: PostView, filing: Filing, receipt: str | None = None) -> int:
    """Takes a request in: what is claimed in the open, the person in an envelope. The number of the request. With the `receipt`
    that was made for the form, the same is taken in once, however often it comes."""
    async with db.transaction():
        post = await posts.locked(db, view.id)
        assert post is not None
        if receipt and (known := await queries.known(db, receipt)):
            if _is_same(seal, known, post.id, filing):
                return known.id
            receipt = None
        receipt, now = receipt or rules.new_receipt(), clock.now()
        # With the receipt: an envelope is of no use to another request. And with the language in which to write to the person.
        sealed = seal.seal({**filing.person, "receipt": receipt, "locale": current_locale()})
        draft = Filed(
            id=0, receipt=receipt, post_id=post.id, revision_id=post.revision_id, text_sha256=post.sha256,
            infringed=filing.infringed, candidate=filing.candidate, words=filing.words, reason=filing.reason,
            sealed=sealed, filed_at=now, sha256="",
            board_id=post.board_id, board_kind=view.board_kind, author_id=post.author_id, author_hears=True,
            post_state=post.state, same_words=True,
        )  # fmt: skip
        sha256 = proofs.request_hash(draft, envelope_hash(sealed))
        number = await queries.add(db, replace(draft, sha256=sha256))
        await telling.moderators(db, replace(draft, id=number), "received")
        await telling.requester(db, number)
        await publish(db, QueueChanged(post.board_id))
    return number


def _is_same(seal: Seal, known: Filed, post_id: int, filing: Filing) -> bool:
    """Whether the same person asks the same once more. Who went back to put an address right does not."""
    asked = (known.post_id, known.infringed, known.candidate, known.words, known.reason)
    asks = (post_id, filing.infringed, filing.candidate, filing.words, filing.reason)
    person = filing.person.items()
    return known.sealed is not None and asked == asks and person <= seal.unseal(known.sealed).items()


async def ask(db: Database, actor: Actor, request_id: int, zone: tzinfo) -> None:
    """Asks the author whether the post may be hidden. The period begins with the notice."""
    async with db.transaction():
        filed, steps = await _locked(db, request_id)
        require(rules.can_handle(actor, filed))
        now = clock.now()
        if not rules.can_ask(rules.stage(steps, now), filed.post_state, author_hears=filed.author_hears):
            raise _overtaken()
        due_at = rules.answer_due(now, candidate=filed.candidate, zone=zone)
        await _take(db, filed, steps, Kind.ASKED, actor=actor, due_at=due_at)
        await telling.author(db, filed, due_at)
        await telling.requester(db, filed.id)


async def reply(db: Database, actor: Actor, request_id: int, given: Reply) -> None:
    """The author consents or objects. Neither hides anything: a moderator decides."""
    async with db.transaction():
        filed, steps = await _locked(db, request_id)
        require(rules.can_reply(actor, filed, steps, clock.now()))
        await _take(db, filed, steps, given.answer, actor=actor, body=given.body)
        await telling.moderators(db, filed, "answered")
        await telling.requester(db, filed.id)


async def decide(db: Database, actor: Actor, request_id: int, judgement: Judgement) -> None:
    """Grants or refuses: the post, the log, the steps and the notices of both sides change together."""
    async with db.transaction():
        filed, steps = await _locked(db, request_id)
        require(rules.can_handle(actor, filed))
        topic, post = await post_for(db, actor, filed.post_id)
        if judgement.outcome not in rules.outcomes(rules.stage(steps, clock.now()), post.state):
            raise _overtaken()
        decision_id = None
        if act := ACTS.get(judgement.outcome):
            verdict = Verdict(act=act, rule=judgement.rule, reason=judgement.reason, version=post.version)
            rule = await deciding.grounds(db, verdict)
            await (judging.hide if act is Act.HIDE else judging.dismiss)(db, topic, post)
            decision_id = await deciding.record(db, actor, topic, post, verdict, rule)
            if act is Act.HIDE:
                reported = await reports.settle(db, post.id, decision_id=decision_id, newest=EVERY_REPORT)
                await telling_of_decisions.about_decision(
                    db, actor, post, verdict, rule, reported, decision_id=decision_id
                )
            elif rules.the_step(steps, Kind.ASKED):
                await telling.author_of_refusal(db, filed, judgement.reason)
        await _take(
            db, filed, steps, judgement.outcome, actor=actor, body=judgement.reason, decision_id=decision_id
        )
        await telling.requester(db, filed.id)


async def open_envelope(
    db: Database, seal: Seal, actor: Actor, request_id: int, reason: str
) -> dict[str, Any]:
    """Who asked, for whoever may know; the look is on record before it is answered."""
    async with db.transaction():
        filed = await queries.filed(db, request_id)
        if filed is None:
            raise NotFound
        require(rules.can_open(actor, filed))
        assert actor.id is not None
        assert filed.sealed is not None
        await queries.add_look(db, filed.id, actor.id, reason, clock.now())
        return seal.unseal(filed.sealed)


async def forget(db: Database, kept_days: int) -> None:
    """Deletes who asked, so long after the decision, on record."""
    now = clock.now()

    async def forget_one(number: int) -> None:
        async with db.transaction():
            filed, _steps = await _locked(db, number)
            if filed.sealed is not None:
                note = Forgotten(filed.id, envelope_hash(filed.sealed), kept_days, now)
                await keeping.forget(db, replace(note, sha256=digest(rules.forgetting_document(note))))

    await each(await keeping.decided_before(db, now - timedelta(days=kept_days)), forget_one)


async def remind(db: Database, zone: tzinfo) -> int:
    """Reminds moderators of every period that is about to end or has ended, once a stage; how many."""
    reminded = list[int]()

    async def remind_of(one: Filed) -> None:
        async with db.transaction():
            filed, steps = await _locked(db, one.id)
            if rules.needs_reminder(filed.filed_at, steps, clock.now(), zone):
                await _take(db, filed, steps, Kind.REMINDED)
                await telling.moderators(db, filed, "due")
                reminded.append(filed.id)

    await each(await queries.open_requests(db), remind_of)
    return len(reminded)


async def _locked(db: Database, request_id: int) -> tuple[Filed, list[Step]]:
    await queries.lock(db, request_id)
    filed = await queries.filed(db, request_id)
    if filed is None:
        raise NotFound
    return filed, await queries.steps(db, request_id)


async def _take(
    db: Database,
    filed: Filed,
    steps: list[Step],
    kind: Kind,
    *,
    actor: Actor | None = None,
    body: str = "",
    due_at: datetime | None = None,
    decision_id: int | None = None,
) -> None:
    step = Step(
        id=0, request_id=filed.id, number=len(steps) + 1, kind=kind, account_id=actor.id if actor else None,
        body=body, due_at=due_at, decision_id=decision_id, taken_at=clock.now(), sha256="",
    )  # fmt: skip
    previous = steps[-1].sha256 if steps else filed.sha256
    await queries.add_step(db, replace(step, sha256=digest(rules.step_document(step, previous))))
    await publish(db, QueueChanged(filed.board_id))


def _overtaken() -> Conflict:
    return Conflict(_("この申出は、もう次の段階に進んでいます。いまの内容を確かめてください。"))
