"""Cutting a text anew by hand: one opinion takes other sentences, and no word is lost by it.

Whatever the opinion leaves becomes an opinion of its own that stands where it stood; whatever it takes, its neighbours
lose. So an opinion is split by making it shorter, and two are joined by making the first as long as both.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from moderation.digests.blocks import blocks
from moderation.digests.splitting import Part, Span, sentences, trimmed

WORD = re.compile(r"\w")
# Belongs to the words before it.
CLOSING = re.compile(r"[。、．，!?！？」』）)]*")


@dataclass(frozen=True)
class Piece:
    """text[start:end] as it was cut. `like`: a new piece, which stands where that one stands."""

    id: int | None
    start: int
    end: int
    like: int | None = None


@dataclass(frozen=True)
class Recut:
    changed: tuple[Piece, ...]
    fresh: tuple[Piece, ...]
    gone: tuple[int, ...]

    @property
    def touched(self) -> list[int]:
        return [*(piece.id for piece in self.changed if piece.id), *self.gone]


def recut(text: str, pieces: Sequence[Piece], chosen: int, start: int, end: int) -> Recut | None:
    """The pieces of a text after one of them was given this span; None where that is no words, or the same."""
    start, end = widened(text, pieces, max(0, start), min(end, len(text)))
    if not (piece := cut_out(text, Piece(chosen, start, end))):
        return None
    changed, fresh, gone = [piece], [], list[int]()
    for old in pieces:
        left = cut_out(text, replace(old, end=min(old.end, piece.start)))
        right = cut_out(text, replace(old, start=max(old.start, piece.end)))
        parts = [part for part in (left, right) if part]
        if old.id == chosen:
            fresh += [replace(part, id=None, like=chosen) for part in parts]
            continue
        if not parts and old.id:
            gone.append(old.id)
        elif parts[0] != old:
            changed.append(parts[0])
        fresh += [replace(part, id=None, like=old.id) for part in parts[1:]]
    if changed == [next(old for old in pieces if old.id == chosen)]:
        return None
    return Recut(tuple(changed), tuple(fresh), tuple(gone))


def widened(text: str, pieces: Sequence[Piece], start: int, end: int) -> tuple[int, int]:
    """With the full stop after it, and with what would be left of a piece without a word in it."""
    found = CLOSING.match(text, end) if start < end else None
    end = found.end() if found else end
    for old in pieces:
        if old.start < start < old.end and not WORD.search(text[old.start : start]):
            start = old.start
        if old.start < end < old.end and not WORD.search(text[end : old.end]):
            end = old.end
    return start, end


def cut_out(text: str, piece: Piece) -> Piece | None:
    if piece.start >= piece.end or not text[piece.start : piece.end].strip():
        return None
    span = trimmed(text, Span(piece.start, piece.end, Part.OPINION))
    return replace(piece, start=span.start, end=span.end)


def sentences_of(text: str) -> Iterator[tuple[int, int]]:
    """Where the sentences of a text begin and end, without the blanks between them."""
    for block in blocks(text):
        for part in sentences(text, block):
            if found := cut_out(text, Piece(None, part.start, part.end)):
                yield found.start, found.end
