"""From texts to a draft: the machine cuts and suggests groups, people take over from there."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from forum import clock
from forum.access import Actor, require
from forum.db import Database
from forum.errors import Conflict, Invalid, NotFound
from forum.events import DigestChanged, publish
from forum.i18n import _
from forum.jobs import enqueue
from moderation.digests import covering, rules
from moderation.digests.cutting import Cut, cut_up, from_excerpt
from moderation.digests.grouping import Passage, Proposal, propose
from moderation.digests.places import section_of
from moderation.digests.progress import Progress, Stage
from moderation.digests.queries import compilations, digests, earlier, groups, offers, placing, texts
from moderation.digests.queries.earlier import Stood
from moderation.digests.queries.groups import Group
from moderation.digests.queries.texts import Text
from moderation.digests.rules import Consulted, Plan, State


async def start(db: Database, actor: Actor, plan: Plan, zone: ZoneInfo) -> int:
    """Begins a digest; a small one is compiled at once, a large one by a job."""
    starts_at, ends_at = plan.period(zone)
    async with db.transaction():
        await check_sources(db, actor, plan)
        if not plan.first_day <= plan.last_day:
            raise Invalid(last_day=_("終わりの日は、始まりの日より後にしてください。"))
        return await begin(
            db,
            actor,
            title=plan.title,
            consultation_id=plan.consultation_id,
            starts_at=starts_at,
            ends_at=ends_at,
            boards=plan.boards,
            topics=plan.topics,
            from_digests=plan.digests,
        )


async def check_sources(db: Database, actor: Actor, plan: Plan) -> None:
    """Raises Invalid for what cannot be chosen, Forbidden for what this person may not compile."""
    if not (plan.boards or plan.topics or plan.digests or plan.consultation_id):
        raise Invalid(boards=_("まとめる会議室か話題を選んでください。"))
    boards = await digests.boards_of(db, plan.boards, plan.topics)
    require(rules.can_compile(actor, boards, plan.consultation_id is not None))
    if not set(plan.boards) <= {number for number, _kind in boards}:
        raise Invalid(boards=_("選択肢から選んでください。"))
    if set(plan.topics) - await digests.known_topics(db, plan.topics):
        raise Invalid(topics=_("選択肢から選んでください。"))
    if set(plan.digests) - await digests.published_among(db, plan.digests):
        raise Invalid(digests=_("選択肢から選んでください。"))
    if plan.consultation_id and not await offers.hold_consultation(db, plan.consultation_id):
        raise Invalid(consultation_id=_("選択肢から選んでください。"))
    if plan.consultation_id and await digests.of_consultation(db, plan.consultation_id):
        raise Invalid(consultation_id=_("この意見募集のまとめは、すでに作られています。"))


async def compile_consultation(db: Database, actor: Actor, consultation: Consulted) -> int:
    """The digest of a consultation's submissions: the one that was begun, else a new one."""
    async with db.transaction():
        if begun := await digests.of_consultation(db, consultation.id):
            if begun.state == State.COMPILING:
                raise Conflict(
                    _("意見のまとめを、まだ作っているところです。できあがってから検討を始めてください。")
                )
            return begun.id
        require(rules.can_compile(actor, [], for_consultation=True))
        return await begin(
            db,
            actor,
            title=consultation.title[: rules.TITLE_MAX],
            consultation_id=consultation.id,
            starts_at=consultation.opens_at,
            ends_at=consultation.closes_at,
        )


async def begin(
    db: Database,
    actor: Actor,
    *,
    title: str,
    consultation_id: int | None,
    starts_at: datetime,
    ends_at: datetime,
    boards: Sequence[int] = (),
    topics: Sequence[int] = (),
    from_digests: Sequence[int] = (),
) -> int:
    assert actor.id is not None
    digest_id = await digests.add(
        db,
        title=title,
        consultation_id=consultation_id,
        starts_at=starts_at,
        ends_at=ends_at,
        compiled_by=actor.id,
        now=clock.now(),
    )
    await digests.add_sources(
        db, digest_id, boards=list(boards), topics=list(topics), digests=list(from_digests)
    )
    if await texts.count(db, digest_id) <= rules.TEXTS_AT_ONCE:
        await compile_digest(db, digest_id)
    else:
        await compilations.add(db, digest_id)
        await enqueue(db, "compile_digest", {"digest_id": digest_id})
    return digest_id


