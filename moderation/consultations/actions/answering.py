"""The city answers each group of opinions, and publishes when none is left."""

from forum import clock
from forum.access import Actor, require
from forum.db import Database
from forum.errors import Conflict, Invalid, NotFound
from forum.i18n import _
from forum.jobs import enqueue
from forum.notifications import actions as notifications
from moderation.approvals import actions as approvals
from moderation.consultations import rules
from moderation.consultations.actions.approving import subject
from moderation.consultations.actions.following import news_of, tell_followers
from moderation.consultations.actions.running import to_act_on
from moderation.consultations.gathering import Answered, Gathered, gather, gather_to_publish
from moderation.consultations.proofs import HASH_VERSION, answer_sha256
from moderation.consultations.queries import answers, notices
from moderation.consultations.rules import Act, Consultation, State, references
from moderation.consultations.rules.reply import Reply
from moderation.consultations.sealing import result_sha256
from moderation.digests import actions as digests

# As many groups as one page of the result shows.
GROUPS_PER_PAGE = 20


async def consider(db: Database, actor: Actor, consultation_id: int) -> int:
    """Closes the door for late papers and has the opinions compiled; returns the digest."""
    async with db.transaction():
        consultation = await to_act_on(db, actor, Act.CONSIDER, consultation_id)
        await notices.set_state(db, consultation_id, State.CONSIDERING)
        return await digests.compile_consultation(db, actor, consultation)


async def answer(db: Database, actor: Actor, consultation_id: int, group_id: int, reply: Reply) -> None:
    """Adds a version to the answer of a group. Raises Conflict when somebody answered since."""
    async with db.transaction():
        await to_act_on(db, actor, Act.ANSWER, consultation_id)
        group = await group_to_answer(db, consultation_id, group_id)
        await require_category(db, reply.category, group.answer.category if group.answer else None)
        last = group.answer.number if group.answer else 0
        if last != reply.number:
            raise Conflict(
                _("ほかの人が先に市の考え方を保存しました。"), theirs=shown(group), yours=reply.body
            )
        groups = {number: group_id for group_id, number in group.numbers.items()}
        await add_version(
            db,
            actor,
            group,
            last + 1,
            {
                **reply.model_dump(exclude={"number"}),
                "body": references.kept(reply.body, groups),
                "reason": references.kept(reply.reason, groups),
            },
        )


async def add_version(
    db: Database, actor: Actor, group: Answered, number: int, words: dict[str, str]
) -> None:
    assert actor.id is not None
    await answers.add(
        db,
        group_id=group.row.id,
        number=number,
        opinions=group.hashes,
        author_id=actor.id,
        sha256=answer_sha256(number=number, group=group.hashes, **words),
        now=clock.now(),
        **words,
    )


async def group_to_answer(db: Database, consultation_id: int, group_id: int) -> Answered:
    gathered = await gather(db, consultation_id)
    for group in gathered.groups if gathered else ():
        if group.row.id == group_id:
            return group
    raise NotFound


async def require_category(db: Database, code: str, kept: str | None) -> None:
    """One that is in use, or the one that the answer has already."""
    offered = [each.code for each in await answers.categories(db) if not each.retired or each.code == kept]
    if code not in offered:
        raise Invalid(category=_("選択肢から選んでください。"))


def shown(group: Answered) -> str:
    """The other version as one text, to be read beside one's own."""
    answer = group.answering
    parts = (answer.body, answer.reason, answer.plan_before, answer.plan_after)
    return "\n\n".join(part for part in parts if part)


async def publish_result(db: Database, actor: Actor, consultation_id: int) -> None:
    """Seals the result and tells everyone whose words were answered."""
    now = clock.now()
    async with db.transaction():
        consultation = await to_act_on(db, actor, Act.PUBLISH, consultation_id)
        gathered = await gather_to_publish(db, consultation_id)
        if gathered is None:
            raise NotFound
        require(rules.can_publish(actor, consultation, gathered.in_the_way, gathered.balanced, now))
        approval = await approvals.require_approval(db, await subject(db, consultation, gathered))
        gathered = await numbered(db, actor, consultation_id, gathered)
        digest_sha256 = gathered.digest.sha256 or await digests.publish_digest(
            db, actor, gathered.digest.id, approved=True
        )
        sha256 = await result_sha256(db, consultation, gathered, digest_sha256, HASH_VERSION)
        await notices.publish(db, consultation_id, sha256=sha256, hash_version=HASH_VERSION, now=now)
        await approvals.use(db, approval, sha256)
        await tell_authors(db, consultation, gathered)


async def numbered(db: Database, actor: Actor, consultation_id: int, gathered: Gathered) -> Gathered:
    """From here on the numbers stay: answers that refer to others say them, in a version of their own."""
    referring = [group for group in gathered.groups if group.refers_to]
    for group in referring:
        answer, told = group.answer, group.answering
        assert answer is not None
        words = {field: getattr(told, field) for field in ("body", "reason", "plan_before", "plan_after")}
        await add_version(db, actor, group, answer.number + 1, {**words, "category": answer.category})
    after = await gather(db, consultation_id) if referring else gathered
    assert after is not None
    return after


async def tell_authors(db: Database, consultation: Consultation, gathered: Gathered) -> None:
    """One notification for each person and group, and one for each reason why words were set aside; by mail, through a job,
    that there is a result, to those who left only an address."""
    for group in gathered.groups:
        assert group.answer is not None
        assert group.category is not None
        for account_id in sorted({row.account_id for row in group.heard if row.account_id}):
            await notifications.tell(
                db,
                account_id,
                "consultation_answered",
                place(consultation.id, group.number),
                title=consultation.title,
                group=group.row.title,
                category=group.category.label,
                category_en=group.category.label_en,
                answer_sha256=group.answer.sha256,
            )
    aside = {(row.account_id, row.reason) for row in gathered.set_aside if row.account_id}
    for account_id, reason in sorted(aside):
        await notifications.tell(
            db,
            account_id,
            "consultation_set_aside",
            f"/consultations/{consultation.id}/results/set-aside",
            title=consultation.title,
            reason=reason,
        )
    await enqueue(
        db,
        "tell_submitters",
        {
            "consultation_id": consultation.id,
            "news": news_of(consultation, "publish"),
            "place": f"/consultations/{consultation.id}/results",
        },
    )
    heard = {row.account_id for group in gathered.groups for row in group.heard}
    told = heard | {account_id for account_id, _reason in aside}
    await tell_followers(db, consultation, "publish", place="/results", told_already=told)


def place(consultation_id: int, number: int) -> str:
    """Where the result shows a group."""
    page = (number - 1) // GROUPS_PER_PAGE + 1
    query = f"?page={page}" if page > 1 else ""
    return f"/consultations/{consultation_id}/results{query}#group-{number}"
