"""Proposing places for what came later: what people sorted stays as it is and only receives."""

import asyncio
from collections.abc import Sequence

from forum.db import Database
from moderation.digests import rules
from moderation.digests.grouping import Group, Passage, propose
from moderation.digests.places import section_of
from moderation.digests.progress import Progress
from moderation.digests.queries import digests, groups, placing, spans, texts


async def propose_for_new(
    db: Database, digest_id: int, known: int, read: Sequence[str], progress: Progress
) -> None:
    """Places for the opinions after position `known`. Every group as it stands is a constraint: its opinions belong
    together, and not with those of another. `read` are the hashes of the texts that were taken in."""
    said = await spans.to_group(db, digest_id, known)
    headings = await texts.headings(db, digest_id)
    passages = [
        Passage(o.position, o.shown, o.sha256, o.plan_section_id or section_of(o.shown, headings), o.group_id)
        for o in said
    ]
    proposal = await asyncio.to_thread(propose, passages, headings, progress)
    for group in proposal.groups:
        fresh = [at for at in group.members if at > known]
        if fresh:
            await placing.suggest(db, digest_id, await the_group(db, digest_id, group), fresh)
    copies = {copy: original for copy, original in proposal.copies.items() if copy > known}
    await placing.mark_copies(db, digest_id, list(copies), list(copies.values()))
    await digests.add_run(db, digest_id, {**proposal.manifest, "texts": list(read)})


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
