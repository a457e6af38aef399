"""Keeping a draft true to its sources: what was edited is cut anew, what can no longer be read is set aside."""

import asyncio
from collections.abc import Iterable, Sequence

from forum import clock
from forum.access import Actor
from forum.db import Database
from forum.errors import Invalid, NotFound
from forum.i18n import _
from forum.jobs import enqueue
from moderation.digests import covering, rules
from moderation.digests.actions.compiling import as_before, cut_all, kept_aside, row
from moderation.digests.actions.hearing import hearing_newcomers
from moderation.digests.actions.proposing import propose_for_new
from moderation.digests.actions.sorting import bench, kept, record
from moderation.digests.balancing import stale_in
from moderation.digests.cutting import Cut, cut_again, from_excerpt
from moderation.digests.progress import Progress
from moderation.digests.proofs import of_opinion
from moderation.digests.queries import (
    compilations,
    cuts,
    digests,
    earlier,
    groups,
    history,
    opinions,
    placing,
    spans,
    submitted,
    texts,
)
from moderation.digests.queries.opinions import Opinion
from moderation.digests.queries.submitted import Resubmitted, Submitted
from moderation.digests.queries.texts import Changed, Excerpt, Text
from moderation.digests.rules import Digest, State
from moderation.digests.splitting import split


async def retake(db: Database, actor: Actor, digest_id: int) -> int | None:
    """Brings everything up to date that changed since it was taken in; how many texts that were.

    Of a large digest a job does it: None. Its bench is closed until then.
    """
    async with bench(db, actor, digest_id) as digest:
        if await texts.count(db, digest_id) <= rules.TEXTS_AT_ONCE:
            return await bring_up_to_date(db, actor, digest, Progress())
        await compilations.begin_again(db, digest_id)
        await enqueue(db, "retake_digest", {"digest_id": digest_id, "account_id": actor.id})
        return None


async def retake_large(db: Database, actor: Actor, digest_id: int, progress: Progress) -> None:
    """Others see a draft again once it is up to date. A job may come twice."""
    async with db.transaction():
        digest = await digests.locked(db, digest_id)
        if digest is None:
            raise NotFound
        if digest.state == State.COMPILING:
            await compilations.put_back(db, digest_id)
            async with bench(db, actor, digest_id) as draft:
                await bring_up_to_date(db, actor, draft, progress)


async def bring_up_to_date(db: Database, actor: Actor, digest: Digest, progress: Progress) -> int:
    """What changed is cut anew, what is new is cut and proposed for the groups, and its authors are heard with the others."""
    async with hearing_newcomers(db, digest):
        known = await spans.last_position(db, digest.id)
        # Before and after: what was submitted may be edited or withdrawn in the room since, or edited before.
        moved = await resubmit(db, digest.id)
        stale = stale_in(await spans.standings(db, digest.id))
        changed = await texts.changed(db, digest.id, stale)
        for post in changed:
            await take_again(db, digest.id, post)
        followed = await follow_posts(db, stale)
        moved += await resubmit(db, digest.id)
        new = await texts.not_taken_in(db, digest.id)
        fresh = await asyncio.to_thread(cut_all, new, progress)
        stood = {one.opinion: one for one in await earlier.places(db, [cut.sha256 for cut in fresh])}
        fresh = as_before(fresh, stood)
        await add(db, digest.id, fresh)
        again = [*(post.sha256 for post in changed), *sorted({one.source_sha256 for one in moved})]
        changes = len(again) + followed
        if changes or new:
            read = again + [text.sha256 for text in new]
            inputs = {"texts": read, "behind": sum(text.behind for text in new), **kept_aside(fresh)}
            await propose_for_new(db, digest.id, known, inputs, progress)
            touched = {*stale, *(one.id for one in moved)}
            await record(db, actor, digest, "retake", touched=touched, changed=changes, new=len(new))
    return changes + len(new)


async def take_again(db: Database, digest_id: int, post: Changed) -> None:
    """Words that stayed the same keep their place, also as people cut them; others are decided anew."""
    taken = await opinions.of_post(db, digest_id, post.post_id)
    if post.state != "visible":
        said = [opinion.id for opinion in taken if opinion.disposition != "set_aside"]
        await placing.set_aside(db, said, rules.UNREADABLE[post.state])
        return
    left = {opinion.id: opinion for opinion in taken}
    fresh: list[Cut] = []
    words = Text(
        post_id=post.post_id,
        revision_id=post.revision_id,
        submission_id=None,
        plan_section_id=None,
        words=post.words,
        shown=post.shown,
        sha256=post.sha256,
        masked_by=post.masked_by,
        named=post.named,
    )
    for cut in cut_again(words, await cut_by_hand(db, digest_id, taken)):
        kept = next((o for o in left.values() if (o.text, o.part) == (cut.text, cut.part)), None)
        if kept is None:
            fresh.append(cut)
            continue
        del left[kept.id]
        await placing.recut(
            db,
            kept.id,
            revision_id=post.revision_id,
            start_at=cut.start,
            end_at=cut.end,
            sha256=cut.sha256,
            masked_by=cut.masked_by,
        )
        if kept.reason in rules.UNREADABLE.values():
            await placing.bring_back(db, [kept.id])
    await remove(db, list(left))
    await add(db, digest_id, fresh)


