"""The coverage ledger: no opinion disappears.

received = used + merged + set aside, for the texts (posts and submissions) and for the opinions in them.
People and copies are counted beside them. A digest is published only when both balance and nothing is stale.
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from forum.access import ALLOWED, Ruling
from forum.i18n import _, _n
from moderation.digests.counting import Copy, Counts
from moderation.digests.counting import count as counted
from moderation.digests.splitting import Part


class Disposition(StrEnum):
    """What became of an opinion."""

    UNDECIDED = "undecided"
    USED = "used"  # quoted in a group
    MERGED = "merged"  # in a group, represented by the quoted ones
    SET_ASIDE = "set_aside"  # with a reason that everybody can read


# A text whose opinions went different ways counts under the first of these.
FATES = (Disposition.USED, Disposition.MERGED, Disposition.UNDECIDED, Disposition.SET_ASIDE)


@dataclass(frozen=True)
class Entry:
    """A span of a text, as far as the ledger is concerned."""

    id: int
    text: Hashable  # the post or submission it was cut from
    person: Hashable | None  # who said it, as far as that can be known
    part: Part
    disposition: Disposition
    group: int | None = None
    reason: str | None = None
    copy: Copy | None = None
    # The source was edited, withdrawn or hidden since, and nobody has dealt with that yet.
    stale: bool = False


@dataclass(frozen=True)
class Figures:
    received: int
    used: int
    merged: int
    set_aside: int
    undecided: int

    @property
    def balances(self) -> bool:
        return self.received == self.used + self.merged + self.set_aside


@dataclass(frozen=True)
class Ledger:
    texts: Figures
    opinions: Figures
    # Of all opinions, and of those in each group: nothing in one that came after the count.
    counts: Counts
    in_group: Mapping[int, Counts]
    greetings: int
    quotes: int
    stale: tuple[int, ...]
    # Texts in scope of which no opinion was taken in.
    missing: tuple[Hashable, ...]
    # Opinions that nobody has placed.
    undecided: tuple[int, ...]
    # Groups that are decided, but of which no opinion is quoted.
    unquoted: tuple[int, ...]
    # Opinions set aside without saying why.
    unexplained: tuple[int, ...]


class Kind(StrEnum):
    """What may be missing from a digest, or stand in it wrongly."""

    TEXT = "text"
    OPINION = "opinion"
    GROUP = "group"


@dataclass(frozen=True)
class Lack:
    """A sentence on what is missing, and each of those that it counts."""

    words: str
    kind: Kind
    of: tuple[Any, ...]


def count(dispositions: Collection[Disposition]) -> Figures:
    of = dict.fromkeys(Disposition, 0)
    for disposition in dispositions:
        of[disposition] += 1
    return Figures(
        received=len(dispositions),
        used=of[Disposition.USED],
        merged=of[Disposition.MERGED],
        set_aside=of[Disposition.SET_ASIDE],
        undecided=of[Disposition.UNDECIDED],
    )


def fate(dispositions: Iterable[Disposition]) -> Disposition:
    found = set(dispositions)
    return next(disposition for disposition in FATES if disposition in found)


def balance(entries: Sequence[Entry], in_scope: Collection[Hashable] = ()) -> Ledger:
    """The ledger of all spans of a digest; `in_scope` are the texts that it ought to cover."""
    opinions = [entry for entry in entries if entry.part is Part.OPINION]
    by_text: Mapping[Hashable, list[Disposition]] = defaultdict(list)
    in_group: Mapping[int, list[Entry]] = defaultdict(list)
    for entry in opinions:
        by_text[entry.text].append(entry.disposition)
        if entry.group is not None:
            in_group[entry.group].append(entry)
    missing = [text for text in in_scope if text not in by_text]
    fates = [fate(dispositions) for dispositions in by_text.values()]
    return Ledger(
        texts=count([*fates, *(Disposition.UNDECIDED for _text in missing)]),
        opinions=count([entry.disposition for entry in opinions]),
        counts=counted(opinions),
        in_group=defaultdict(
            lambda: counted(()), {group: counted(found) for group, found in in_group.items()}
        ),
        greetings=sum(entry.part is Part.GREETING for entry in entries),
        quotes=sum(entry.part is Part.QUOTE for entry in entries),
        stale=tuple(entry.id for entry in entries if entry.stale),
        missing=tuple(missing),
        undecided=tuple(entry.id for entry in opinions if entry.disposition is Disposition.UNDECIDED),
        unquoted=tuple(
            sorted(
                group
                for group, found in in_group.items()
                if {entry.disposition for entry in found} == {Disposition.MERGED}
            )
        ),
        unexplained=tuple(
            entry.id
            for entry in opinions
            if entry.disposition is Disposition.SET_ASIDE and not (entry.reason or "").strip()
        ),
    )


def lacks(ledger: Ledger) -> list[Lack]:
    """What has no place yet, or not rightly."""
    found: list[tuple[str, Kind, tuple[Any, ...]]] = [
        (
            _n("対象なのに、まだ取り込まれていない発言が%(n)s件あります。", n=len(ledger.missing)),
            Kind.TEXT,
            ledger.missing,
        ),
        (
            _n("まだ整理されていない意見が%(n)s件あります。", n=len(ledger.undecided)),
            Kind.OPINION,
            ledger.undecided,
        ),
        (
            _n("もとの発言が変わった意見が%(n)s件あります。取り込み直してください。", n=len(ledger.stale)),
            Kind.OPINION,
            ledger.stale,
        ),
        (
            _n("理由のないまま対象外になった意見が%(n)s件あります。", n=len(ledger.unexplained)),
            Kind.OPINION,
            ledger.unexplained,
        ),
        (
            _n("代表の意見が選ばれていない論点が%(n)s件あります。", n=len(ledger.unquoted)),
            Kind.GROUP,
            ledger.unquoted,
        ),
    ]
    return [Lack(words, kind, of) for words, kind, of in found if of]


def hindrances(ledger: Ledger) -> list[str]:
    """Everything that stands between the digest and its publication, in words."""
    words = [lack.words for lack in lacks(ledger)]
    if not words and not (ledger.texts.balances and ledger.opinions.balances):
        words.append(_("受け付けた数と整理した数が合いません。"))
    return words


def can_publish(hindrances: Sequence[str]) -> Ruling:
    return Ruling("".join(hindrances)) if hindrances else ALLOWED
