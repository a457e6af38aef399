"""A text cut into spans that are ready to be stored, each with the hash that ties it to its source."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from moderation.digests import rules
from moderation.digests.kinds import suggest
from moderation.digests.proofs import of_opinion, of_span
from moderation.digests.queries.texts import Excerpt, Text
from moderation.digests.recutting import Piece, Recut, recut
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
    # By masks: then it is the hash of what is shown.
    masked_by: Sequence[int]
    part: str
    kind: str | None
    evidence: str
    # Why nobody sorts it: it came too late, or may not be read.
    unread: str | None = None
    # Why people set it aside in the digest before.
    as_before: str | None = None

    @property
    def is_opinion(self) -> bool:
        return self.part == Part.OPINION

    @property
    def aside(self) -> str | None:
        """Why it is set aside from the beginning; None for what people sort."""
        return self.unread or self.as_before if self.is_opinion else ""


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
            sha256=of_span(text, span.start, span.end),
            masked_by=text.masked_by,
            part=span.part,
            kind=span.kind,
            evidence=span.evidence,
            unread=unread(text),
        )
        for span in split(text.words)
    ]


def unread(text: Text) -> str | None:
    """Why the system sets a whole text aside."""
    return (
        rules.worded_reason(rules.LATE, text.too_late) if text.too_late else rules.UNREADABLE.get(text.state)
    )


def cut_again(text: Text, by_hand: Sequence[tuple[str, str]]) -> list[Cut]:
    """The same, and anew as people had cut it: words (each with its part) that are still there keep their span."""
    cuts = cut_up(text)
    parts = {number: cut.part for number, cut in enumerate(cuts)}
    pieces = [Piece(number, cut.start, cut.end, number) for number, cut in enumerate(cuts)]
    after = 0
    for words, part in by_hand:
        start = text.words.find(words, after)
        chosen = next((piece for piece in pieces if piece.start <= start < piece.end), None)
        if chosen is None or chosen.id is None:
            continue
        after = start + len(words)
        made = recut(text.words, pieces, chosen.id, start, after)
        if made is not None:
            pieces = put_in(pieces, made, parts)
            parts[chosen.id] = part
    pieces.sort(key=lambda piece: piece.start)
    return [as_cut(text, piece, cuts[piece.like or 0], parts[piece.id or 0]) for piece in pieces]


def put_in(pieces: Sequence[Piece], made: Recut, parts: dict[int, str]) -> list[Piece]:
    """The pieces after a cut; new ones get numbers, and are what the piece was from which they were cut."""
    known = {piece.id: piece for piece in pieces}
    changed = {piece.id: replace(piece, like=known[piece.id].like) for piece in made.changed}
    found = [changed.get(piece.id, piece) for piece in pieces if piece.id not in made.gone]
    for piece in made.fresh:
        number = len(parts)
        parts[number] = parts[piece.like or 0]
        found.append(replace(piece, id=number, like=known[piece.like].like))
    return found


def as_cut(text: Text, piece: Piece, like: Cut, part: str) -> Cut:
    if (piece.start, piece.end, part) == (like.start, like.end, like.part):
        return like
    words, shown = text.words[piece.start : piece.end], text.shown[piece.start : piece.end]
    says = suggest(shown)
    return replace(
        like,
        start=piece.start,
        end=piece.end,
        text=words,
        shown=shown,
        sha256=of_span(text, piece.start, piece.end),
        part=part,
        kind=says.kind if says else None,
        evidence=says.evidence if says else "",
    )


def from_excerpt(excerpt: Excerpt) -> Cut:
    """Cut as the other digest cut it: the same words keep the same hash, as long as they are shown as they were."""
    return Cut(
        revision_id=excerpt.revision_id,
        submission_id=excerpt.submission_id,
        plan_section_id=excerpt.plan_section_id,
        start=excerpt.start_at,
        end=excerpt.end_at,
        text=excerpt.text,
        shown=excerpt.shown,
        sha256=of_opinion(excerpt.named, excerpt.start_at, excerpt.end_at, excerpt.shown),
        masked_by=excerpt.masked_by,
        part=Part.OPINION,
        kind=excerpt.kind,
        evidence=excerpt.evidence,
    )