async def follow_posts(db: Database, stale: list[int]) -> int:
    """What was submitted is set aside as long as its post is hidden, and hashed as it is shown; how many submissions changed."""
    said = await submitted.followed(db, stale)
    for one in said:
        await name_anew(db, one)
    await placing.set_aside(db, [one.id for one in said if one.state != "visible"], rules.HIDDEN)
    await placing.bring_back(db, [one.id for one in said if one.state == "visible" and one.was_hidden])
    return len({one.submission_id for one in said})


async def resubmit(db: Database, digest_id: int) -> list[Resubmitted]:
    """Of a post that its author has submitted since, word for word, the opinions are now those of the submission, in their
    places."""
    found = await submitted.since(db, digest_id)
    for one in found:
        await name_anew(db, one)
    return found


async def name_anew(db: Database, one: Resubmitted | Submitted) -> None:
    """As it is shown now."""
    sha256 = of_opinion(one.named, one.start_at, one.end_at, one.shown)
    await submitted.resubmit(
        db, one.id, submission_id=one.submission_id, sha256=sha256, masked_by=one.masked_by
    )


async def remove(db: Database, gone: list[int]) -> None:
    """Of the copies of what goes, the first is now what the others are copies of."""
    await cuts.part_from_copies(db, gone)
    await placing.remove(db, gone)


async def cut_by_hand(db: Database, digest_id: int, taken: Sequence[Opinion]) -> list[tuple[str, str]]:
    """Words that stand otherwise than the machine cut them, in their order, each with its part."""
    source = await cuts.source(db, digest_id, taken[0].id) if taken else None
    if source is None:
        return []
    machine = {(span.start, span.end) for span in split(source.words)}
    return [
        (opinion.text, opinion.part)
        for opinion in sorted(taken, key=lambda one: one.start_at)
        if opinion.text and (opinion.start_at, opinion.end_at) not in machine
    ]


async def add(db: Database, digest_id: int, cuts: Iterable[Cut]) -> None:
    last = await spans.last_position(db, digest_id)
    await placing.add(db, [row(digest_id, cut, at) for at, cut in enumerate(cuts, last + 1)])


async def let_go(db: Database, submission_id: int) -> None:
    """Its author took a submission back: no draft keeps words of it. Call it inside the transaction of that."""
    for digest_id in await placing.drafts_with(db, submission_id):
        digest = await digests.locked(db, digest_id)
        assert digest is not None
        async with kept(db, digest):
            removed = await placing.of_submission(db, digest_id, submission_id)
            await remove(db, removed)
            await history.record(
                db,
                digest_id,
                account_id=None,
                act="let_go",
                groups=[],
                opinions=removed,
                detail={},
                now=clock.now(),
            )


async def take_in(db: Database, actor: Actor, digest_id: int, from_digest: int) -> None:
    """Adds the opinions of a published digest, in its groups: what was sorted once is only to be confirmed."""
    async with bench(db, actor, digest_id) as digest, hearing_newcomers(db, digest):
        known = {source.from_digest_id for source in await digests.sources(db, digest_id)}
        if from_digest in known or from_digest not in await digests.published_among(db, [from_digest]):
            raise Invalid(digest=_("選択肢から選んでください。"))
        await digests.add_sources(db, digest_id, boards=[], topics=[], digests=[from_digest])
        taken, group_of = await texts.excerpts(db, digest_id), await same_groups(db, digest_id, from_digest)
        first = await spans.last_position(db, digest_id) + 1
        cuts = [from_excerpt(excerpt) for excerpt in taken]
        stood = {one.opinion: one for one in await earlier.places(db, [cut.sha256 for cut in cuts])}
        cuts = as_before(cuts, stood)
        rows = [
            taken_row(digest_id, excerpt, cut, at, group_of)
            for at, (excerpt, cut) in enumerate(zip(taken, cuts, strict=True), first)
        ]
        await placing.add(db, rows)
        await record(db, actor, digest, "take_in", taken_from=from_digest, taken=len(taken))


async def same_groups(db: Database, digest_id: int, from_digest: int) -> dict[int, int]:
    """The groups of the other digest, made again after those that are here; theirs -> ours."""
    last, made = len(await groups.groups(db, digest_id)), {}
    for group in await covering.points(db, from_digest):
        made[group.id] = await groups.add_group(
            db, digest_id, position=last + group.position, title=group.title, theme=group.theme
        )
        await groups.describe(db, made[group.id], title=group.title, summary=group.summary)
    return made


def taken_row(
    digest_id: int, excerpt: Excerpt, cut: Cut, at: int, group_of: dict[int, int]
) -> dict[str, object]:
    group_id = group_of.get(excerpt.group_id or 0) if cut.aside is None else None
    quoted = excerpt.representative and group_id is not None
    return row(digest_id, cut, at, group_id=group_id, representative=quoted)
