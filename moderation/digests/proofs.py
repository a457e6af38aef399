"""The links of the chain from a text to the digest: what is hashed, and what does not match when recomputed.

revision or submission -> opinion (a verbatim span of it) -> digest (titles, summaries, opinions in order and
what became of each). Documented in docs/provenance.md.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from forum.proof import digest, moment

# Of the hash of what is published from now on.
HASH_VERSION = 3


@dataclass(frozen=True)
class Citation:
    """An opinion as the digest cites it. `text` is None where the words are withheld: the hash stays."""

    # What names the text in the hash: its own, or its seal while it is masked as it was then; None where it is masked otherwise.
    source: str | None
    start: int
    end: int
    text: str | None
    sha256: str
    disposition: str
    reason: str | None = None


@dataclass(frozen=True)
class Theme:
    """A group as published."""

    title: str
    summary: str
    opinions: Sequence[Citation]
    # Under which it stands, together with others.
    theme: str = ""


@dataclass(frozen=True)
class Publication:
    title: str
    summary: str
    groups: Sequence[Theme]
    set_aside: Sequence[Citation]
    starts_at: datetime
    ends_at: datetime
    sha256: str | None = None
    hash_version: int = HASH_VERSION


@dataclass(frozen=True)
class Mismatch:
    """A hash that is not what its contents give."""

    what: str
    stated: str | None
    computed: str


class Source(Protocol):
    """A text that is cited. While a part of it is masked, its seal names it, and `shown` has ■ there."""

    @property
    def named(self) -> str: ...
    @property
    def shown(self) -> str: ...


def of_span(source: Source, start: int, end: int) -> str:
    """The hash of an opinion that is cut from a text: of what may be published of it, or the rest would tell what is masked to
    whoever tries it out."""
    return of_opinion(source.named, start, end, source.shown[start:end])


def of_opinion(source: str, start: int, end: int, text: str) -> str:
    """`start` and `end` count characters (Unicode code points) of the source text."""
    return digest({"source": source, "start": start, "end": end, "text": text})


def of_digest(publication: Publication) -> str:
    """Since version 2 with the period in which it was all said, since version 3 with the themes."""
    later = (
        {
            "from": moment(publication.starts_at),
            "to": moment(publication.ends_at),
            "version": publication.hash_version,
        }
        if publication.hash_version > 1
        else {}
    )
    return digest(
        {
            **later,
            "title": publication.title,
            "summary": publication.summary,
            "groups": [
                {
                    **({"theme": theme.theme} if publication.hash_version > 2 else {}),
                    "title": theme.title,
                    "summary": theme.summary,
                    "opinions": [
                        {"disposition": opinion.disposition, "sha256": opinion.sha256}
                        for opinion in theme.opinions
                    ],
                }
                for theme in publication.groups
            ],
            "set_aside": [
                {"reason": opinion.reason, "sha256": opinion.sha256} for opinion in publication.set_aside
            ],
        }
    )


def mismatches(publication: Publication) -> Iterator[Mismatch]:
    """Recomputes every opinion whose words are there, then the digest itself."""
    cited = [opinion for theme in publication.groups for opinion in theme.opinions]
    for opinion in [*cited, *publication.set_aside]:
        if opinion.text is not None and opinion.source is not None:
            computed = of_opinion(opinion.source, opinion.start, opinion.end, opinion.text)
            if computed != opinion.sha256:
                yield Mismatch("opinion", opinion.sha256, computed)
    computed = of_digest(publication)
    if computed != publication.sha256:
        yield Mismatch("digest", publication.sha256, computed)
