"""Proposing places for what came later: what people sorted stays as it is and only receives."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from forum.db import Database
from moderation.digests import rules
from moderation.digests.grouping import Group, Passage, propose
from moderation.digests.places import section_of
from moderation.digests.progress import Progress
from moderation.digests.queries import digests, earlier, groups, placing, spans, texts
from moderation.digests.queries.earlier import Stood
from moderation.digests.queries.spans import Grouped


async def propose_for_new(
    db: Database, digest_id: int, known: int, inputs: Mapping[str, object], progress: Progress
) -> None:
    """Places for the opinions after position `known`. Every group as it stands is a constraint: its opinions belong
    together, and not with those of another; what stood with them in a published digest is suggested to them. `inputs` go into
    the manifest."""
    said = await spans.to_group(db, digest_id, known)
    headings = await texts.headings(db, digest_id)
    homes = homes_of(said, await earlier.places(db, [o.sha256 for o in said]))
    passages = [
        Passage(
            o.position,
            o.shown,
            o.sha256,
            o.plan_section_id or section_of(o.shown, headings),
            o.group_id or homes.get(o.sha256),
        )
        for o in said
    ]
    proposal = await asyncio.to_thread(propose, passages, headings, progress)
    for group in proposal.groups:
        fresh = [at for at in group.members if at > known]
        if fresh:
            await placing.suggest(db, digest_id, await the_group(db, digest_id, group), fresh)
    copies = {copy: original for copy, original in proposal.copies.items() if copy > known}
    await placing.mark_copies(db, digest_id, list(copies), list(copies.values()))
    await digests.add_run(db, digest_id, {**proposal.manifest, **inputs})


def homes_of(said: Iterable[Grouped], stood: Iterable[Stood]) -> dict[str, int]:
    """For opinions that were published before, the group here that has most of those they were published with."""
    before = {one.opinion: one.group_id for one in stood if one.group_id}
    here: dict[int, Counter[int]] = defaultdict(Counter)
    for one in said:
        if one.group_id and one.sha256 in before:
            here[before[one.sha256]][one.group_id] += 1
    return {opinion: here[group].most_common(1)[0][0] for opinion, group in before.items() if group in here}


async def the_group(db: Database, digest_id: int, group: Group) -> int:
    """That of people, else a new one after all others."""
    if group.settled is not None:
        return group.settled
    return await groups.add_group(
        db,
        digest_id,
        position=len(await groups.groups(db, digest_id)) + 1,
        title=group.title[: rules.GROUP_TITLE_MAX],
        theme=group.theme[: rules.THEME_MAX],
        plan_section_id=group.section,
    )
