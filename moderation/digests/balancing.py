"""The ledger of a stored digest, and what stands in the way of publishing it."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import replace

from forum import clock
from forum.db import Database
from forum.i18n import _
from moderation.digests import covering, rules
from moderation.digests.counting import ROOM, WHOLE, as_told, count, of_group, recognised, said, text_of
from moderation.digests.lacking import lacking
from moderation.digests.ledger import Disposition, Entry, Ledger, balance, hindrances, lacks
from moderation.digests.queries import digests, objections, spans, texts
from moderation.digests.queries.spans import Standing
from moderation.digests.rules import Digest, objecting
from moderation.digests.splitting import Part


async def hindrances_of(db: Database, digest: Digest, ledger: Ledger) -> list[str]:
    """Everything that stands between a draft and its publication, in words."""
    points = await covering.points(db, digest.id)
    return [lack.sentence for lack in await lacking(db, digest, ledger, points)] + await besides(
        db, digest, ledger
    )


async def besides(db: Database, digest: Digest, ledger: Ledger) -> list[str]:
    """The same without what is missing or stands in it wrongly."""
    found = [] if lacks(ledger) else hindrances(ledger)
    if digest.consultation_id is not None:
        state = await digests.state_of_consultation(db, digest.consultation_id)
        if not rules.is_considered(state):
            found.append(_("意見募集が、まだ検討の段階に入っていません。"))
    return found + await unheard(db, digest)


async def unheard(db: Database, digest: Digest) -> list[str]:
    """What authors may still say to it, and what was not answered to them."""
    window = await objections.window(db, digest.id)
    if window is None:
        return []
    window = objecting.whole(window, await objections.times(db, digest.id))
    return objecting.hindrances(window, await objections.of(db, digest.id), clock.now())


async def ledger_of(db: Database, digest: Digest) -> Ledger:
    """Once published it is as it was then: what changes later is shown beside the words, not in the figures."""
    standings = recognised(await spans.standings(db, digest.id))
    if digest.is_published:
        return with_people_told(
            balance([entry(standing, is_stale=False) for standing in standings]), digest.people
        )
    missing = await texts.missing(db, digest.id)
    entries = [entry(standing, is_stale=is_stale(standing)) for standing in standings]
    return balance(entries, [*{text_of(standing) for standing in standings}, *missing])


def with_people_told(ledger: Ledger, people: Mapping[str, int]) -> Ledger:
    groups = {group: as_told(counts, people, of_group(group)) for group, counts in ledger.in_group.items()}
    whole = as_told(ledger.counts, people, WHOLE)
    return replace(ledger, counts=whole, in_group=defaultdict(lambda: count(()), groups))


def people_of(standings: Iterable[Standing]) -> dict[str, int]:
    """How many people there are in each part of a digest."""
    found = defaultdict[str, set[Hashable]](set)
    for standing in recognised(standings):
        if standing.part == Part.OPINION and (person := said(standing).person) is not None:
            found[WHOLE].add(person)
            found[standing.channel or ROOM].add(person)
            if standing.group_id is not None:
                found[of_group(standing.group_id)].add(person)
    return {part: len(people) for part, people in found.items()}


async def people_told(db: Database, consultation_id: int) -> dict[str, dict[str, int]]:
    """By digest and part, how many people there are as long as the names of this consultation are: somebody who submitted to
    another one as well will be two (docs/decisions/0061)."""
    found = await spans.counted_with(db, consultation_id)
    return {str(number): people_of(await spans.standings(db, number)) for number in found}


def entry(standing: Standing, *, is_stale: bool) -> Entry:
    told = said(standing)
    return Entry(
        id=standing.id,
        text=told.text,
        person=told.person,
        part=Part(standing.part),
        disposition=Disposition(standing.disposition),
        group=standing.group_id,
        reason=standing.reason,
        copy=told.copy,
        stale=is_stale,
    )


def is_stale(standing: Standing) -> bool:
    return rules.is_stale(standing.state, standing.is_current, standing.disposition, standing.reason)


def stale_in(standings: Sequence[Standing]) -> list[int]:
    return [standing.id for standing in standings if is_stale(standing)]
