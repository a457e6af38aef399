"""A text cut into spans that are ready to be stored, each with the hash that ties it to its source."""

from dataclasses import dataclass

from moderation.digests import rules
from moderation.digests.proofs import of_opinion
from moderation.digests.queries.texts import Excerpt, Text
from moderation.digests.splitting import Part, split


@dataclass(frozen=True)
class Cut:
    """A span of a text, ready to be stored."""

    revision_id: int | None
    submission_id: int | None
    plan_section_id: int | None
    start: int
    end: int
    text: str
    # As it may be published: groups are made and named from this.
    shown: str
    sha256: str
    part: str
    kind: str | None
    evidence: str
    too_late: str | None = None

    @property
    def is_opinion(self) -> bool:
        return self.part == Part.OPINION

    @property
    def aside(self) -> str | None:
        """Why it is set aside from the beginning; None for what people sort."""
        return self.too_late if self.is_opinion else ""


def cut_up(text: Text) -> list[Cut]:
    """The spans of a text, each with the hash that ties it to its source."""
    return [
        Cut(
            revision_id=text.revision_id,
            submission_id=text.submission_id,
            plan_section_id=text.plan_section_id,
            start=span.start,
            end=span.end,
            text=text.words[span.start : span.end],
            shown=text.shown[span.start : span.end],
            sha256=of_opinion(text.sha256, span.start, span.end, text.words[span.start : span.end]),
            part=span.part,
            kind=span.kind,
            evidence=span.evidence,
            too_late=rules.worded_reason(rules.LATE, text.too_late) if text.too_late else None,
        )
        for span in split(text.words)
    ]


def from_excerpt(excerpt: Excerpt) -> Cut:
    """Cut as the other digest cut it: the same words keep the same hash."""
    return Cut(
        revision_id=excerpt.revision_id,
        submission_id=excerpt.submission_id,
        plan_section_id=excerpt.plan_section_id,
        start=excerpt.start_at,
        end=excerpt.end_at,
        text=excerpt.text,
        shown=excerpt.shown,
        sha256=excerpt.sha256,
        part=Part.OPINION,
        kind=excerpt.kind,
        evidence=excerpt.evidence,
    )