async def compile_digest(db: Database, digest_id: int, progress: Progress | None = None) -> bool:
    """Reads, cuts and groups what a digest covers. Whether it was still to be done: a job may come twice."""
    async with db.transaction():
        digest = await digests.locked(db, digest_id)
        if digest is None:
            raise NotFound
        if digest.state != State.COMPILING or digest.was_compiled:
            return False
        read = await texts.not_taken_in(db, digest_id)
        here = {(text.post_id, text.submission_id) for text in read}
        taken = [
            excerpt
            for excerpt in await texts.excerpts(db, digest_id)
            if (excerpt.post_id, excerpt.submission_id) not in here
        ]
        headings = await texts.headings(db, digest_id)
        progress = progress or Progress()
        cuts = await asyncio.to_thread(cut_all, read, progress)
        excerpts = [from_excerpt(excerpt) for excerpt in taken]
        cuts += excerpts
        stood = {one.opinion: one for one in await earlier.places(db, [cut.sha256 for cut in cuts])}
        cuts = as_before(cuts, stood)
        proposal = await asyncio.to_thread(suggest, cuts, headings, stood, progress)
        await store(db, digest_id, cuts, proposal, await names_of(db, stood.values()))
        inputs = {
            "texts": [text.sha256 for text in read],
            "excerpts": [cut.sha256 for cut in excerpts],
            # How many were said before the period and are in no digest.
            "behind": sum(text.behind for text in read),
            # The published digest whose places are suggested again.
            "earlier": next((one.digest for one in stood.values()), None),
            **kept_aside(cuts),
        }
        await digests.set_compiled(db, digest_id, {**proposal.manifest, **inputs})
        await publish(db, DigestChanged(digest_id))
        return True


def as_before(cuts: Iterable[Cut], stood: Mapping[str, Stood]) -> list[Cut]:
    """What people set aside in the digest before is set aside for the same reason, as long as it says the same."""
    reasons = {one.opinion: one.reason for one in stood.values() if rules.holds_on(one.reason)}
    return [replace(cut, as_before=reasons.get(cut.sha256)) for cut in cuts]


def kept_aside(cuts: Iterable[Cut]) -> dict[str, list[str]]:
    """For the manifest."""
    return {"kept_aside": [cut.sha256 for cut in cuts if cut.aside and cut.aside == cut.as_before]}


def suggest(
    cuts: Sequence[Cut], headings: Mapping[int, str], stood: Mapping[str, Stood], progress: Progress
) -> Proposal:
    """Pure and slow: seconds for a thousand texts. Passages are known by their place among the cuts. What stood in one
    group before is suggested as one group again, which receives what is new."""
    passages = [
        Passage(
            at,
            cut.shown,
            cut.sha256,
            cut.plan_section_id or section_of(cut.shown, headings),
            stood[cut.sha256].group_id if cut.sha256 in stood else None,
        )
        for at, cut in enumerate(cuts)
        if cut.aside is None
    ]
    return propose(passages, headings, progress)


def cut_all(read: Sequence[Text], progress: Progress) -> list[Cut]:
    told, cuts = progress.of(Stage.CUTTING), list[Cut]()
    for at, text in enumerate(read):
        told(at, len(read))
        cuts += cut_up(text)
    return cuts


async def names_of(db: Database, stood: Iterable[Stood]) -> dict[int, Group]:
    """What people called the groups of the digest before, as far as everybody may read it still."""
    before = next((one.digest_id for one in stood), None)
    points = await covering.points(db, before) if before else []
    return {group.id: group for group in points if not covering.is_covered(group)}


async def store(
    db: Database, digest_id: int, cuts: Sequence[Cut], proposal: Proposal, names: Mapping[int, Group]
) -> None:
    """Groups and opinions as suggested: nothing is decided yet, the most central opinion of each comes first. Groups of
    before keep the names that people gave them."""
    group_of: dict[int, int] = {}
    for number, group in enumerate(proposal.groups, 1):
        named = names.get(group.settled or 0, group)
        group_id = await groups.add_group(
            db,
            digest_id,
            position=number,
            title=named.title[: rules.GROUP_TITLE_MAX],
            theme=named.theme[: rules.THEME_MAX],
            plan_section_id=group.section,
        )
        group_of |= dict.fromkeys(group.members, group_id)
    quoted = {group.members[0] for group in proposal.groups}
    rows = [
        row(digest_id, cut, at, group_id=group_of.get(at), representative=at in quoted)
        for at, cut in enumerate(cuts)
    ]
    await placing.add(db, rows)
    await placing.mark_copies(db, digest_id, list(proposal.copies), list(proposal.copies.values()))


def row(
    digest_id: int, cut: Cut, position: int, *, group_id: int | None = None, representative: bool = False
) -> dict[str, object]:
    """Greetings and quotes are no opinions: they are set aside as what they are."""
    return {
        "digest_id": digest_id,
        "revision_id": cut.revision_id,
        "submission_id": cut.submission_id,
        "start_at": cut.start,
        "end_at": cut.end,
        "text": cut.text,
        "sha256": cut.sha256,
        "masked_by": list(cut.masked_by),
        "part": cut.part,
        "kind": cut.kind,
        "evidence": cut.evidence,
        "disposition": "undecided" if cut.aside is None else "set_aside",
        "group_id": group_id,
        "representative": representative,
        "reason": cut.aside,
        "position": position,
    }
