"""The result of a consultation as one value: what every page and file of it is made from."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from forum.i18n import N_
from moderation.consultations.rules import Category
from moderation.digests.counting import ROOM, Copy, Counts
from moderation.digests.ledger import Figures
from moderation.submissions.rules import CHANNEL_NAMES

# The ways into a result that are no submission to its consultation: what its digest took up of another one (`elsewhere`), and
# words of the room.
WAYS = {
    **{str(channel): name for channel, name in CHANNEL_NAMES.items()},
    "elsewhere": N_("ほかの意見募集への提出"),
    ROOM: N_("会議室の投稿"),
}


@dataclass(frozen=True)
class Tally:
    """What came one way."""

    channel: str
    counts: Counts


@dataclass(frozen=True)
class About:
    """Of which version of the draft plan a submission speaks, and of which part of it, if one was chosen."""

    version: int
    section: int | None
    # As that version calls it.
    heading: str
    passage: int | None
    sha256: str


@dataclass(frozen=True)
class Source:
    """The received text from which an opinion was cut, without the person: a submission or a post."""

    channel: str
    receipt: str | None
    post_id: int | None
    revision: int | None
    url: str | None
    # None where a part of it is masked.
    sha256: str | None
    received_at: datetime
    # It came after the period.
    late: bool = False
    # None of a post, and of what came before this was kept.
    about: About | None = None
    # Where the files are that came with it, as far as they are published.
    attached: tuple[str, ...] = ()


@dataclass(frozen=True)
class PeriodChange:
    """That the period was prolonged or cut short: until when it was to run, until when it ran, and why."""

    act: str
    made_at: datetime
    closed_at: datetime
    closes_at: datetime
    reason: str


@dataclass(frozen=True)
class Late:
    """How many texts came after the period, and how many of them were considered all the same."""

    texts: int
    considered: int


@dataclass(frozen=True)
class Opinion:
    """A verbatim span. `text` is None when the words may no longer be shown; the hash stays."""

    number: int
    text: str | None
    sha256: str
    start: int
    end: int
    disposition: str
    reason: str
    source: Source
    # The numbers of the groups that answer it besides the one in which it is counted, and that one.
    further: tuple[int, ...] = ()
    home: int | None = None
    # What it shares with an earlier opinion, and the number of that; None where the words of either are withheld.
    copy: Copy | None = None
    copy_of: int | None = None

    def answered_beside(self, group: int | None) -> list[int]:
        """The numbers of the groups that answer it, too, for readers of one of them."""
        return [
            number for number in (self.home, *self.further) if self.further and number and number != group
        ]


@dataclass(frozen=True)
class Answer:
    """One version of what the city answers to a group."""

    number: int
    category: Category
    body: str
    reason: str
    plan_before: str
    plan_after: str
    # The hashes of the opinions it answers, in the order in which its own hash binds them.
    opinions: tuple[str, ...]
    sha256: str
    # The same in plain Japanese and in English, {language: words}, where that says what the answer says.
    variants: tuple[tuple[str, str], ...] = ()

    @property
    def changes_plan(self) -> bool:
        return self.plan_before.strip() != self.plan_after.strip()


@dataclass(frozen=True)
class Group:
    """Opinions that make the same point, and the answer to them."""

    number: int
    title: str
    summary: str
    section: str
    opinions: tuple[Opinion, ...]
    answer: Answer
    counts: Counts
    # Which part of the draft it is about, where that is known.
    section_number: int | None = None
    # By which reports on it are found.
    id: int = 0
    # What is counted in other groups, and answered here as well.
    further: tuple[Opinion, ...] = ()

    @property
    def quotes(self) -> tuple[Opinion, ...]:
        """The opinions that speak for the group, word for word."""
        return tuple(opinion for opinion in self.opinions if opinion.disposition == "used")


@dataclass(frozen=True)
class PlanSection:
    """A numbered part of the draft plan."""

    position: int
    heading: str
    body: str


@dataclass(frozen=True)
class PlanVersion:
    """The draft as it could be read from a moment on; `reason` says why it was corrected."""

    number: int
    sections: tuple[PlanSection, ...]
    reason: str
    made_at: datetime
    sha256: str


@dataclass(frozen=True)
class Result:
    """Everything the city publishes about one consultation; times in the zone of the city.

    Before it is published it has no date and no hash: a draft for the eyes of the section.
    """

    consultation_id: int
    url: str
    title: str
    summary: str
    section: str
    opens_at: datetime
    closes_at: datetime
    short_period_reason: str
    result_due: date | None
    published_at: datetime | None
    plan: tuple[PlanSection, ...]
    received: Tally
    tallies: tuple[Tally, ...]
    texts: Figures
    opinions: Figures
    groups: tuple[Group, ...]
    set_aside: tuple[Opinion, ...]
    digest_sha256: str | None
    sha256: str | None
    # What the hash covers, see docs/provenance.md.
    hash_version: int
    late: Late = Late(0, 0)
    # Taken back by those who had submitted them, and counted nowhere else.
    withdrawn: int = 0
    period_changes: tuple[PeriodChange, ...] = ()
    # None where the plan was never corrected.
    plan_versions: tuple[PlanVersion, ...] = ()

    @property
    def changes(self) -> tuple[Group, ...]:
        """The groups because of which the plan is different now."""
        return tuple(group for group in self.groups if group.answer.changes_plan)

    @property
    def reflected(self) -> int:
        """How many opinions have an answer whose category counts as reflected in the plan."""
        reflecting = [group for group in self.groups if group.answer.category.counts_as_reflected]
        return len({opinion.number for group in reflecting for opinion in group.opinions + group.further})

    @property
    def answered_twice(self) -> int:
        """How many opinions have more than one answer."""
        return len({opinion.number for group in self.groups for opinion in group.further})

    def group(self, number: int) -> Group:
        return self.groups[number - 1]

    def every_opinion(self) -> Iterator[tuple[Group | None, Opinion]]:
        """All opinions with their group, those set aside last."""
        for group in self.groups:
            for opinion in group.opinions:
                yield group, opinion
        for opinion in self.set_aside:
            yield None, opinion
