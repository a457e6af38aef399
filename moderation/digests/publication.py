"""A stored digest as it is hashed and published."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from forum.db import Database
from moderation.digests import covering
from moderation.digests.balancing import ledger_of
from moderation.digests.export import asked, exported, objected
from moderation.digests.proofs import Citation, Publication, Theme
from moderation.digests.queries import groups, objections, opinions, suggestions
from moderation.digests.queries.opinions import Opinion
from moderation.digests.rules import Digest, withholds


async def publication(db: Database, digest: Digest) -> Publication:
    """Groups and opinions in order; the words of what may not be read (any more) are None."""
    said = await opinions.all_of(db, digest.id)
    members: dict[int | None, list[Opinion]] = defaultdict(list)
    for opinion in said:
        members[opinion.group_id].append(opinion)
    return Publication(
        title=digest.title,
        summary=digest.summary,
        groups=tuple(
            Theme(group.title, group.summary, cited(members[group.id]), group.theme)
            for group in await groups.groups(db, digest.id)
        ),
        set_aside=cited(members[None]),
        starts_at=digest.starts_at,
        ends_at=digest.ends_at,
        sha256=digest.sha256,
        hash_version=digest.hash_version,
    )


def cited(said: Iterable[Opinion]) -> tuple[Citation, ...]:
    return tuple(
        Citation(
            source=opinion.source_sha256,
            start=opinion.start_at,
            end=opinion.end_at,
            text=opinion.text,
            sha256=opinion.sha256,
            disposition=opinion.disposition,
            reason=opinion.reason,
        )
        for opinion in said
    )


def for_everyone(said: Iterable[Opinion]) -> list[Opinion]:
    """As the public reads them: without the words that were set aside for what they contain."""
    return [replace(opinion, text=None) if withholds(opinion.reason) else opinion for opinion in said]


async def data_of(db: Database, digest: Digest, link: Callable[[str], str]) -> dict[str, Any]:
    """All that is needed to check a published digest without us."""
    said = for_everyone(await opinions.everything(db, digest.id))
    data = exported(digest, await covering.points(db, digest.id), said, await ledger_of(db, digest), link)
    if digest.asked:
        hashes = await suggestions.hashes(db, digest.id)
        named = {"url": link(f"/digests/{digest.id}/suggestions.json"), "sha256": hashes}
        data["manifest"] = {**data["manifest"], "suggestions": named}
    return data


async def heard_of(db: Database, digest_id: int) -> dict[str, Any]:
    """What the authors of a published digest held against the draft, and the answers."""
    return {"objections": [objected(one) for one in await objections.of(db, digest_id)]}


async def suggested_of(db: Database, digest_id: int) -> dict[str, Any]:
    """What models were asked for a digest, and what they answered."""
    return {"suggestions": [asked(one) for one in await suggestions.of(db, digest_id)]}


def place(digest_id: int, opinion_id: int) -> str:
    """The address that finds an opinion on whatever page of the digest it stands."""
    return f"/digests/{digest_id}/opinions/{opinion_id}"
