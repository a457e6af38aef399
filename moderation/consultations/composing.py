"""Composes the result of a consultation from what was gathered."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import tzinfo

from forum.db import Database
from moderation.consultations.gathering import Answered, Gathered
from moderation.consultations.queries import changes, notices, versions
from moderation.consultations.queries.changes import Change
from moderation.consultations.queries.received import OpinionRow
from moderation.consultations.queries.versions import Version
from moderation.consultations.results import (
    WAYS,
    About,
    Answer,
    Group,
    Late,
    Opinion,
    PeriodChange,
    PlanSection,
    PlanVersion,
    Result,
    Source,
    Tally,
)
from moderation.consultations.rules import Consultation
from moderation.digests.counting import ROOM, WHOLE, Copy, as_told, count, said
from moderation.digests.rules import withholds
from moderation.submissions import queries as submissions
from moderation.submissions.queries import attached

Link = Callable[[str], str]


async def compose(
    db: Database, consultation: Consultation, gathered: Gathered, link: Link, zone: tzinfo
) -> Result:
    """The result as a value. Every group must have an answer: `gathered.lacking` is empty."""
    rows = (*(row for group in gathered.groups for row in group.opinions), *gathered.set_aside)
    files = await published_files(db, consultation.id, link) if any(row.has_files for row in rows) else {}
    plan = tuple(
        PlanSection(part.position, part.heading, part.body)
        for part in await notices.plan(db, consultation.id)
    )
    kept = tuple(plan_version(each, zone) for each in await versions.of(db, consultation.id))
    composer = Composer(
        gathered, files, {each.number: each.sections for each in kept} or {1: plan}, link, zone
    )
    published = consultation.published_at
    return Result(
        consultation_id=consultation.id,
        url=link(f"/consultations/{consultation.id}/results"),
        title=consultation.title,
        summary=consultation.summary,
        section=consultation.section_name,
        opens_at=consultation.opens_at.astimezone(zone),
        closes_at=consultation.closes_at.astimezone(zone),
        short_period_reason=consultation.short_period_reason,
        result_due=consultation.result_due,
        published_at=published.astimezone(zone) if published else None,
        plan=plan,
        received=composer.total(),
        tallies=composer.tallies(),
        texts=gathered.ledger.texts,
        opinions=gathered.ledger.opinions,
        groups=tuple(composer.group(group) for group in gathered.groups),
        set_aside=tuple(composer.opinion(row) for row in gathered.set_aside),
        digest_sha256=gathered.digest.sha256,
        sha256=consultation.sha256,
        hash_version=consultation.hash_version,
        late=composer.late(),
        withdrawn=await submissions.withdrawn(db, consultation.id),
        period_changes=tuple(
            period_change(change, zone)
            for change in await changes.of(db, consultation.id)
            if change.closes_at != change.closed_at
        ),
        plan_versions=kept,
    )


async def published_files(db: Database, consultation_id: int, link: Link) -> dict[int, tuple[str, ...]]:
    """By submission, the addresses of what everybody may see of what came with it."""
    found: dict[int, tuple[str, ...]] = {}
    for each in await attached.of_consultation(db, consultation_id):
        if each.is_public:
            found[each.submission_id] = (*found.get(each.submission_id, ()), link(each.address))
    return found


def period_change(change: Change, zone: tzinfo) -> PeriodChange:
    moments = (change.made_at, change.closed_at, change.closes_at)
    made_at, closed_at, closes_at = (moment.astimezone(zone) for moment in moments)
    return PeriodChange(change.act, made_at, closed_at, closes_at, change.reason)


def plan_version(version: Version, zone: tzinfo) -> PlanVersion:
    sections = tuple(PlanSection(at, part.heading, part.body) for at, part in enumerate(version.parts, 1))
    return PlanVersion(
        version.number, sections, version.reason, version.made_at.astimezone(zone), version.sha256
    )


class Composer:
    """Turns rows into the values of a result, numbering the opinions as it was told."""

    def __init__(
        self,
        gathered: Gathered,
        files: Mapping[int, tuple[str, ...]],
        plans: Mapping[int, tuple[PlanSection, ...]],
        link: Link,
        zone: tzinfo,
    ) -> None:
        self.people = gathered.digest.people
        self.files = files
        self.plans = plans
        self.rows = [row for group in gathered.groups for row in group.opinions] + list(gathered.set_aside)
        self.numbers = {row.id: number for number, row in enumerate(self.rows, 1)}
        self.by_id = {row.id: row for row in self.rows}
        self.elsewhere = gathered.elsewhere()
        self.homes = {row.id: group.number for group in gathered.groups for row in group.opinions}
        self.link = link
        self.zone = zone

    def group(self, group: Answered) -> Group:
        answer, category = group.answer, group.category
        assert answer is not None
        assert category is not None
        return Group(
            number=group.number,
            title=group.row.title,
            summary=group.row.summary,
            section=group.row.plan_heading or "",
            opinions=tuple(self.opinion(row) for row in group.opinions),
            answer=Answer(
                number=answer.number,
                category=category,
                body=group.told(answer.body),
                reason=group.told(answer.reason),
                plan_before=answer.plan_before,
                plan_after=answer.plan_after,
                opinions=tuple(answer.opinions),
                sha256=answer.sha256,
                variants=tuple((v.language, v.body) for v in group.variants if not group.is_stale(v)),
            ),
            counts=group.counts,
            section_number=group.row.plan_position,
            id=group.row.id,
            further=tuple(self.opinion(row) for row in group.further),
        )

    def opinion(self, row: OpinionRow) -> Opinion:
        """Withholds words of the room that may no longer be read, and those set aside for what they contain."""
        shown, original = is_shown(row), self.by_id.get(row.copy_of or 0)
        copied = original if shown and original and is_shown(original) else None
        return Opinion(
            number=self.numbers[row.id],
            text=row.text if shown else None,
            sha256=row.sha256,
            start=row.start_at,
            end=row.end_at,
            disposition=row.disposition,
            reason=row.reason,
            source=self.source(row),
            further=tuple(self.elsewhere.get(row.id, ())),
            home=self.homes.get(row.id),
            copy=Copy(row.copy) if row.copy and copied else None,
            copy_of=self.numbers[copied.id] if copied else None,
        )

    def source(self, row: OpinionRow) -> Source:
        return Source(
            channel=row.channel or ROOM,
            receipt=row.receipt,
            post_id=row.post_id,
            revision=row.revision_number,
            url=self.link(words(row)) if row.post_id else None,
            sha256=row.source_sha256,
            received_at=row.received_at.astimezone(self.zone),
            late=row.late_considered is not None,
            about=self.about(row),
            attached=self.files.get(row.submission_id or 0, ()),
        )

    def about(self, row: OpinionRow) -> About | None:
        if row.plan_version is None or row.about_sha256 is None:
            return None
        at = row.plan_position
        heading = self.heading(row.plan_version, at) if at else ""
        return About(row.plan_version, at, heading, row.passage, row.about_sha256)

    def heading(self, version: int, at: int) -> str:
        """As that version has it, or the first after it: some came with a version that did not have the section yet."""
        later = [plan for number, plan in sorted(self.plans.items()) if number >= version]
        return next((plan[at - 1].heading for plan in later if len(plan) >= at), "")

    def tallies(self) -> tuple[Tally, ...]:
        """What came by each way, in the order of the channels."""
        by_channel = defaultdict(list)
        for row in self.rows:
            by_channel[row.channel or ROOM].append(row)
        return tuple(self.tally(way, by_channel[way]) for way in WAYS if by_channel[way])

    def total(self) -> Tally:
        return self.tally(WHOLE, self.rows)

    def tally(self, part: str, rows: Iterable[OpinionRow]) -> Tally:
        return Tally(part, as_told(count(said(row) for row in rows), self.people, part))

    def late(self) -> Late:
        came = {
            row.submission_id: row.late_considered for row in self.rows if row.late_considered is not None
        }
        return Late(len(came), sum(came.values()))


def words(row: OpinionRow) -> str:
    """Where the very version of a post stands that was quoted; where nobody may read it, what is left of the post."""
    place = f"/posts/{row.post_id}"
    return f"{place}/revisions#revision-{row.revision_number}" if row.readable else place


def is_shown(row: OpinionRow) -> bool:
    return row.readable and not withholds(row.reason)
