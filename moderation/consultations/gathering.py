"""Brings together what came in, how it was grouped and what was answered: for the bench and the result."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from forum.db import Database
from moderation.consultations import rules
from moderation.consultations.queries import answers, received
from moderation.consultations.queries import variants as variant_queries
from moderation.consultations.queries.answers import AnswerRow
from moderation.consultations.queries.received import GroupRow, OpinionRow
from moderation.consultations.rules import Answering, Category, references
from moderation.consultations.rules.variants import Variant
from moderation.digests.balancing import ledger_of, unheard
from moderation.digests.counting import Counts, as_told, count, of_group, recognised, said
from moderation.digests.covering import cover
from moderation.digests.lacking import Lacking, lacking
from moderation.digests.ledger import Disposition, Ledger, hindrances
from moderation.digests.queries import digests
from moderation.digests.rules import Digest
from moderation.digests.splitting import Part

T = TypeVar("T")


@dataclass(frozen=True)
class Answered:
    """A group with its opinions in order and the answer that counts, if there is one."""

    number: int
    row: GroupRow
    opinions: tuple[OpinionRow, ...]
    answer: AnswerRow | None
    category: Category | None
    # The numbers of all groups, by which references to them are told.
    numbers: Mapping[int, int]
    circular: bool = False
    # The same answer in plain Japanese and in English.
    variants: tuple[Variant, ...] = ()
    # Opinions of other groups that are answered here as well; they are counted there alone.
    further: tuple[OpinionRow, ...] = ()
    # As in its digest.
    people: Mapping[str, int] = field(default_factory=dict)

    @property
    def heard(self) -> tuple[OpinionRow, ...]:
        """Every opinion that the answer answers."""
        return self.opinions + self.further

    @property
    def hashes(self) -> list[str]:
        return [opinion.sha256 for opinion in self.heard]

    @property
    def counts(self) -> Counts:
        return as_told(count(said(row) for row in self.opinions), self.people, of_group(self.row.id))

    @property
    def gaps(self) -> list[str]:
        return rules.gaps(self.answering)

    @property
    def refers_to(self) -> set[int]:
        """The groups whose answers this one cites."""
        return references.referred(self.answer.body + self.answer.reason) if self.answer else set()

    def is_stale(self, variant: Variant) -> bool:
        """Whether it says something else than the answer does by now."""
        return variant.is_stale(self.answering.body, self.answering.reason)

    def told(self, words: str) -> str:
        """Words of the answer with the numbers that the groups have now."""
        return references.shown(words, self.numbers)

    @property
    def answering(self) -> Answering:
        answer = self.answer
        if answer is None:
            return Answering(self.number, self.row.title, None, "", "", "", "")
        return Answering(
            number=self.number,
            title=self.row.title,
            category=self.category,
            body=self.told(answer.body),
            reason=self.told(answer.reason),
            plan_before=answer.plan_before,
            plan_after=answer.plan_after,
            outdated=sorted(answer.opinions) != sorted(self.hashes),
            lost=not self.refers_to <= self.numbers.keys(),
            circular=self.circular,
        )


@dataclass(frozen=True)
class Gathered:
    """Where the answering of one consultation stands."""

    digest: Digest
    groups: tuple[Answered, ...]
    set_aside: tuple[OpinionRow, ...]
    ledger: Ledger
    # What has no place in it yet, by name.
    unsorted: tuple[Lacking, ...] = ()
    # What its authors may still object, or were not answered yet.
    unheard: tuple[str, ...] = ()

    @property
    def in_the_way(self) -> list[str]:
        """All that stands between this and publication, as sentences that a clerk can work through."""
        return [*self.lacking, *self.unheard]

    @property
    def complete(self) -> int:
        """How many groups could be published as they are."""
        return sum(not group.gaps for group in self.groups)

    @property
    def lacking(self) -> list[str]:
        """What of it has no place or no answer yet."""
        named = [lack.words for lack in self.unsorted]
        unsorted = named or ([] if self.digest.is_published else hindrances(self.ledger))
        return unsorted + rules.missing([group.answering for group in self.groups])

    @property
    def balanced(self) -> bool:
        return self.ledger.texts.balances and self.ledger.opinions.balances

    def places_of(self, submission_id: int) -> list[Answered]:
        """The groups that answer a submission."""
        return [
            group
            for group in self.groups
            if any(opinion.submission_id == submission_id for opinion in group.heard)
        ]

    def home_of(self, opinion_id: int) -> Answered | None:
        """The group in which an opinion is counted."""
        return next(
            (group for group in self.groups if opinion_id in {row.id for row in group.opinions}), None
        )

    def elsewhere(self) -> dict[int, list[int]]:
        """By opinion, the numbers of the groups that answer it besides its own."""
        found: defaultdict[int, list[int]] = defaultdict(list)
        for group in self.groups:
            for opinion in group.further:
                found[opinion.id].append(group.number)
        return found


async def gather(db: Database, consultation_id: int) -> Gathered | None:
    """None until the opinions are being considered."""
    digest = await digests.of_consultation(db, consultation_id)
    if digest is None:
        return None
    found = recognised(await received.opinions(db, digest.id))
    rows = [row for row in found if row.part == Part.OPINION]
    ledger = await ledger_of(db, digest)
    groups = await answered(db, digest, rows)
    points = [group.row for group in groups]
    return Gathered(
        digest=digest,
        groups=groups,
        set_aside=tuple(row for row in rows if row.disposition == Disposition.SET_ASIDE),
        ledger=ledger,
        unsorted=() if digest.is_published else tuple(await lacking(db, digest, ledger, points)),
        unheard=() if digest.is_published else tuple(await unheard(db, digest)),
    )


async def gather_to_publish(db: Database, consultation_id: int) -> Gathered | None:
    """What stays so until the transaction ends: a colleague who sorts meanwhile waits, or is waited for."""
    await digests.hold_of_consultation(db, consultation_id)
    return await gather(db, consultation_id)


async def answered(db: Database, digest: Digest, rows: Iterable[OpinionRow]) -> tuple[Answered, ...]:
    """The groups in their order, each with its opinions, its answer and whatever that refers to."""
    # An undecided opinion in a group is only a suggestion yet.
    placed = [row for row in rows if row.disposition in (Disposition.USED, Disposition.MERGED)]
    members = by_group((row.group_id, row) for row in placed)
    others = answered_elsewhere(placed)
    newest = await answers.newest_of_digest(db, digest.id)
    categories = {category.code: category for category in await answers.categories(db)}
    variants = by_group(
        (each.group_id, each) for each in await variant_queries.newest_of_digest(db, digest.id)
    )
    groups = await cover(db, digest.id, await received.groups(db, digest.id))
    numbers = {group.id: number for number, group in enumerate(groups, 1)}
    found = [
        Answered(
            number=numbers[group.id],
            row=group,
            opinions=members[group.id],
            answer=(answer := newest.get(group.id)),
            category=categories[answer.category] if answer else None,
            numbers=numbers,
            variants=variants[group.id],
            further=others[group.id],
            people=digest.people,
        )
        for group in groups
    ]
    turning = references.circular({group.row.id: group.refers_to for group in found})
    return tuple(replace(group, circular=group.row.id in turning) for group in found)


def answered_elsewhere(placed: Iterable[OpinionRow]) -> Mapping[int | None, tuple[OpinionRow, ...]]:
    """By group, what is counted in another one and answered there as well."""
    return by_group((group, row) for row in placed for group in row.further if group != row.group_id)


def by_group(pairs: Iterable[tuple[int | None, T]]) -> Mapping[int | None, tuple[T, ...]]:
    """In their order; none where a group has none."""
    found: defaultdict[int | None, tuple[T, ...]] = defaultdict(tuple)
    for group, thing in pairs:
        found[group] += (thing,)
    return found
